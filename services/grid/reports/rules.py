"""The lifecycle of a report (事件流转): what may follow what, and whose step it is. Pure."""

from enum import StrEnum

from services.chassis.errors import Conflict, Forbidden, Invalid
from services.chassis.identity.caller import Caller
from services.contracts import roles
from services.contracts.codes_grid import Finder
from services.grid.policy import HANDLERS_BY_AREA, OFFICES

CASE = "svc:disputes"
"""Who has handled a report that the end of its case resolves."""


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
    WITHDRAW = "withdraw"


STEPS: dict[tuple[Status, Step], Status] = {
    (Status.REPORTED, Step.RETURN): Status.RETURNED,
    (Status.REPORTED, Step.ACCEPT): Status.ACCEPTED,
    (Status.REPORTED, Step.CANCEL): Status.CANCELLED,
    (Status.REPORTED, Step.WITHDRAW): Status.CANCELLED,
    (Status.RETURNED, Step.RESUBMIT): Status.REPORTED,
    (Status.RETURNED, Step.CANCEL): Status.CANCELLED,
    (Status.RETURNED, Step.WITHDRAW): Status.CANCELLED,
    (Status.ACCEPTED, Step.ASSIGN): Status.ASSIGNED,
    (Status.ACCEPTED, Step.RESOLVE_BY_CASE): Status.RESOLVED,
    (Status.ACCEPTED, Step.CANCEL): Status.CANCELLED,
    (Status.ASSIGNED, Step.START): Status.PROCESSING,
    (Status.PROCESSING, Step.RESOLVE): Status.RESOLVED,
    (Status.RESOLVED, Step.VERIFY): Status.VERIFIED,
    (Status.VERIFIED, Step.CLOSE): Status.CLOSED,
}
OF_THE_REPORTER = {Step.RESUBMIT, Step.WITHDRAW}
OF_ITS_AREA = {Step.RETURN, Step.ACCEPT, Step.ASSIGN, Step.VERIFY, Step.CLOSE, Step.CANCEL}
OF_A_HANDLER = {Step.START, Step.RESOLVE}
FINDERS = {
    roles.RED_GRID_MEMBER: Finder.RED_MEMBER,
    roles.FULL_TIME_GRID_MEMBER: Finder.GRID_MEMBER,
    roles.PART_TIME_GRID_MEMBER: Finder.GRID_MEMBER,
    roles.SERVICE_GROUP_MEMBER: Finder.SERVICE_GROUP,
    roles.RESIDENT: Finder.RESIDENT,
}
"""Who found what a person of that role reports; the first role counts."""


class StepNotAllowed(Conflict):
    def __init__(self, status: Status, step: Step) -> None:
        super().__init__(
            f"当前状态 {status} 不允许执行 {step}。", f"Cannot {step} a report that is {status}."
        )


class VerifierIsHandler(Forbidden):
    """核查人与承办人须为不同的人。"""

    def __init__(self) -> None:
        super().__init__("核查人不能是承办人本人。", "Whoever handled a report cannot verify it.")


class NotTheReporter(Forbidden):
    def __init__(self) -> None:
        super().__init__("只有上报人本人可以这样做。", "Only the reporter may do this.")


class OnlyWithdrawal(Forbidden):
    def __init__(self) -> None:
        super().__init__(
            "上报人只能以“撤回”为由注销。",
            "A reporter may only withdraw a report.",
            pointer="/reason",
        )


class OutsideYourArea(Forbidden):
    """To see a report (one's own, one assigned to one's organisation) is not to rule on it."""

    def __init__(self, area_code: str) -> None:
        super().__init__(
            f"事件所在区域 {area_code} 不在您的职责范围内。",
            f"The report's area {area_code} is outside your scope.",
        )


class NotAssignedToYou(Forbidden):
    def __init__(self) -> None:
        super().__init__(
            "该事件未交办给您所在的机构。", "The report is not assigned to your organisation."
        )


class FinderNotYours(Invalid):
    def __init__(self) -> None:
        super().__init__(
            "发现人类别由您的角色确定，不能另行填写。",
            "The finder follows from your role; only an office says it for others.",
            pointer="/finder",
        )


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


def require_place(step: Step, caller: Caller, area_code: str, organisation: str | None) -> None:
    """Refuse a step that is another area's or another organisation's. The permission is asked before; with
    that of cancelling, which reporters have too, only offices may."""
    here = caller.covers(area_code)
    if step is Step.CANCEL and not caller.roles & OFFICES:
        raise NotTheReporter
    if step in OF_ITS_AREA and not here:
        raise OutsideYourArea(area_code)
    if step in OF_A_HANDLER:
        assigned = organisation is not None and caller.organisation == organisation
        if not assigned and not (here and caller.roles & HANDLERS_BY_AREA):
            raise NotAssignedToYou


def is_office(caller: Caller, area_code: str) -> bool:
    """Whether the caller is of an office that is responsible for the area."""
    return bool(caller.roles & OFFICES) and caller.covers(area_code)


def may_know_the_reporter(caller: Caller, area_code: str, reporter: str) -> bool:
    """Handlers and neighbours may not: a report may accuse someone."""
    audits = roles.AUDITOR in caller.roles and caller.covers(area_code)
    return audits or is_office(caller, area_code) or caller.subject == reporter


def finder_of(caller: Caller, said: Finder | None) -> Finder:
    """By the caller's role. Offices, which enter what others have found, may say it."""
    if said is None:
        found = (finder for role, finder in FINDERS.items() if role in caller.roles)
        return next(found, Finder.OTHER)
    if not caller.roles & OFFICES:
        raise FinderNotYours
    return said
