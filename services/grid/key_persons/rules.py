"""Key persons (重点人员): their lifecycle, who is a minor, and what counts may tell. Pure.

Law: 个人信息保护法 art. 28 (sensitive by its nature), 社区矫正法 art. 54 (minors' records go to nobody but by law).
"""

from datetime import date
from enum import StrEnum

from services.chassis.deadlines.calendar import add_months
from services.chassis.errors import Conflict, Invalid

LEAST = 5
GROWN_UP = 18


class Status(StrEnum):
    ENROLLED = "ENROLLED"  # 在册
    REMOVED = "REMOVED"  # 已移出


class Step(StrEnum):
    REGRADE = "regrade"
    VISIT = "visit"
    REMOVE = "remove"


STEPS: dict[tuple[Status, Step], Status] = {
    (Status.ENROLLED, Step.REGRADE): Status.ENROLLED,
    (Status.ENROLLED, Step.VISIT): Status.ENROLLED,
    (Status.ENROLLED, Step.REMOVE): Status.REMOVED,
}


class StepNotAllowed(Conflict):
    def __init__(self, status: Status, step: Step) -> None:
        super().__init__(
            f"当前状态 {status} 不允许执行 {step}。", f"Cannot {step} a record that is {status}."
        )


class LegalBasisMissing(Invalid):
    """社区矫正法 art. 54: whoever reads a minor's record says by which norm and under which document."""

    zh = "未成年人的记录仅在法律规定时可以查阅，须写明依据。"
    en = "A minor's record is read where a law says so alone: name the norm and the document."
    pointer = "/legal_basis"


class ReadByLawFirst(Conflict):
    """The norm and the document stand in the audit with the reading: a step on a minor's record rests on them."""

    zh = "未成年人的记录须先写明依据查阅，24 小时内方可办理。"
    en = "A minor's record is read by law first, with norm and document; within 24 hours a step may follow."


def after(status: Status, step: Step) -> Status:
    """The status that `step` leads to, or `StepNotAllowed`."""
    try:
        return STEPS[status, step]
    except KeyError:
        raise StepNotAllowed(status, step) from None


def minor_until(resident_id: str, day: date) -> date | None:
    """Until when somebody counts as a minor: the first of the month after the 18th birthday, which tells no birthday.
    None of who has grown up."""
    born = date(int(resident_id[6:10]), int(resident_id[10:12]), int(resident_id[12:14]))
    grown_up = add_months(born, 12 * GROWN_UP)
    return None if grown_up <= day else add_months(grown_up.replace(day=1), 1)


def told(count: int) -> int | None:
    """What is told of a count: the multiple of five below it, and nothing of less than five, none included. So
    no two numbers that were told, of whatever places or days, differ by less than five."""
    return count // LEAST * LEAST if count >= LEAST else None


def as_of(today: date) -> date:
    """Counts are those of the end of last month: who comes and goes in between is told by none."""
    return today.replace(day=1)
