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
    "jinding.grid.patrol.changed.v1": Label(
        "巡防现状：开始、结束、作废；只有人数，没有人员；状态见代码表 patrol_status。",
        "A patrol as it is now: started, finished, voided. How many, never who; status as in patrol_status.",
    ),
}
