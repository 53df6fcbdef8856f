"""A patrol (巡防): its lifecycle, who walks it, and that nobody walks two at a time. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from services.chassis.errors import Conflict, Forbidden, Invalid
from services.chassis.identity.caller import Caller
from services.grid.members.rules import Appointment
from services.grid.policy import OFFICES, VILLAGE

AHEAD = timedelta(minutes=5)
LONGEST = timedelta(hours=24)
MOST_PARTICIPANTS = 20
Span = tuple[datetime, datetime | None]


class Status(StrEnum):
    RUNNING = "RUNNING"  # 巡防中
    FINISHED = "FINISHED"  # 已结束
    VOIDED = "VOIDED"  # 已作废


class Step(StrEnum):
    FINISH = "finish"
    VOID = "void"


STEPS: dict[tuple[Status, Step], Status] = {
    (Status.RUNNING, Step.FINISH): Status.FINISHED,
    (Status.RUNNING, Step.VOID): Status.VOIDED,
    (Status.FINISHED, Step.VOID): Status.VOIDED,
}


class StepNotAllowed(Conflict):
    def __init__(self, status: Status, step: Step) -> None:
        super().__init__(
            f"当前状态 {status} 不允许执行 {step}。", f"Cannot {step} a patrol that is {status}."
        )


class NotAmongThem(Forbidden):
    """Members enter the patrols that they walk; leaders and offices those of others."""

    zh = "只有参加巡防的人员或所在区域的网格长、村社和指挥室可以这样做。"
    en = "Only who takes part in the patrol may do this, or a leader or office of its area."


class EndsBeforeItStarts(Invalid):
    zh = "结束时间须晚于开始时间，且不晚于当前时间。"
    en = "A patrol ends after it has started, and not later than now."
    pointer = "/ended_at"


class TooLong(Invalid):
    zh = "一次巡防不超过 24 小时。"
    en = "A patrol takes 24 hours at most."
    pointer = "/ended_at"


class ParticipantUnknown(Invalid):
    """Who is counted has been appointed there; what was walked before there was a register is imported."""

    def __init__(self, place: int) -> None:
        super().__init__(
            "该人员当日不是本乡镇（街道）在任的网格员，也不是登记人。",
            "This person is neither a member who serves in that township on that day nor who enters the patrol.",
            pointer=f"/participants/{place}",
        )


class ParticipantTwice(Invalid):
    def __init__(self, place: int) -> None:
        super().__init__(
            "该人员已列出，每人只列一次。",
            "This person is named already; each is named once.",
            pointer=f"/participants/{place}",
        )


class AlreadyOnPatrol(Conflict):
    """巡防人次 count distinct persons of each patrol: the same hour of a person counts once."""

    def __init__(self, place: int) -> None:
        super().__init__(
            "该人员在此时间已参加另一次巡防。",
            "This person is on another patrol at that time.",
            pointer=f"/participants/{place}",
        )


def after(status: Status, step: Step) -> Status:
    """The status that `step` leads to, or `StepNotAllowed`."""
    try:
        return STEPS[status, step]
    except KeyError:
        raise StepNotAllowed(status, step) from None


def first(ended_at: datetime | None) -> Status:
    """The status in which one is entered."""
    return Status.FINISHED if ended_at else Status.RUNNING


def require_span(start: datetime, end: datetime, now: datetime) -> None:
    if end <= start or end > now + AHEAD:
        raise EndsBeforeItStarts
    if end - start > LONGEST:
        raise TooLong


def require_hand_in_it(caller: Caller, area_code: str, participants: Iterable[str]) -> None:
    """Refuse who neither takes part nor leads there. The permission is asked before."""
    leads = caller.covers(area_code) and caller.roles & (OFFICES | VILLAGE)
    if not leads and caller.subject not in participants:
        raise NotAmongThem


def identity(name: str) -> str:
    """By which persons are compared: subjects are UUIDs or names, neither of which differ by case alone."""
    return name.lower()


class Service(NamedTuple):
    """That a member, who signs in by `account`, serves a grid, or did."""

    member: UUID
    account: str
    appointment: Appointment


class Roster:
    """Who may have walked: members, known by their accounts and by their ids."""

    def __init__(self, services: Iterable[Service]) -> None:
        self._of: dict[str, list[Service]] = defaultdict(list)
        for service in services:
            for name in {identity(service.account), str(service.member)}:
                self._of[name].append(service)

    def account(self, name: str) -> str:
        """Under which the person named signs in, where that is known."""
        known = self._of.get(identity(name))
        return known[0].account if known else name

    def persons(
        self, named: Sequence[str], by: str, area_code: str, day: date, *, imported: bool
    ) -> list[str]:
        """Their accounts, each once. Besides who enters it they are members who serve in its township on that day;
        an import may name others, since registers begin later than what they tell of."""
        found: dict[str, str] = {}
        for place, name in enumerate(named):
            person = self.account(name)
            if is_own := identity(person) == identity(by):
                person = by
            if not (is_own or imported or self._serves(name, area_code[:9], day)):
                raise ParticipantUnknown(place)
            if identity(person) in found:
                raise ParticipantTwice(place)
            found[identity(person)] = person
        return [*found.values()]

    def _serves(self, name: str, township: str, day: date) -> bool:
        appointments = (service.appointment for service in self._of.get(identity(name), ()))
        return any(a.grid.startswith(township) and a.holds(day) for a in appointments)


class Duties:
    """When each of some persons is on patrol; one that still runs has no end (None)."""

    def __init__(self) -> None:
        self._spans: dict[UUID, Span] = {}
        self._of: dict[str, set[UUID]] = defaultdict(set)

    def know(self, patrol: UUID, participants: Iterable[str], span: Span) -> None:
        self._spans[patrol] = span
        for person in participants:
            self._of[identity(person)].add(patrol)

    def take(self, patrol: UUID, participants: Sequence[str], span: Span) -> None:
        """Refuse a patrol of somebody who is on another; otherwise it counts for those that follow."""
        for place, person in enumerate(participants):
            if any(_overlap(span, self._spans[other]) for other in self._of[identity(person)]):
                raise AlreadyOnPatrol(place)
        self.know(patrol, participants, span)

    def end(self, patrol: UUID, at: datetime) -> None:
        """It has ended: what follows in the same run may begin then. Without effect on those not known."""
        if span := self._spans.get(patrol):
            self._spans[patrol] = (span[0], at)


def _overlap(one: Span, other: Span) -> bool:
    """One that begins when the other ends does not."""
    (start, end), (begin, until) = one, other
    return (until is None or start < until) and (end is None or begin < end)
