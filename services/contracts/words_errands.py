"""What the events of errands and tasks say, for partner agencies, in both languages."""

from services.contracts.labels import Label

EVENTS: dict[str, Label] = {
    "jinding.grid.errand.changed.v1": Label(
        "代办现状：只有事项类别，没有申请人；状态见代码表 errand_status。",
        "An errand as it is now: what kind of matter, never for whom; status as in errand_status.",
    ),
    "jinding.grid.errand.overdue.v1": Label(
        "未在承诺时间送达：occurred_at 为承诺时间。",
        "It was not delivered by the time promised, which is occurred_at.",
    ),
    "jinding.grid.errand.deadline_set.v1": Label(
        "此前未知的承诺时间已确定。", "The time promised, not known before, is known now."
    ),
    "jinding.grid.errand.copies_purged.v1": Label(
        "材料复印件保存期满，已清除。", "Copies of papers were deleted, their retention being over."
    ),
}

FIELDS: dict[str, Label] = {
    "delivered_at": Label("送达时间", "when it was handed over"),
    "impossible_reason": Label(
        "无法办理的原因；代码表 errand_impossible_reason",
        "why it cannot be done; code table errand_impossible_reason",
    ),
    "matter": Label("事项类别；代码表 errand_matter", "kind of matter; code table errand_matter"),
    "member_trips": Label("网格员跑腿次数", "how often the member had to go"),
    "promised_by": Label("承诺时间；空为日历未定", "time promised; null: calendar not known yet"),
    "resident_trips": Label("群众跑腿次数", "how often the resident had to go"),
    "windows": Label("递交的部门环节数", "at how many windows it was filed"),
}
