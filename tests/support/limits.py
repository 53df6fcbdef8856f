"""Clocks that start, without a database to tell how long they may run."""

from datetime import date, datetime, timedelta

from services.chassis.deadlines.calendar import Calendar, Limit
from services.contracts.codes_grid import Urgency
from services.grid.reports.clocks.ledger import Started
from services.grid.reports.clocks.limits import Limits, Rule

YEARS = [date(2025, 1, 1) + timedelta(days=n) for n in range(3 * 365)]
EVERY_DAY = Calendar.of((day, True) for day in YEARS)
"""Of three years, each day of which is worked."""
NO_YEAR = Calendar.of([])


def started(
    clock: str,
    at: datetime,
    allowed: str = "168h",
    warn_at: tuple[int, ...] = (),
    calendar: Calendar = EVERY_DAY,
) -> Started:
    rules = [rule(clock, allowed, warn_at)]
    return Limits(rules, calendar).started(clock, Urgency.NORMAL, "330703", at)


def rule(clock: str, allowed: str, warn_at: tuple[int, ...] = ()) -> Rule:
    return Rule(Urgency.NORMAL, clock, "", date(1900, 1, 1), Limit.parse(allowed), warn_at)
