"""What must be so of a report, besides its status, before a step is taken. Pure."""

from datetime import datetime

from services.chassis.errors import Conflict, Forbidden
from services.contracts.codes_grid import Category, Level, RequestKind, SelfCheck, Urgency
from services.grid.reports.columns import ReportColumns
from services.grid.reports.lifecycle import Step
from services.grid.reports.rules import OfAnotherLevel

ASKS = {
    Step.REQUEST_TRANSFER: RequestKind.TRANSFER,
    Step.REQUEST_EXTENSION: RequestKind.EXTENSION,
    Step.REQUEST_SUSPENSION: RequestKind.SUSPENSION,
}
DECIDES = {
    Step.GRANT_TRANSFER: RequestKind.TRANSFER,
    Step.REFUSE_TRANSFER: RequestKind.TRANSFER,
    Step.GRANT_EXTENSION: RequestKind.EXTENSION,
    Step.REFUSE_EXTENSION: RequestKind.EXTENSION,
    Step.SUSPEND: RequestKind.SUSPENSION,
    Step.REFUSE_SUSPENSION: RequestKind.SUSPENSION,
}


class AlreadyRequested(Conflict):
    zh = "已有同类申请待决定。"
    en = "An equal request waits for its decision."


class ExtendedAlready(Conflict):
    """延期以一次为限。"""

    zh = "该事件已延期一次，不能再次延期。"
    en = "The report was extended once; it is not extended again."


class ForTheDutyRoom(Conflict):
    """突发事件不走常规流程，直报值班室。"""

    zh = "突发事件、特急事件须报值班室，不能自办自结。"
    en = "An emergency is a matter of the duty room; no grid closes it by itself."


class UnderSupervision(Conflict):
    """督办事件须经核查办结。"""

    zh = "督办事件须经受理、核查后办结，不能自办自结。"
    en = "A supervised report is accepted, verified and closed; no grid closes it by itself."


class NoLevelAbove(Conflict):
    zh = "已是最高层级，不能再上报。"
    en = "There is no level above this one."


class NotEscalated(Conflict):
    zh = "该事件并非由下级上报，不能退回下级。"
    en = "No lower level has escalated it, so it is not sent down."


class NotOfTheDistrict(Conflict):
    """升级不重置期限；只有区级接手后可说明理由另定。"""

    zh = "只有由区级负责的事件可以重新确定期限。"
    en = "Only of a report that is the district's the deadline is set anew."


class NoCheckDue(Conflict):
    zh = "该事件没有待抽查的自办自结。"
    en = "No check of it is due."


class NoCallBackDue(Conflict):
    zh = "该事件没有待回访的不满意评价。"
    en = "Nobody is to be called back."


class NotDone(Conflict):
    zh = "尚有抽查或回访未完成，不能归档。"
    en = "A check or a call-back is due; it cannot be archived."


class SignWindowOver(Conflict):
    zh = "签收时限已过，不能再申请退办。"
    en = "The time to sign is over; a transfer can no longer be asked for."


class ClosedForGood(Conflict):
    zh = "已超过可重新办理的期限。"
    en = "The time within which it could be reopened is over."


class MayBeReopened(Conflict):
    zh = "仍在可重新办理的期限内，不能归档。"
    en = "It may still be reopened, so it cannot be archived."


class OwnRequest(Forbidden):
    """申请与决定须为不同的人。"""

    zh = "不能决定自己提出的申请。"
    en = "Nobody decides on a request of their own."


def require_conditions(row: ReportColumns, step: Step, by: str) -> None:
    if (asked := ASKS.get(step)) and row.pending(asked):
        raise AlreadyRequested
    if (decided := DECIDES.get(step)) and row.asked(decided).by == by:
        raise OwnRequest
    if step in (Step.REQUEST_EXTENSION, Step.GRANT_EXTENSION) and row.extensions:
        raise ExtendedAlready
    if step is Step.ESCALATE and row.level is Level.DISTRICT:
        raise NoLevelAbove
    if step is Step.SEND_DOWN and not row.escalated_from:
        raise NotEscalated
    if step is Step.RESET_DEADLINE and row.level is not Level.DISTRICT:
        raise NotOfTheDistrict
    if step is Step.SELF_HANDLE:
        require_of_the_grid(row)
    if step in (Step.PASS_SELF_CHECK, Step.FAIL_SELF_CHECK) and not owes_check(row):
        raise NoCheckDue
    if step is Step.CALL_BACK and not owes_call_back(row):
        raise NoCallBackDue
    if step is Step.ARCHIVE and (owes_check(row) or owes_call_back(row)):
        raise NotDone


def require_of_the_grid(row: ReportColumns) -> None:
    """自办自结: only of what is as it was reported, and that nobody above has taken into their hands."""
    if is_emergency(row):
        raise ForTheDutyRoom
    if row.escalated_from:
        raise OfAnotherLevel(row.level)
    if row.supervise_due_at is not None:
        raise UnderSupervision


def require_timely(row: ReportColumns, step: Step, at: datetime) -> None:
    """Refuse what may be done only until, or only from, some time on. What is on record as over stays so, whatever
    time is told afterwards."""
    over = row.sign_overdue_at or (row.sign_due_at and at > row.sign_due_at)
    if step is Step.REQUEST_TRANSFER and over:
        raise SignWindowOver
    still_open = row.reopen_until is not None and at < row.reopen_until
    if step is Step.REOPEN and not still_open:
        raise ClosedForGood
    if step is Step.ARCHIVE and still_open:
        raise MayBeReopened


def is_emergency(row: ReportColumns) -> bool:
    return row.category is Category.EMERGENCY or row.urgency is Urgency.EMERGENCY


def owes_check(row: ReportColumns) -> bool:
    return row.self_check is SelfCheck.DUE


def owes_call_back(row: ReportColumns) -> bool:
    """不满意必回访。"""
    return row.satisfied is False and row.called_back_at is None
