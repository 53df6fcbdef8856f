"""What each event of a report says, and its fields, for partner agencies, in both languages."""

from services.contracts.labels import Label

EVENTS: dict[str, Label] = {
    "jinding.grid.report.reported.v1": Label(
        "上报：发现一件事项，内容不对外。",
        "A matter was reported. What it is about is not published.",
    ),
    "jinding.grid.report.returned.v1": Label("退回：须补正后再报。", "Sent back for completion."),
    "jinding.grid.report.resubmitted.v1": Label("补正后再报。", "Completed and submitted again."),
    "jinding.grid.report.accepted.v1": Label(
        "受理：乡镇（街道）接手。", "Accepted: the township took it on."
    ),
    "jinding.grid.report.assigned.v1": Label(
        "交办给一个组织。", "Assigned to an organisation, which has to deal with it."
    ),
    "jinding.grid.report.processing_started.v1": Label(
        "签收，开始处置。", "The organisation in charge began to deal with it."
    ),
    "jinding.grid.report.resolved.v1": Label("处置完成，待核查。", "Dealt with, not yet verified."),
    "jinding.grid.report.verified.v1": Label("核查通过。", "Verified by the township."),
    "jinding.grid.report.closed.v1": Label("办结。", "Closed: nothing is left to do."),
    "jinding.grid.report.cancelled.v1": Label(
        "注销：从清单中去除，说明原因。", "Taken off the list, for a reason."
    ),
    "jinding.grid.report.overdue.v1": Label(
        "逾期：occurred_at 为期限本身；clock 为 accept、sign、resolve 或 verify。",
        "A deadline passed: occurred_at is the deadline; clock is accept, sign, resolve or verify.",
    ),
    "jinding.grid.report.deadline_set.v1": Label(
        "此前未知的期限已确定；clock 为 accept、sign、resolve 或 verify。",
        "A deadline that was not known is known now; clock is accept, sign, resolve or verify.",
    ),
    "jinding.grid.report.snapshot.v1": Label(
        "网格事件现状；occurred_at 为最近一次变更；状态见代码表 report_status。",
        "A report as it is; occurred_at is its last change; status as in code table report_status.",
    ),
    "jinding.grid.report.self_handled.v1": Label(
        "自办自结：在网格内处理并办结；self_check 为 DUE 者须抽查。",
        "Handled and closed within the grid; where self_check is DUE, a check is due.",
    ),
    "jinding.grid.report.self_checked.v1": Label(
        "自办自结抽查：不通过者重新办理。",
        "What the grid closed itself was checked; one that failed is open again.",
    ),
    "jinding.grid.report.described.v1": Label(
        "补充：小类等内容有补充，只告知小类。",
        "More is told of it; only its subcategory is published.",
    ),
    "jinding.grid.report.escalated.v1": Label(
        "上报上级，期限不变。", "Handed to the level above; no deadline moves."
    ),
    "jinding.grid.report.taken_up.v1": Label("上级已接收。", "The level above has taken it up."),
    "jinding.grid.report.sent_down.v1": Label(
        "退回下级，期限不变。", "Sent back to the level that had escalated it; no deadline moves."
    ),
    "jinding.grid.report.delivery_changed.v1": Label(
        "交办件：接收、签收或退回；协办单位不影响期限。",
        "A delivery was received, signed for or refused; who assists moves no deadline.",
    ),
    "jinding.grid.report.requested.v1": Label(
        "承办单位申请退办、延期或缓办。",
        "Whoever deals with it asks for a transfer, an extension or a suspension.",
    ),
    "jinding.grid.report.request_decided.v1": Label(
        "申请的决定；期限为决定之后的现状。",
        "What was asked for is decided; deadlines are those after it.",
    ),
    "jinding.grid.report.resumed.v1": Label(
        "恢复办理，剩余时间接续。", "Goes on after a suspension, with the time that was left."
    ),
    "jinding.grid.report.deadline_reset.v1": Label(
        "区级重新确定期限。", "The district has set the deadline anew."
    ),
    "jinding.grid.report.supervised.v1": Label(
        "督办：要求在期限前答复。", "Supervised: an answer is demanded until a time."
    ),
    "jinding.grid.report.reworked.v1": Label(
        "核查不通过，返回重办。", "Not verified: back to whoever deals with it."
    ),
    "jinding.grid.report.reopened.v1": Label(
        "办结后重新办理，期限另计。", "Open again after it was closed, with a deadline of its own."
    ),
    "jinding.grid.report.evaluated.v1": Label(
        "评价：是否满意；内容不对外。",
        "Evaluated: satisfied or not. What was said is not published.",
    ),
    "jinding.grid.report.called_back.v1": Label(
        "不满意者已回访。", "Whoever was unsatisfied has been called back."
    ),
    "jinding.grid.report.archived.v1": Label(
        "归档，不再变更。", "Archived: nothing of it changes any more."
    ),
    "jinding.grid.report.warned.v1": Label(
        "预警：occurred_at 为预警时间；clock 为 accept、sign、resolve 或 verify。",
        "A deadline comes near: occurred_at is when that was to be told; clock is accept, sign, resolve or verify.",
    ),
}
FIELDS: dict[str, Label] = {
    "assisting": Label("协办单位代码", "codes of the organisations that assist"),
    "archived_at": Label("归档时间", "when it was archived"),
    "close_kind": Label(
        "办结方式；代码表 report_close_kind", "how it was closed; code table report_close_kind"
    ),
    "delivered_to": Label("交办件所属单位代码", "code of the organisation whose delivery it is"),
    "credited": Label(
        "并入后上报人是否另计一次",
        "merged: whether its reporter counts for the other report besides",
    ),
    "duplicate_of": Label("并入的事件", "the report that it was merged into, which goes on"),
    "told_apart": Label(
        "敏感事件，在专用主题发布", "sensitive: told on the topic of sensitive reports"
    ),
    "subcategory": Label("小类，可由区里调整", "subcategory; the district's own list"),
    "delivery": Label(
        "交办件状态；代码表 delivery_state", "state of the delivery; code table delivery_state"
    ),
    "escalations": Label("上报上级次数", "how often it was escalated"),
    "evaluated_at": Label("评价时间", "when it was evaluated"),
    "evaluated_by": Label(
        "由谁评价；代码表 report_evaluated_by", "who evaluated it; code table report_evaluated_by"
    ),
    "extensions": Label("延期次数", "how often it was given more time"),
    "granted": Label("是否同意", "whether it was granted"),
    "handling_minutes": Label(
        "自受理至处置完毕的工作时间（分钟）；空为未知",
        "working minutes from acceptance until it was dealt with; null: not known",
    ),
    "part": Label("主办或协办；代码表 report_part", "leads or assists; code table report_part"),
    "reopenings": Label("重新办理次数", "how often it was reopened"),
    "request": Label(
        "申请种类；代码表 report_request", "what was asked for; code table report_request"
    ),
    "rework_count": Label("返工次数", "how often it was sent back"),
    "satisfied": Label(
        "是否满意；空为尚未评价", "whether they are satisfied; null: not evaluated yet"
    ),
    "self_check": Label(
        "自办自结抽查；空为不在抽查之列",
        "check of what the grid closed itself; null: not of the sample",
    ),
    "sign_due_at": Label("签收期限", "deadline of signing"),
    "sign_overdue_at": Label("签收逾期时间", "when signing became overdue"),
    "supervise_due_at": Label("督办期限", "until when supervision demands an answer"),
    "suspensions": Label("历次缓办", "its suspensions"),
    "verify_due_at": Label("核查期限", "deadline of verification"),
    "verify_overdue_at": Label("核查逾期时间", "when verification became overdue"),
}
