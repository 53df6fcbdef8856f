"""The lifecycle of a hazard (隐患闭环): what may follow what, and who may not do it. Pure."""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from services.chassis.deadlines.calendar import day_start
from services.chassis.errors import Conflict, Forbidden, Invalid, Unavailable
from services.contracts.codes_inspection import Level


class Status(StrEnum):
    FOUND = "FOUND"  # 发现登记
    NOTIFIED = "NOTIFIED"  # 已通知
    RECTIFYING = "RECTIFYING"  # 整改中
    SUBMITTED = "SUBMITTED"  # 已报整改
    PASSED = "PASSED"  # 复查通过
    CLOSED = "CLOSED"  # 销号
    VOID = "VOID"  # 撤销


class Step(StrEnum):
    NOTIFY = "notify"
    PLAN = "plan"
    SUBMIT = "submit"
    APPROVE = "approve"
    REJECT = "reject"
    CLOSE = "close"
    VOID = "void"


STEPS: dict[tuple[Status, Step], Status] = {
    (Status.FOUND, Step.NOTIFY): Status.NOTIFIED,
    (Status.FOUND, Step.VOID): Status.VOID,
    (Status.NOTIFIED, Step.PLAN): Status.RECTIFYING,
    (Status.NOTIFIED, Step.VOID): Status.VOID,
    (Status.RECTIFYING, Step.SUBMIT): Status.SUBMITTED,
    (Status.SUBMITTED, Step.APPROVE): Status.PASSED,
    (Status.SUBMITTED, Step.REJECT): Status.RECTIFYING,
    (Status.PASSED, Step.CLOSE): Status.CLOSED,
}

REVIEWS = (Step.APPROVE, Step.REJECT)
REVIEWERS_NEEDED = {Level.GENERAL: 1, Level.MAJOR: 2}
FIVE_ITEMS = ("measures", "responsible", "funds", "deadline", "contingency")


class StepNotAllowed(Conflict):
    def __init__(self, status: Status, step: Step) -> None:
        super().__init__(
            f"当前状态 {status} 不允许执行 {step}。", f"Cannot {step} a hazard that is {status}."
        )


class ReviewerIsSubmitter(Forbidden):
    """复查人与整改提交人须为不同的人。"""

    def __init__(self) -> None:
        super().__init__(
            "复查人不能是整改提交人本人。",
            "Whoever submitted the rectification cannot review it.",
        )


class ReviewerIsOfTheEnterprise(Forbidden):
    """复查人不得为被检查企业的人员。"""

    def __init__(self) -> None:
        super().__init__(
            "本企业人员不能复查本企业的隐患。", "Nobody reviews a hazard of their own enterprise."
        )


class SecondReviewerNeeded(Forbidden):
    """重大事故隐患须由两名以上人员现场复查，各自确认。"""

    def __init__(self) -> None:
        super().__init__(
            "您已确认复查通过，重大事故隐患还须另一名监管人员确认。",
            "You have confirmed this: a major hazard needs the confirmation of a second officer.",
        )


class OfficersOnly(Forbidden):
    """重大事故隐患不能由专家单独复查或销号。"""

    def __init__(self) -> None:
        super().__init__(
            "重大事故隐患须由监管人员复查、销号。",
            "A major hazard is reviewed and closed by officers, not by an expert.",
        )


class VoiderIsFinder(Forbidden):
    """撤销须由登记人以外的第二人办理。"""

    def __init__(self) -> None:
        super().__init__(
            "撤销须由登记人以外的人办理。", "Whoever found a hazard cannot void its record."
        )


class PlanIncomplete(Invalid):
    """五落实: 措施、责任人、资金、时限、预案。"""

    def __init__(self, item: str) -> None:
        super().__init__(
            f"重大事故隐患的整改方案缺少 {item}。",
            f"The plan for a major hazard lacks: {item}.",
            pointer=f"/{item}",
        )


