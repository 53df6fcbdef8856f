"""What each event of members, households and visits says, for partner agencies, in both languages."""

from services.contracts.labels import Label

EVENTS: dict[str, Label] = {
    "jinding.grid.member.changed.v1": Label(
        "网格员现状：任职、变更、离岗；只有标识，不告知是谁。",
        "A grid member as they are now: appointed, changed, left. An id alone, never who.",
    ),
    "jinding.grid.household.changed.v1": Label(
        "联系户现状：何时有联系人；不告知户主、地址与标签。",
        "A household as it is now: when it was linked. Neither its head, address nor tags.",
    ),
    "jinding.grid.handover.recorded.v1": Label(
        "联系户移交：户数，不告知双方。", "Links were handed over: how many, not between whom."
    ),
    "jinding.grid.visit.changed.v1": Label(
        "走访现状：登记、更正、作废；不告知走访了哪一户、因何情形。",
        "A visit as it is now: recorded, corrected, voided. Not which household, nor why.",
    ),
    "jinding.grid.visit_task.changed.v1": Label(
        "走访任务现状：因一件上报而产生、完成、逾期；状态见代码表 visit_task_status。",
        "A visit owed because of a report: opened, settled, overdue; status as in visit_task_status.",
    ),
    "jinding.grid.duty_week.counted.v1": Label(
        "一个乡镇一周的走访统计（按网格），补录后会重新告知。",
        "A township's week of visits by grid; told again when late entries change it.",
    ),
}

TOPICS: dict[str, Label] = {
    "jinding.grid.member.v1": Label("网格员", "grid members"),
    "jinding.grid.household.v1": Label("联系户", "linked households"),
    "jinding.grid.handover.v1": Label("联系户移交", "handovers of links"),
    "jinding.grid.visit.v1": Label("走访", "visits of households"),
    "jinding.grid.visit_task.v1": Label("走访任务", "visits owed because of a report"),
    "jinding.grid.duty_week.v1": Label("每周走访统计", "weeks of visits"),
}

FIELDS: dict[str, Label] = {
    "active": Label("本周有工作记录的网格员数", "members with a record in the week"),
    "active_daily": Label(
        "周一至周日每天有工作记录的网格员数", "members with a record on each day from Monday on"
    ),
    "branch": Label("所属党支部的组织代码", "party branch, an organisation's code"),
    "done": Label("已按要求走访的联系户数", "links visited as owed"),
    "due": Label("计入本周的联系户数", "links that count for the week"),
    "household_id": Label("住户标识", "id of the household"),
    "is_fulfilling": Label("是否满足每周走访", "whether it meets the weekly duty"),
    "is_late": Label("是否补录", "whether it is a late entry"),
    "is_party_member": Label("是否党员", "whether a party member"),
    "late": Label("仅由补录完成的联系户数", "links done by late entries alone"),
    "lines": Label("各网格的统计", "one entry per grid"),
    "linked": Label("有主联系人的时段", "when the household had a primary link"),
    "links": Label("联系户数", "links"),
    "members": Label("在岗网格员数", "members in service"),
    "occasion": Label("必到情形代码", "occasion, by code"),
    "overdue_at": Label("逾期时间", "when it became overdue"),
    "task_id": Label("所完成的走访任务标识", "id of the visit task that it settles"),
    "visited_at": Label("走访时间", "when the visit was made"),
}
