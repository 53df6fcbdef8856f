"""The lifecycle of a report (事件流转): what may follow what, and whose step each is. Pure."""

from enum import StrEnum

from services.chassis.errors import Conflict


class Status(StrEnum):
    REPORTED = "REPORTED"  # 待受理
    RETURNED = "RETURNED"  # 退回补正
    ACCEPTED = "ACCEPTED"  # 已受理待分流
    ESCALATED = "ESCALATED"  # 已上报上级
    ASSIGNED = "ASSIGNED"  # 已交办待签收
    TRANSFER_REQUESTED = "TRANSFER_REQUESTED"  # 申请退办中
    PROCESSING = "PROCESSING"  # 处置中
    SUSPENDED = "SUSPENDED"  # 缓办
    RESOLVED = "RESOLVED"  # 已处置待核查
    VERIFIED = "VERIFIED"  # 核查通过
    CLOSED = "CLOSED"  # 办结
    EVALUATED = "EVALUATED"  # 已评价
    ARCHIVED = "ARCHIVED"  # 归档
    CANCELLED = "CANCELLED"  # 注销


class Step(StrEnum):
    RETURN = "return"
    RESUBMIT = "resubmit"
    ACCEPT = "accept"
    ESCALATE = "escalate"
    TAKE_UP = "take_up"
    SEND_DOWN = "send_down"
    ASSIGN = "assign"
    RECEIVE = "receive"
    JOIN = "join"
    DECLINE = "decline"
    REQUEST_TRANSFER = "request_transfer"
    GRANT_TRANSFER = "grant_transfer"
    REFUSE_TRANSFER = "refuse_transfer"
    START = "start"
    REQUEST_EXTENSION = "request_extension"
    GRANT_EXTENSION = "grant_extension"
    REFUSE_EXTENSION = "refuse_extension"
    REQUEST_SUSPENSION = "request_suspension"
    SUSPEND = "suspend"
    REFUSE_SUSPENSION = "refuse_suspension"
    RESUME = "resume"
    RESET_DEADLINE = "reset_deadline"
    SUPERVISE = "supervise"
    RESOLVE = "resolve"
    RESOLVE_BY_CASE = "resolve_by_case"
    VERIFY = "verify"
    REWORK = "rework"
    CLOSE = "close"
    SELF_HANDLE = "self_handle"
    PASS_SELF_CHECK = "pass_self_check"  # noqa: S105  (no password)
    FAIL_SELF_CHECK = "fail_self_check"
    EVALUATE = "evaluate"
    CALL_BACK = "call_back"
    REOPEN = "reopen"
    ARCHIVE = "archive"
    CANCEL = "cancel"
    MERGE = "merge"
    DESCRIBE = "describe"
    WITHDRAW = "withdraw"