class ExtensionByOfficersOnly(Forbidden):
    """整改期限由监管人员延长，企业自行不得延长。"""

    def __init__(self) -> None:
        super().__init__(
            "整改方案的期限不能晚于整改通知的期限，延期须由监管人员办理。",
            "A plan's deadline is not after that of the notice: only an officer extends it.",
            pointer="/deadline",
        )


class IdReserved(Invalid):
    """The id of a referred hazard follows from its report (a UUID of version 5): nobody may take it before."""

    def __init__(self) -> None:
        super().__init__(
            "id 不能是版本 5 的 UUID，请使用 UUIDv7。",
            "An id of version 5 is not accepted: use a UUIDv7.",
            pointer="/id",
        )


class IdTaken(Conflict):
    def __init__(self) -> None:
        super().__init__(
            "该编号已被另一条隐患使用。", "Another hazard has the id that is due to this report."
        )


class AnotherDistrict(Conflict):
    """A report and the enterprise that it names lie in one district, if not in one township."""

    def __init__(self) -> None:
        super().__init__(
            "上报与所指企业不在同一区县。",
            "The report lies in another district than the enterprise that it names.",
        )


class NotNumberedYet(Unavailable):
    """The enterprise came to be known just now; the next attempt will see it."""

    def __init__(self) -> None:
        super().__init__("暂时无法编号，请重试。", "No number could be given yet; try again.")


class DeadlinePassed(Invalid):
    def __init__(self) -> None:
        super().__init__(
            "整改期限早于当日。", "The deadline lies before the day itself.", pointer="/deadline"
        )


def after(status: Status, step: Step) -> Status:
    """The status that `step` leads to, or `StepNotAllowed`."""
    try:
        return STEPS[status, step]
    except KeyError:
        raise StepNotAllowed(status, step) from None


class Standing(NamedTuple):
    """As what somebody acts on a hazard: for the authorities, and not for the station's intermediary; as one
    of the enterprise itself."""

    is_officer: bool = False
    of_enterprise: bool = False


def require_standing(level: Level, step: Step, standing: Standing) -> None:
    """An expert alone neither passes nor closes a MAJOR hazard; nobody reviews their own enterprise."""
    if step in REVIEWS and standing.of_enterprise:
        raise ReviewerIsOfTheEnterprise
    if step in (Step.APPROVE, Step.CLOSE) and level is Level.MAJOR and not standing.is_officer:
        raise OfficersOnly


def require_reviewer(by: str, submitter: str | None, confirmed_by: Collection[str]) -> None:
    """Nobody reviews their own rectification, and nobody is two of its reviewers."""
    if by == submitter:
        raise ReviewerIsSubmitter
    if by in confirmed_by:
        raise SecondReviewerNeeded


def require_plan(level: Level, items: Collection[str]) -> None:
    """`items`: which of the five the plan holds. All five for a MAJOR hazard."""
    missing = [item for item in FIVE_ITEMS if item not in items]
    if level is Level.MAJOR and missing:
        raise PlanIncomplete(missing[0])


def require_ahead(deadline: date | None, today: date) -> None:
    if deadline is not None and deadline < today:
        raise DeadlinePassed


def end_of(day: date) -> datetime:
    """24:00 of the local day."""
    return day_start(day + timedelta(days=1))


def planned_due(
    level: Level,
    notice_due: datetime | None,
    wanted: datetime | None,
    standing: Standing,
    at: datetime,
) -> datetime | None:
    """The deadline once a plan with deadline `wanted` is made at `at`. It may shorten that of the notice;
    officers may extend it. What is overdue stays so: then a plan extends nothing, but for an officer's of a
    GENERAL hazard. Where the notice's is not known yet, only an officer's plan sets one."""
    if wanted is None or (notice_due and wanted <= notice_due):
        return wanted or notice_due
    if notice_due is None:
        return wanted if standing.is_officer else None
    if at >= notice_due and not (standing.is_officer and level is Level.GENERAL):
        return notice_due
    if not standing.is_officer:
        raise ExtensionByOfficersOnly
    return wanted
