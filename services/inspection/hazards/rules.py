"""The lifecycle of a hazard (隐患闭环): what may follow what, and who may not do it. Pure."""

from collections.abc import Collection
from datetime import date
from enum import StrEnum

from services.chassis.errors import Conflict, Forbidden, Invalid
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


class TooFewReviewers(Invalid):
    """重大事故隐患须由两名以上人员现场复查。"""

    def __init__(self, needed: int) -> None:
        super().__init__(
            f"重大事故隐患至少需要 {needed} 名复查人。",
            f"A major hazard needs {needed} reviewers.",
            pointer="/with_reviewers",
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


def require_reviewers(level: Level, reviewers: Collection[str], submitter: str | None) -> None:
    """Nobody reviews their own rectification; a MAJOR hazard needs two reviewers."""
    if submitter in reviewers:
        raise ReviewerIsSubmitter
    if len(set(reviewers)) < REVIEWERS_NEEDED[level]:
        raise TooFewReviewers(REVIEWERS_NEEDED[level])


def require_plan(level: Level, items: Collection[str]) -> None:
    """`items`: which of the five the plan holds. All five for a MAJOR hazard."""
    missing = [item for item in FIVE_ITEMS if item not in items]
    if level is Level.MAJOR and missing:
        raise PlanIncomplete(missing[0])


def require_ahead(deadline: date | None, today: date) -> None:
    if deadline is not None and deadline < today:
        raise DeadlinePassed
