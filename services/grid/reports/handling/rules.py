"""What is refused while a report is handled. Pure."""

from services.chassis.deadlines.calendar import Limit, Unit
from services.chassis.errors import Conflict, Invalid
from services.contracts.codes_grid import DeliveryState, Level, Urgency
from services.grid.reports.clocks.ledger import Course
from services.grid.reports.handling.children import Delivery
from services.grid.reports.lifecycle import Step

LEVELS = tuple(Level)
YEAR = {Unit.DAYS: 365, Unit.WORKING_DAYS: 250}


class NotAbove(Invalid):
    zh = "只能上报到更高的层级。"
    en = "A report is escalated to a level above."
    pointer = "/to"


class LevelSkipped(Invalid):
    zh = "逐级上报；只有特急事件可以越级。"
    en = "One level at a time; only an EMERGENCY skips one."
    pointer = "/to"


class NotOfTheOrganisation(Invalid):
    zh = "主办单位不能同时为协办单位，协办单位不能重复。"
    en = "Who leads does not assist, and nobody assists twice."
    pointer = "/assisting"


class OrganisationElsewhere(Invalid):
    """A township assigns to its own bodies and to those of the levels above; across townships the district does."""

    def __init__(self, code: str) -> None:
        super().__init__(
            f"机构 {code} 不服务于该区划；跨乡镇交办由区级办理。",
            f"Organisation {code} does not serve that area; the district assigns across townships.",
            pointer="/organisation",
        )


class SameOrganisation(Invalid):
    zh = "退办后应交办给其他单位。"
    en = "A transfer goes to another organisation."
    pointer = "/organisation"


class ExtensionTooLong(Invalid):
    """延期不得超过原期限。"""

    def __init__(self, allowed: Limit) -> None:
        super().__init__(
            f"延期不得超过原期限 {allowed}，且单位须相同。",
            f"An extension is at most the original {allowed}, in the same unit.",
            pointer="/allowance",
        )


class ResetTooLong(Invalid):
    zh = "重新确定的期限不得超过一年（365d、250wd）。"
    en = "A deadline is set anew for a year at most (365d, 250wd)."
    pointer = "/allowance"


class DemandedForThePast(Invalid):
    zh = "督办时限须晚于督办的时间。"
    en = "An answer is demanded until a time that is still to come."
    pointer = "/due_at"


class DeliverySettled(Conflict):
    zh = "贵单位对该事件的交办件已签收或已退回。"
    en = "Your organisation has signed for it, or refused it, already."


def above(level: Level, to: Level | None, urgency: Urgency) -> Level:
    """The level that a report goes to: the next one; only an EMERGENCY skips any."""
    here = LEVELS.index(level)
    there = here + 1 if to is None else LEVELS.index(to)
    if there <= here:
        raise NotAbove
    if there > here + 1 and urgency is not Urgency.EMERGENCY:
        raise LevelSkipped
    return LEVELS[there]


def require_extension(running: Course, allowance: str) -> None:
    """At most the limit that it was given first, in its unit."""
    asked, allowed = Limit.parse(allowance), running.allowance
    if asked.unit is not allowed.unit or asked.amount > allowed.amount:
        raise ExtensionTooLong(allowed)


def require_reset(allowance: str) -> None:
    """Who is given years is given no deadline: the calendar does not reach so far."""
    asked = Limit.parse(allowance)
    if asked.amount > YEAR.get(asked.unit, asked.amount):
        raise ResetTooLong


def require_distinct(lead: str, assisting: tuple[str, ...]) -> None:
    if len({lead, *assisting}) != 1 + len(assisting):
        raise NotOfTheOrganisation


def require_unsettled(delivery: Delivery | None, step: Step) -> None:
    """An organisation receives a report once, and signs for it or refuses it once."""
    waits = {DeliveryState.SENT} | ({DeliveryState.RECEIVED} if step is not Step.RECEIVE else set())
    if delivery and delivery.state not in waits:
        raise DeliverySettled
