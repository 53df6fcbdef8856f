"""What each event of the work in the field says, for partner agencies, in both languages."""

from services.contracts.labels import Label

EVENTS: dict[str, Label] = {
    "jinding.grid.campaign.changed.v1": Label(
        "专项行动现状：计划与延长均以此告知。",
        "A campaign as it is now: tells of its planning and of every extension.",
    ),
    "jinding.grid.demolition.changed.v1": Label(
        "拆违现状：登记、核实与作废；不告知地点与业主。",
        "A demolition as it is now: recorded, confirmed, voided. Neither where exactly nor whose.",
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
    "jinding.grid.survey.changed.v1": Label(
        "调查现状：开始、题目改版、结束；结果只在结束时按乡镇告知。",
        "A survey as it is now: opened, revised, closed; results by township, only once it is closed.",
    ),
    "jinding.grid.survey_issue.recorded.v1": Label(
        "发出问卷：份数，从不告知给谁。", "Questionnaires were handed out: how many, never to whom."
    ),
    "jinding.grid.survey_return.recorded.v1": Label(
        "收回问卷：份数与有效份数；内容不告知。",
        "Questionnaires came back: how many, and how many valid; not what they say.",
    ),
}