MERGED = (Status.REPORTED, Status.RETURNED, Status.ACCEPTED, Status.ASSIGNED, Status.PROCESSING)
MOVES: dict[tuple[Status, Step], Status] = {
    **{(status, Step.MERGE): Status.CANCELLED for status in MERGED},
    (Status.REPORTED, Step.RETURN): Status.RETURNED,
    (Status.REPORTED, Step.ACCEPT): Status.ACCEPTED,
    (Status.REPORTED, Step.SELF_HANDLE): Status.CLOSED,
    (Status.REPORTED, Step.CANCEL): Status.CANCELLED,
    (Status.REPORTED, Step.WITHDRAW): Status.CANCELLED,
    (Status.RETURNED, Step.RESUBMIT): Status.REPORTED,
    (Status.RETURNED, Step.CANCEL): Status.CANCELLED,
    (Status.RETURNED, Step.WITHDRAW): Status.CANCELLED,
    (Status.ACCEPTED, Step.ESCALATE): Status.ESCALATED,
    (Status.ACCEPTED, Step.ASSIGN): Status.ASSIGNED,
    (Status.ACCEPTED, Step.RESOLVE_BY_CASE): Status.RESOLVED,
    (Status.ACCEPTED, Step.CANCEL): Status.CANCELLED,
    (Status.ESCALATED, Step.TAKE_UP): Status.ACCEPTED,
    (Status.ESCALATED, Step.SEND_DOWN): Status.ACCEPTED,
    (Status.ESCALATED, Step.RESOLVE_BY_CASE): Status.RESOLVED,
    (Status.ASSIGNED, Step.START): Status.PROCESSING,
    (Status.ASSIGNED, Step.REQUEST_TRANSFER): Status.TRANSFER_REQUESTED,
    (Status.TRANSFER_REQUESTED, Step.GRANT_TRANSFER): Status.ASSIGNED,
    (Status.TRANSFER_REQUESTED, Step.REFUSE_TRANSFER): Status.ASSIGNED,
    (Status.PROCESSING, Step.SUSPEND): Status.SUSPENDED,
    (Status.PROCESSING, Step.RESOLVE): Status.RESOLVED,
    (Status.SUSPENDED, Step.RESUME): Status.PROCESSING,
    (Status.RESOLVED, Step.VERIFY): Status.VERIFIED,
    (Status.RESOLVED, Step.REWORK): Status.PROCESSING,
    (Status.VERIFIED, Step.CLOSE): Status.CLOSED,
    (Status.CLOSED, Step.EVALUATE): Status.EVALUATED,
    (Status.CLOSED, Step.FAIL_SELF_CHECK): Status.PROCESSING,
    (Status.CLOSED, Step.REOPEN): Status.PROCESSING,
    (Status.CLOSED, Step.ARCHIVE): Status.ARCHIVED,
    (Status.EVALUATED, Step.FAIL_SELF_CHECK): Status.PROCESSING,
    (Status.EVALUATED, Step.REOPEN): Status.PROCESSING,
    (Status.EVALUATED, Step.ARCHIVE): Status.ARCHIVED,
}
DELIVERED = (Status.ASSIGNED, Status.PROCESSING)
OVER = (Status.CLOSED, Status.EVALUATED)
OPEN = tuple(s for s in Status if s not in {*OVER, Status.ARCHIVED, Status.CANCELLED})
STAYS: dict[Step, tuple[Status, ...]] = {
    Step.ESCALATE: (Status.REPORTED,),
    Step.SEND_DOWN: (Status.REPORTED,),
    Step.RECEIVE: DELIVERED,
    Step.JOIN: DELIVERED,
    Step.DECLINE: DELIVERED,
    Step.REQUEST_EXTENSION: (Status.PROCESSING,),
    Step.GRANT_EXTENSION: (Status.PROCESSING,),
    Step.REFUSE_EXTENSION: (Status.PROCESSING,),
    Step.REQUEST_SUSPENSION: (Status.PROCESSING,),
    Step.REFUSE_SUSPENSION: (Status.PROCESSING,),
    Step.RESET_DEADLINE: (Status.ACCEPTED, *DELIVERED),
    Step.SUPERVISE: OPEN,
    Step.PASS_SELF_CHECK: OVER,
    Step.CALL_BACK: OVER,
    Step.DESCRIBE: OPEN,
}
"""Steps that leave a report where it is."""
STEPS = MOVES | {(status, step): status for step, of in STAYS.items() for status in of}

OF_THE_REPORTER = {Step.RESUBMIT, Step.WITHDRAW}
OF_WHO_MAY_ASK_AGAIN = {Step.REOPEN, Step.EVALUATE}
"""Of its reporter, or an office of its area."""
OF_ITS_LEVEL = {Step.RETURN, Step.ACCEPT, Step.ESCALATE, Step.TAKE_UP, Step.SEND_DOWN, Step.ASSIGN}
OF_ITS_LEVEL |= {Step.GRANT_TRANSFER, Step.REFUSE_TRANSFER, Step.GRANT_EXTENSION}
OF_ITS_LEVEL |= {Step.REFUSE_EXTENSION, Step.RESET_DEADLINE, Step.CLOSE}
OF_ITS_AREA = {Step.VERIFY, Step.REWORK, Step.CANCEL, Step.SELF_HANDLE, Step.PASS_SELF_CHECK}
OF_ITS_AREA |= {Step.FAIL_SELF_CHECK, Step.SUSPEND, Step.REFUSE_SUSPENSION, Step.SUPERVISE}
OF_ITS_AREA |= {Step.CALL_BACK, Step.ARCHIVE, Step.MERGE, *OF_ITS_LEVEL}
OF_A_HANDLER = {Step.START, Step.RESOLVE, Step.REQUEST_EXTENSION, Step.REQUEST_SUSPENSION}
OF_A_HANDLER |= {Step.RESUME}
OF_THE_LEAD = {Step.REQUEST_TRANSFER}
OF_WHO_ASSISTS = {Step.JOIN, Step.DECLINE}
OF_DELIVERIES = {Step.RECEIVE, *OF_WHO_ASSISTS}
BY_ANOTHER = {
    Step.VERIFY,
    Step.REWORK,
    Step.PASS_SELF_CHECK,
    Step.FAIL_SELF_CHECK,
    Step.EVALUATE,
}
"""Of none of those who had a part in handling it."""


class StepNotAllowed(Conflict):
    def __init__(self, status: Status, step: Step) -> None:
        super().__init__(
            f"当前状态 {status} 不允许执行 {step}。", f"Cannot {step} a report that is {status}."
        )


def after(status: Status, step: Step) -> Status:
    """The status that `step` leads to, or `StepNotAllowed`."""
    try:
        return STEPS[status, step]
    except KeyError:
        raise StepNotAllowed(status, step) from None
