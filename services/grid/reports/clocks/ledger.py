"""The ledger of a report's clocks: what happened to each, and the deadline that follows. Pure.

A deadline is a function of the ledger and the calendar, and of nothing else. Minutes and hours run on the wall
clock; of working (or calendar) days only those count through which the clock ran from midnight to midnight, so that
neither the day on which it starts nor one on which it pauses is lost.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import NamedTuple

from pydantic import BaseModel

from services.chassis.deadlines.calendar import Calendar, Limit, Unit, add_months, local_day
from services.contracts.codes_grid import ClockEntry

DAY = timedelta(days=1)
WALL = {Unit.MINUTES: timedelta(minutes=1), Unit.HOURS: timedelta(hours=1)}


class Entry(BaseModel):
    """`allowance`: how long it may run (STARTED, RESET) or run longer (EXTENDED). `since`: from when on the time
    until `at` is given back (RESTORED). `table`: the row of the limits that it is of. `warn_at`: at which shares of
    the time, in percent, a warning is due. `took`: of the clock of verifying, how many minutes of the working hours the
    handling had taken when it started."""

    clock: str
    kind: ClockEntry
    at: datetime
    since: datetime | None = None
    allowance: str | None = None
    warn_at: list[int] = []
    table: str | None = None
    reason: str | None = None
    took: int | None = None


class Started(NamedTuple):
    """A clock that starts, and when it runs out; None while the calendar does not reach so far."""

    entry: Entry
    due_at: datetime | None


class Span(NamedTuple):
    """While a clock ran; until None: it runs."""

    start: datetime
    end: datetime | None


@dataclass(frozen=True)
class Course:
    """How a clock has run since it last started; `stopped_at`: it stands still since then."""

    spans: tuple[Span, ...]
    allowance: Limit
    warn_at: tuple[int, ...] = ()
    stopped_at: datetime | None = None

    def after(self, entry: Entry) -> "Course":
        *before, last = self.spans
        match entry.kind:
            case ClockEntry.PAUSED:
                spans = (*before, Span(last.start, entry.at))
                return replace(self, spans=spans, stopped_at=entry.at)
            case ClockEntry.RESUMED:
                spans = (*self.spans, Span(entry.at, None))
                return replace(self, spans=spans, stopped_at=None)
            case ClockEntry.RESTORED:
                return replace(
                    self, spans=tuple(_without(self.spans, entry.since or entry.at, entry.at))
                )
            case ClockEntry.EXTENDED:
                more = self.allowance.amount + _limit(entry.allowance).amount
                return replace(self, allowance=Limit(more, self.allowance.unit))
            case ClockEntry.STOPPED:
                return replace(self, stopped_at=entry.at)
        return begun(entry)

    def due(self, calendar: Calendar) -> datetime | None:
        """When it runs out, if it goes on as it does; None while a year that this needs is not known."""
        unit = self.allowance.unit
        if unit in WALL:
            return _wall_due(self.spans, self.allowance.amount * WALL[unit])
        return _days_due(self.spans, self.allowance, calendar)

    def warnings(self, due: datetime) -> list[datetime]:
        """When each share of the time until `due` has run."""
        spans = [(start, min(end or due, due)) for start, end in self.spans if start < due]
        total = sum((end - start for start, end in spans), timedelta())
        return [_reached(spans, total * share / 100) for share in sorted(self.warn_at)]


def courses(entries: Iterable[Entry]) -> dict[str, Course]:
    """How each clock that ever started has run."""
    found: dict[str, Course] = {}
    for entry in entries:
        known = found.get(entry.clock)
        found[entry.clock] = known.after(entry) if known else begun(entry)
    return found


def course(entries: Iterable[Entry], clock: str) -> Course | None:
    """How the clock `clock` has run, if it ever started."""
    return courses(entry for entry in entries if entry.clock == clock).get(clock)


def begun(entry: Entry) -> Course:
    return Course((Span(entry.at, None),), _limit(entry.allowance), tuple(entry.warn_at))


def deadline(entries: Iterable[Entry], clock: str, calendar: Calendar) -> datetime | None:
    """The deadline of the clock `clock`: nothing but its ledger and the calendar decide."""
    found = course(entries, clock)
    return found.due(calendar) if found else None


@cache
def _limit(text: str | None) -> Limit:
    return Limit.parse(text or "")


def _without(spans: Sequence[Span], since: datetime, until: datetime) -> Iterable[Span]:
    """The spans, but for the time between."""
    for start, end in spans:
        if start < since:
            yield Span(start, since if end is None or end > since else end)
        if end is None or end > until:
            yield Span(max(start, until), end)


def _wall_due(spans: Sequence[Span], left: timedelta) -> datetime | None:
    for start, end in spans:
        if end is None or start + left <= end:
            return (start + left).astimezone(UTC)
        left -= end - start
    return None  # it stands still


def _days_due(spans: Sequence[Span], allowance: Limit, calendar: Calendar) -> datetime | None:
    working = allowance.unit is Unit.WORKING_DAYS
    left = allowance.amount
    if allowance.unit is Unit.MONTHS:
        first = local_day(spans[0].start)
        left = (add_months(first, left) - first).days
    unit = Unit.WORKING_DAYS if working else Unit.DAYS
    for start, end in spans:
        due = calendar.add_working_time(start, Limit(left, unit))
        if end is None or (due is not None and due <= end):
            return due
        first, last = local_day(start), local_day(end) - DAY
        ran = calendar.working_days_between(first, last) if working else (last - first).days
        if ran is None:
            return None
        left = max(1, left - max(0, ran))
    return None


def _reached(spans: Sequence[tuple[datetime, datetime]], left: timedelta) -> datetime:
    at = spans[0][0]
    for start, end in spans:
        at = min(end, start + left)
        left -= at - start
        if not left:
            break
    return at.astimezone(UTC)
