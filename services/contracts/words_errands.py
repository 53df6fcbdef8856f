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
    "jinding.grid.key_person.changed.v1": Label(
        "重点人员的一条记录有变动：没有人员、类别与地点；不授予任何单位。",
        "A record of a key person changed: not whose, of which class or where; granted to no agency.",
    ),
    "jinding.grid.admission_item.changed.v1": Label(
        "准入清单一项的现状：列入与移出。",
        "An entry of the list as it is now: admitted, taken off.",
    ),
    "jinding.grid.task_order.issued.v1": Label(
        "派发一项任务：对象数与截止时间。", "A task was issued: for how many, and until when."
    ),
    "jinding.grid.task_order.round_due.v1": Label(
        "周期任务的一期已满：网格服务派发下一期。",
        "A round of a task that comes again is over: grid issues the next one.",
    ),
    "jinding.grid.task_order.ended.v1": Label(
        "周期任务不再派发；原因见代码表 task_series_end。",
        "A task that came again comes no more; why: code table task_series_end.",
    ),
    "jinding.grid.task_item.changed.v1": Label(
        "任务项现状：派发、签收、办理、提交、通过、退回；状态见代码表 task_status。",
        "A target's part of a task as it is now; status as in code table task_status.",
    ),
    "jinding.grid.task_item.expired.v1": Label(
        "逾期未提交：occurred_at 为截止时间。",
        "Not submitted in time; occurred_at is the deadline.",
    ),
    "jinding.grid.task_item.reminded.v1": Label(
        "将到期而未提交的提醒。", "A reminder: the deadline comes near."
    ),
}

TOPICS: dict[str, Label] = {
    "jinding.grid.admission_item.v1": Label("网格事项准入清单", "what may be asked of grids"),
    "jinding.grid.task_item.v1": Label("任务项", "parts of tasks"),
    "jinding.grid.task_order.v1": Label("任务", "tasks"),
    "jinding.grid.key_person.v1": Label(
        "重点人员记录的变动（只有标识）", "changes of the records of key persons, by id alone"
    ),
    "jinding.grid.errand.v1": Label("代办", "errands"),
}

FIELDS: dict[str, Label] = {
    "confirmed_at": Label(
        "影像核实时间；空为未核实", "when its photos were confirmed; null: not yet"
    ),
    "delivered_at": Label("送达时间", "when it was handed over"),
    "impossible_reason": Label(
        "无法办理的原因；代码表 errand_impossible_reason",
        "why it cannot be done; code table errand_impossible_reason",
    ),
    "matter": Label("事项类别；代码表 errand_matter", "kind of matter; code table errand_matter"),
    "given_at": Label("派发时间", "when it was given"),
    "member_trips": Label("网格员跑腿次数", "how often the member had to go"),
    "promised_by": Label("承诺时间；空为日历未定", "time promised; null: calendar not known yet"),
    "order_id": Label("任务标识", "id of the task"),
    "reminded_at": Label("提醒时间", "when it was reminded of"),
    "resident_trips": Label("群众跑腿次数", "how often the resident had to go"),
    "target_kind": Label("对象类别；代码表 task_target", "kind of target; code table task_target"),
    "targets": Label("对象数", "how many targets it has"),
    "windows": Label("递交的部门环节数", "at how many windows it was filed"),
}
