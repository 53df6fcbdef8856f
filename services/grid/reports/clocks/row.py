"""A report's clocks: what of its ledger and its deadlines changes, and when."""

from datetime import datetime
from typing import Any

from services.chassis.deadlines.calendar import Calendar
from services.chassis.errors import Conflict
from services.chassis.operation import Clock
from services.contracts import grid as contract
from services.contracts.codes_grid import ClockEntry, Lamp
from services.contracts.grid_reports import ReportWarned
from services.grid.reports.clocks.archive import ARCHIVE, Ending, archived_from
from services.grid.reports.clocks.ledger import (
    Course,
    Entry,
    Started,
    course,
    courses,
    deadline,
)
from services.grid.reports.columns import ReportColumns

CLOCKS = ("accept", "sign", "resolve", "verify")


class ClockNotKept(Conflict):
    """Of what was written by a release that kept no ledger."""

    zh = "该时限没有台账记录。"
    en = "No ledger is kept of this clock."


class ClockedReport(ReportColumns):
    """Its deadlines are those that follow from its ledger. A clock that has a warning to give is due when that is."""

    def start_clock(self, started: Started) -> None:
        self._enter(started.entry, started.due_at)

    def enter(
        self, clock: str, kind: ClockEntry, at: datetime, calendar: Calendar, **more: Any
    ) -> None:
        """Enter what happens to a clock, from which its deadline follows anew."""
        self.course(clock)
        entry = Entry(clock=clock, kind=kind, at=at, **more)
        self._enter(entry, deadline([*self.ledger, entry], clock, calendar))

    def course(self, clock: str) -> Course:
        """How the clock `clock` has run."""
        found = course(self.ledger, clock)
        if found is None:
            raise ClockNotKept
        return found

    def stop_clocks(self, *clocks: str, at: datetime) -> None:
        """Those of `clocks` that run, stop; their deadlines stay."""
        for clock in clocks:
            if (found := course(self.ledger, clock)) and not found.stopped_at:
                self.ledger = [*self.ledger, Entry(clock=clock, kind=ClockEntry.STOPPED, at=at)]

    @property
    def handling_minutes(self) -> int | None:
        """Of the working hours from its acceptance until it was resolved."""
        verify = ("verify", ClockEntry.STARTED)
        took = [entry.took for entry in self.ledger if (entry.clock, entry.kind) == verify]
        return took[-1] if took and self.accepted_at and self.resolved_at else None

    def over(self, ending: Ending, *, at: datetime) -> None:
        """It is closed: the days for reopening it begin, and the time until it is archived."""
        self.closed_at = at
        self.reopen_until, self.archive_due_at = ending

    def clocks(self) -> list[Clock]:
        due = archived_from(self)
        return self._limits() + ([Clock(ARCHIVE, due)] if due else [])

    def overdue(self, clock: str, *, at: datetime) -> contract.ReportOverdue | ReportWarned | None:
        """What is to be told of the clock `clock` at `at`: that its deadline passed, or comes near, unless it was
        stopped or moved meanwhile. Of a deadline that has passed nobody is warned."""
        found = self._found(clock)
        if not found or found.stopped_at or found.fired_at or not found.due_at:
            return None
        due: datetime = getattr(self, f"{clock}_due_at")
        if due <= at:
            setattr(self, f"{clock}_overdue_at", due)
            return contract.ReportOverdue(**self.facts(due), clock=clock)
        if found.due_at > at:
            return None
        self.warned = {**self.warned, clock: found.due_at}
        return ReportWarned(**self.facts(found.due_at), clock=clock, due_at=due)

    def is_undated(self, clock: str) -> bool:
        """Whether the clock `clock` runs without a deadline: the calendar did not reach so far."""
        found = self._found(clock)
        return bool(found and not (found.due_at or found.stopped_at))

    def set_deadline(
        self, clock: str, calendar: Calendar, *, at: datetime
    ) -> contract.ReportDeadlineSet | None:
        """The calendar may reach the deadline that was not known."""
        due = deadline(self.ledger, clock, calendar) if self.is_undated(clock) else None
        if due is None:
            return None
        setattr(self, f"{clock}_due_at", due)
        return contract.ReportDeadlineSet(**self.facts(at), clock=clock, due_at=due)

    def lamp_at(self, now: datetime) -> Lamp:
        """预警灯, of the clocks that run: derived, never stored."""
        lamps = {Lamp.GREEN}
        for clock in self._limits():
            due: datetime | None = getattr(self, f"{clock.kind}_due_at")
            if due and not clock.stopped_at:
                lamps.add(Lamp.RED if due <= now else self._warning(clock.kind, due, now))
        return next(lamp for lamp in (Lamp.RED, Lamp.YELLOW, Lamp.GREEN) if lamp in lamps)

    def _warning(self, clock: str, due: datetime, now: datetime) -> Lamp:
        found = course(self.ledger, clock)
        near = found and any(at <= now for at in found.warnings(due))
        return Lamp.YELLOW if near else Lamp.GREEN

    def _limits(self) -> list[Clock]:
        ran = courses(self.ledger)
        return [self._clock(name, ran[name]) for name in CLOCKS if name in ran]

    def _found(self, clock: str) -> Clock | None:
        found = course(self.ledger, clock)
        return self._clock(clock, found) if found else None

    def _clock(self, clock: str, found: Course) -> Clock:
        due: datetime | None = getattr(self, f"{clock}_due_at")
        fired: datetime | None = getattr(self, f"{clock}_overdue_at")
        if due and found.warn_at and not (found.stopped_at or fired):
            told = self.warned.get(clock)
            ahead = (at for at in found.warnings(due) if at < due and (not told or at > told))
            due = next(ahead, due)
        return Clock(clock, due, found.stopped_at, fired)

    def _enter(self, entry: Entry, due: datetime | None) -> None:
        self.ledger = [*self.ledger, entry]
        if due != getattr(self, f"{entry.clock}_due_at"):
            setattr(self, f"{entry.clock}_due_at", due)
            setattr(self, f"{entry.clock}_overdue_at", None)
            self.warned = {name: at for name, at in self.warned.items() if name != entry.clock}
