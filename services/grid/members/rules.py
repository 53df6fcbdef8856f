"""A grid member (网格员): from the first appointment to the last day, and how many households are usual. Pure."""

from collections.abc import Iterable, Sequence
from datetime import date
from enum import StrEnum

from pydantic import BaseModel

from services.chassis.errors import Conflict, Invalid


class Status(StrEnum):
    ACTIVE = "ACTIVE"  # 在岗
    LEFT = "LEFT"  # 已离岗


class Step(StrEnum):
    APPOINT = "appoint"
    RELEASE = "release"
    CHANGE = "change"
    LEAVE = "leave"


STEPS: dict[tuple[Status, Step], Status] = {
    (Status.ACTIVE, Step.APPOINT): Status.ACTIVE,
    (Status.ACTIVE, Step.RELEASE): Status.ACTIVE,
    (Status.ACTIVE, Step.CHANGE): Status.ACTIVE,
    (Status.ACTIVE, Step.LEAVE): Status.LEFT,
}


class StepNotAllowed(Conflict):
    def __init__(self, status: Status, step: Step) -> None:
        super().__init__(
            f"当前状态 {status} 不允许执行 {step}。", f"Cannot {step} a member who is {status}."
        )


class AccountTaken(Conflict):
    zh = "该账号已属于另一名网格员。"
    en = "This account belongs to another member."
    pointer = "/account"


class BranchUnknown(Invalid):
    def __init__(self, code: str) -> None:
        super().__init__(
            f"党支部 {code} 在该时间不存在。",
            f"Branch {code} does not exist at that time.",
            pointer="/branch",
        )


class BranchOfNoPartyMember(Invalid):
    zh = "只有党员才有所属党支部。"
    en = "Only a party member belongs to a branch."
    pointer = "/branch"


class GridUnknown(Invalid):
    def __init__(self, pointer: str) -> None:
        super().__init__(
            "该网格在该时间不存在，或不在您的职责范围内。",
            "No such grid at that time, or it is outside your scope.",
            pointer=pointer,
        )


class AlreadyAppointed(Conflict):
    zh = "该网格员已在此网格任职。"
    en = "The member serves this grid already."
    pointer = "/grid_code"


class NotAppointed(Conflict):
    zh = "该网格员不在此网格任职。"
    en = "The member does not serve this grid."
    pointer = "/grid_code"


class EndsBeforeItBegan(Invalid):
    zh = "结束日期不能早于开始日期。"
    en = "It cannot end before it began."
    pointer = "/occurred_at"


class LinksOpen(Conflict):
    """Nothing is lost when somebody leaves: the households go to another member first."""

    def __init__(self, links: int) -> None:
        super().__init__(
            f"该网格员仍有 {links} 户联系户，请先移交。",
            f"The member still has {links} linked households: hand them over first.",
        )


class Appointment(BaseModel):
    """A grid that a member serves; `until_on` is the first day on which they do not. Ended, never overwritten."""

    grid: str
    since_on: date
    until_on: date | None = None

    def holds(self, day: date) -> bool:
        return self.since_on <= day and (self.until_on is None or day < self.until_on)


def after(status: Status, step: Step) -> Status:
    """The status that `step` leads to, or `StepNotAllowed`."""
    try:
        return STEPS[status, step]
    except KeyError:
        raise StepNotAllowed(status, step) from None


def require_branch(branch: str | None, *, is_party_member: bool) -> None:
    if branch and not is_party_member:
        raise BranchOfNoPartyMember


def appointed(known: Sequence[Appointment], grid: str, day: date) -> list[Appointment]:
    """The appointments with one more, from `day` on."""
    if any(a.grid == grid and (a.until_on is None or a.until_on > day) for a in known):
        raise AlreadyAppointed
    return [*known, Appointment(grid=grid, since_on=day)]


def released(known: Sequence[Appointment], grid: str, day: date) -> list[Appointment]:
    """The appointments, that to `grid` ended on `day`."""
    if not any(a.grid == grid and a.until_on is None for a in known):
        raise NotAppointed
    return [_ended(a, day) if a.grid == grid else a for a in known]


def ended(known: Iterable[Appointment], day: date) -> list[Appointment]:
    """The appointments, those that were open ended on `day`."""
    return [_ended(appointment, day) for appointment in known]


def _ended(appointment: Appointment, day: date) -> Appointment:
    if appointment.until_on is not None:
        return appointment
    if day < appointment.since_on:
        raise EndsBeforeItBegan
    return appointment.model_copy(update={"until_on": day})
