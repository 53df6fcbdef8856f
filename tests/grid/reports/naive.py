"""What becomes of a clock, told and reckoned once more: by walking through time, minute by minute or day by day.

Nothing of this knows how the ledger reckons; it takes what happened, and a calendar as a set of days.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from random import Random
from typing import NamedTuple

from services.chassis.deadlines.calendar import SHANGHAI
from services.contracts.codes_grid import ClockEntry as Kind

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
FIRST = date(2026, 1, 1)


class Happened(NamedTuple):
    """`minutes` since the first of the days; `amount` of `unit`, where the clock starts, is set anew or goes on
    longer; `since`: from when on time is given back."""

    kind: Kind
    minutes: int
    amount: int = 0
    unit: str = ""
    since: int = 0


def instant(minutes: int) -> datetime:
    return datetime(2026, 1, 1, tzinfo=SHANGHAI) + minutes * MINUTE


def history(random: Random) -> list[Happened]:
    """Starts, pauses, time given back, extensions, limits of another table, as they may follow each other."""
    at = random.randrange(90 * 24 * 60)
    told = [_begun(random, Kind.STARTED, at)]
    runs, extended = True, False
    for _ in range(random.randint(0, 7)):
        at += random.choice(
            [0, random.randrange(30), random.randrange(2_000), random.randrange(6_000)]
        )
        steps = [Kind.RESTORED, Kind.RESET, Kind.STARTED, Kind.STARTED] if runs else []
        steps += [Kind.PAUSED] * 4 if runs else [Kind.RESUMED]
        steps += [Kind.EXTENDED] if not extended else []
        match random.choice(steps):
            case Kind.STARTED:  # reopened; a new table may be in force, of another unit
                told.append(_begun(random, Kind.STARTED, at))
                extended = False
            case Kind.RESET:
                told.append(_begun(random, Kind.RESET, at))
                extended = False
            case Kind.EXTENDED:
                last = next(h for h in reversed(told) if h.kind in (Kind.STARTED, Kind.RESET))
                told.append(last._replace(kind=Kind.EXTENDED, minutes=at))
                extended = True
            case Kind.RESTORED:
                begun = max(h.minutes for h in told if h.kind in (Kind.STARTED, Kind.RESET))
                since = random.randint(begun, at)
                told.append(Happened(Kind.RESTORED, at, since=since))
            case Kind.PAUSED:
                told.append(Happened(Kind.PAUSED, at))
                runs = False
            case Kind.RESUMED:
                told.append(Happened(Kind.RESUMED, at))
                runs = True
    return told


MOST = {"min": 300, "h": 20, "wd": 12, "d": 20}


def _begun(random: Random, kind: Kind, at: int) -> Happened:
    """Under a limit of some table."""
    unit = random.choice([*MOST, "wd"])
    return Happened(kind, at, random.randint(1, MOST[unit]), unit)


def due(told: Sequence[Happened], working: frozenset[date]) -> datetime | None:
    """When the clock has run for as long as it may; None if it stands still before that."""
    begun = max(n for n, h in enumerate(told) if h.kind in (Kind.STARTED, Kind.RESET))
    start, rest = told[begun], told[begun + 1 :]
    amount = start.amount + sum(h.amount for h in rest if h.kind is Kind.EXTENDED)
    stands = _standing(rest)
    if start.unit in ("min", "h"):
        left, at = amount * (60 if start.unit == "h" else 1), start.minutes
        while left:
            if any(since <= at < until for since, until in stands):
                if all(until == FOREVER for since, until in stands if since <= at < until):
                    return None
            else:
                left -= 1
            at += 1
        return instant(at)
    return _day_due(start, amount, stands, working)


FOREVER = 10**9


def _standing(rest: Sequence[Happened]) -> list[tuple[int, int]]:
    """Stretches of minutes in which it did not run."""
    found, paused = [], None
    for h in rest:
        if h.kind is Kind.RESTORED:
            found.append((h.since, h.minutes))
        elif h.kind is Kind.PAUSED:
            paused = h.minutes
        elif h.kind is Kind.RESUMED and paused is not None:
            found.append((paused, h.minutes))
            paused = None
    return found if paused is None else [*found, (paused, FOREVER)]


def _day_due(
    start: Happened, amount: int, stands: Sequence[tuple[int, int]], working: frozenset[date]
) -> datetime | None:
    """A day counts if the clock ran through the whole of it."""
    counts = start.unit == "d"
    day, left = instant(start.minutes).date(), amount
    while left or day not in working or _stood(day, stands):  # a day of rest is not the last
        day += DAY
        if any(until == FOREVER and since < _minutes(day) for since, until in stands):
            return None
        if left and not _stood(day, stands) and (counts or day in working):
            left -= 1
    return datetime.combine(day + DAY, datetime.min.time(), SHANGHAI)


def _stood(day: date, stands: Sequence[tuple[int, int]]) -> bool:
    """Whether it stood still at any time of the day."""
    first = _minutes(day)
    return any(since < first + 24 * 60 and until >= first for since, until in stands)


def _minutes(day: date) -> int:
    return (day - FIRST).days * 24 * 60
