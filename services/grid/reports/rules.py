"""The lifecycle of a report (事件流转): what may follow what. Pure."""

from enum import StrEnum

from services.chassis.errors import Conflict, Forbidden


class Status(StrEnum):
    REPORTED = "REPORTED"  # 待受理
    RETURNED = "RETURNED"  # 退回补正
    ACCEPTED = "ACCEPTED"  # 已受理待分流
    ASSIGNED = "ASSIGNED"  # 已交办待签收
    PROCESSING = "PROCESSING"  # 处置中
    RESOLVED = "RESOLVED"  # 已处置待核查
    VERIFIED = "VERIFIED"  # 核查通过
    CLOSED = "CLOSED"  # 办结
    CANCELLED = "CANCELLED"  # 注销


class Step(StrEnum):
    RETURN = "return"
    RESUBMIT = "resubmit"
    ACCEPT = "accept"
    ASSIGN = "assign"
    START = "start"
    RESOLVE = "resolve"
    RESOLVE_BY_CASE = "resolve_by_case"
    VERIFY = "verify"
    CLOSE = "close"
    CANCEL = "cancel"


STEPS: dict[tuple[Status, Step], Status] = {
    (Status.REPORTED, Step.RETURN): Status.RETURNED,
    (Status.REPORTED, Step.ACCEPT): Status.ACCEPTED,
    (Status.REPORTED, Step.CANCEL): Status.CANCELLED,
    (Status.RETURNED, Step.RESUBMIT): Status.REPORTED,
    (Status.RETURNED, Step.CANCEL): Status.CANCELLED,
    (Status.ACCEPTED, Step.ASSIGN): Status.ASSIGNED,
    (Status.ACCEPTED, Step.RESOLVE_BY_CASE): Status.RESOLVED,
    (Status.ACCEPTED, Step.CANCEL): Status.CANCELLED,
    (Status.ASSIGNED, Step.START): Status.PROCESSING,
    (Status.PROCESSING, Step.RESOLVE): Status.RESOLVED,
    (Status.RESOLVED, Step.VERIFY): Status.VERIFIED,
    (Status.VERIFIED, Step.CLOSE): Status.CLOSED,
}


class StepNotAllowed(Conflict):
    def __init__(self, status: Status, step: Step) -> None:
        super().__init__(
            f"当前状态 {status} 不允许执行 {step}。", f"Cannot {step} a report that is {status}."
        )


class VerifierIsHandler(Forbidden):
    """核查人与承办人须为不同的人。"""

    def __init__(self) -> None:
        super().__init__("核查人不能是承办人本人。", "Whoever handled a report cannot verify it.")


class HandledByCase(Conflict):
    """A dispute is dealt with by its case; assigning it to an organisation as well would handle it twice."""

    def __init__(self) -> None:
        super().__init__(
            "矛盾纠纷类事件由纠纷案件处理，不再交办。",
            "A dispute is handled by its case and cannot be assigned.",
        )


def after(status: Status, step: Step) -> Status:
    """The status that `step` leads to, or `StepNotAllowed`."""
    try:
        return STEPS[status, step]
    except KeyError:
        raise StepNotAllowed(status, step) from None
