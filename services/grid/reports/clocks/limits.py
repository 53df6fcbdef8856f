"""The time limits in force, by urgency and area; each row is a version of the table."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import Field, SQLModel

from services.chassis.database import driver, stored, stored_json
from services.chassis.deadlines.calendar import Calendar, Limit, day_start, local_day
from services.chassis.deadlines.calendar_table import cached_calendar, recent
from services.chassis.effective import in_force
from services.chassis.errors import Unavailable
from services.chassis.operation import Item
from services.contracts.codes_grid import ClockEntry, Urgency
from services.grid.reports.clocks.archive import Ending
from services.grid.reports.clocks.ledger import DAY, Entry, Started, begun
from services.grid.reports.clocks.working import working_minutes
from services.grid.reports.outcome.rules import is_sampled

SELF_CHECK_PERCENT = "SELF_CHECK_PERCENT"
REOPEN_DAYS, ARCHIVE_DAYS = "REOPEN_DAYS", "ARCHIVE_DAYS"
WORK_STARTS, WORK_ENDS = "WORK_STARTS_MINUTE", "WORK_ENDS_MINUTE"
UNLESS_TOLD = {WORK_STARTS: 9 * 60, WORK_ENDS: 17 * 60, ARCHIVE_DAYS: 0}
"""Where no row says otherwise: the hours of a working day, as minutes since midnight; no report stays out of the archive
for longer than it may be reopened."""


class TimeLimit(SQLModel, table=True):
    """时限: how long a clock may run, by urgency, in force from a day on, for the areas that begin with
    `area_code` (longest match wins). `allowed` as `Limit.parse` reads it; `warn_at`: shares of it, in percent, at which
    a warning is due. Configuration, not law. A row is never changed: a new one takes its place from a day on."""

    __tablename__ = "time_limit"

    urgency: Urgency = Field(sa_type=stored(Urgency), primary_key=True)
    clock: str = Field(primary_key=True)
    area_code: str = Field(default="", primary_key=True)
    valid_from: date = Field(primary_key=True)
    allowed: str
    warn_at: list[int] = Field(default=[], sa_type=stored_json(list[int]))


class HandlingRule(SQLModel, table=True):
    """A number by which reports are handled, in force from a day on, for the areas that begin with `area_code`:
    of how many percent of those closed within the grid a check is due; for how many days after closing a report may
    be reopened, and after how many it is archived (never while it may be reopened); from which minute of a working
    day until which its handling is counted. Configuration, not law."""

    __tablename__ = "handling_rule"

    name: str = Field(primary_key=True)
    area_code: str = Field(default="", primary_key=True)
    valid_from: date = Field(primary_key=True)
    amount: int


class TimeLimitMissing(Unavailable):
    def __init__(self, clock: str, urgency: Urgency) -> None:
        super().__init__(
            f"未配置 {urgency} 的 {clock} 时限。", f"No {clock} limit is configured for {urgency}."
        )


class HandlingRuleMissing(Unavailable):
    def __init__(self, name: str) -> None:
        super().__init__(f"未配置 {name}。", f"{name} is not configured.")


class Rule(NamedTuple):
    """One row of `TimeLimit`, read."""

    urgency: str
    clock: str
    area_code: str
    valid_from: date
    allowed: Limit
    warn_at: tuple[int, ...] = ()

    @property
    def version(self) -> str:
        return f"{self.area_code or '-'}@{self.valid_from}"


class Amount(NamedTuple):
    """One row of `HandlingRule`."""

    name: str
    area_code: str
    valid_from: date
    amount: int


@dataclass(frozen=True)
class Limits:
    """The time limits in force, and the calendar that they run on."""

    rows: Sequence[Rule]
    calendar: Calendar
    amounts: Sequence[Amount] = ()

    def due(self, clock: str, urgency: Urgency, area: str, start: datetime) -> datetime | None:
        """When `clock`, started at `start`, runs out; None while the calendar year is not known."""
        return self.started(clock, urgency, area, start).due_at

    def started(
        self,
        clock: str,
        urgency: Urgency,
        area: str,
        start: datetime,
        reason: str | None = None,
    ) -> Started:
        """The entry with which `clock` starts, by the limit in force at `start`."""
        rules = (r for r in self.rows if r.clock == clock and r.urgency == urgency)
        row = in_force(rules, area, local_day(start))
        if row is None:
            raise TimeLimitMissing(clock, urgency)
        entry = Entry(
            clock=clock,
            kind=ClockEntry.STARTED,
            at=start,
            allowance=str(row.allowed),
            warn_at=list(row.warn_at),
            table=row.version,
            reason=reason,
        )
        return Started(entry, begun(entry).due(self.calendar))

    def amount(self, name: str, area: str, day: date) -> int:
        row = in_force((a for a in self.amounts if a.name == name), area, day)
        if row is None and name not in UNLESS_TOLD:
            raise HandlingRuleMissing(name)
        found: int = row.amount if row else UNLESS_TOLD[name]
        return found

    def resolved(
        self, urgency: Urgency, area: str, accepted_at: datetime | None, at: datetime
    ) -> Started:
        """The entry with which the clock of verifying starts: it tells how long the handling took."""
        clock, day = self.started("verify", urgency, area, at), local_day(at)
        if accepted_at is None:
            return clock
        hours = self.amount(WORK_STARTS, area, day), self.amount(WORK_ENDS, area, day)
        took = working_minutes(self.calendar, accepted_at, at, hours)
        return clock._replace(entry=clock.entry.model_copy(update={"took": took}))

    def ending(self, area: str, closed: datetime) -> Ending:
        """Of a report closed at `closed`: each at the end of the last day of its days."""
        day = local_day(closed)
        reopening, archiving = (
            self.amount(name, area, day) for name in (REOPEN_DAYS, ARCHIVE_DAYS)
        )
        days = reopening, max(reopening, archiving)
        return Ending(*(day_start(day + (n + 1) * DAY) for n in days))

    def is_checked(self, number: str, area: str, at: datetime) -> bool:
        """Whether one that the grid closed itself is of the sample that is checked."""
        return is_sampled(number, self.amount(SELF_CHECK_PERCENT, area, local_day(at)))


async def limits(connection: AsyncConnection, _: Sequence[Item]) -> Limits:
    rows, amounts = await recent(connection, _rules), await recent(connection, _amounts)
    return Limits(rows, await cached_calendar(connection), amounts)


async def _rules(connection: AsyncConnection) -> list[Rule]:
    raw = await driver(connection)
    rows = await raw.fetch(
        "select urgency, clock, area_code, valid_from, allowed,"
        " array(select jsonb_array_elements_text(warn_at)::int) from time_limit"
    )
    return [Rule._make((*row[:4], Limit.parse(row[4]), tuple(row[5]))) for row in map(tuple, rows)]


async def _amounts(connection: AsyncConnection) -> list[Amount]:
    raw = await driver(connection)
    rows = await raw.fetch("select name, area_code, valid_from, amount from handling_rule")
    return [Amount._make(row) for row in map(tuple, rows)]
