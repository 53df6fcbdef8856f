"""What each event of the work in the field says, for partner agencies, in both languages."""

from services.contracts.labels import Label

EVENTS: dict[str, Label] = {
    "jinding.grid.campaign.changed.v1": Label(
        "专项行动现状：计划与延长均以此告知。",
        "A campaign as it is now: tells of its planning and of every extension.",
    ),
    "jinding.grid.demolition.changed.v1": Label(
        "拆违现状：登记与作废；不告知地点与业主。",
        "A demolition as it is now: recorded, voided. Neither where exactly nor whose.",
    ),
    "jinding.grid.material_item.registered.v1": Label(
        "登记一种折页、宣传品或问卷。",
        "A leaflet, promotional item or questionnaire was registered.",
    ),
    "jinding.grid.material_entry.entered.v1": Label(
        "台账一笔：入库、发放、分发；冲销为负数的一笔，从不修改。",
        "A line of the ledger: stock in, issue, distribution; a mistake is countered by a negative line.",
    ),
    "jinding.grid.patrol.changed.v1": Label(
        "巡防现状：开始、结束、作废；只有人数，没有人员；状态见代码表 patrol_status。",
        "A patrol as it is now: started, finished, voided. How many, never who; status as in patrol_status.",
    ),
}
