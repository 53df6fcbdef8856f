"""What the events say that the services tell each other about personal data; no agency is granted them."""

from services.contracts.labels import Label

EVENTS: dict[str, Label] = {
    "jinding.grid.subject_request.received.v1": Label(
        "收到个人信息权利请求；不告知是谁。", "Somebody asked about their own data; never who."
    ),
    "jinding.grid.subject_request.verified.v1": Label(
        "请求人身份已核验。", "Who asks has proved who they are."
    ),
    "jinding.grid.subject_request.subject_erased.v1": Label(
        "决定删除一人的信息：各服务删除并确认。",
        "A person is to be erased: every service erases and confirms.",
    ),
    "jinding.grid.subject_request.erasure_recorded.v1": Label(
        "一个服务已确认删除。", "A service has confirmed the erasure."
    ),
    "jinding.grid.subject_request.done.v1": Label("请求已办结。", "The request was done."),
    "jinding.grid.subject_request.refused.v1": Label(
        "请求不予办理，说明原因。", "The request was refused, for a reason."
    ),
    "jinding.grid.subject_request.overdue.v1": Label(
        "逾期：occurred_at 为期限本身；clock 为 answer 或 confirm。",
        "A deadline passed: occurred_at is the deadline; clock is answer or confirm.",
    ),
    "jinding.grid.subject_request.deadline_set.v1": Label(
        "此前未知的期限已确定；clock 为 answer 或 confirm。",
        "A deadline that was not known is known now; clock is answer or confirm.",
    ),
    "jinding.grid.subject_request.snapshot.v1": Label(
        "请求现状；occurred_at 为最近一次变更；状态见代码表 right_status。",
        "A request as it is; occurred_at is its last change; status as in code table right_status.",
    ),
    "jinding.grid.erasure.confirmed.v1": Label(
        "grid 已删除其持有的该人信息；依规保留的另行说明。",
        "Grid erased what it held of a person; what a rule keeps is told.",
    ),
    "jinding.disputes.erasure.confirmed.v1": Label(
        "disputes 已删除其持有的该人信息；依规保留的另行说明。",
        "Disputes erased what it held of a person; what a rule keeps is told.",
    ),
    "jinding.inspection.erasure.confirmed.v1": Label(
        "inspection 已删除其持有的该人信息；依规保留的另行说明。",
        "Inspection erased what it held of a person; what a rule keeps is told.",
    ),
    "jinding.training.erasure.confirmed.v1": Label(
        "training 已删除其持有的该人信息；依规保留的另行说明。",
        "Training erased what it held of a person; what a rule keeps is told.",
    ),
}
