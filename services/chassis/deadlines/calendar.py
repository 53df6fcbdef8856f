"""The working calendar: what a legal limit means on the clock. Pure; all arguments are explicit.

Days, weeks and working days are those of Asia/Shanghai (UTC+8, no daylight saving). A deadline is
an instant in UTC; one at 24:00 of a day is the next midnight, so its day is `last_day(due)`.
"""

import re
from bisect import bisect_left, bisect_right
from calendar import monthrange
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from enum import StrEnum
from typing import Self

SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")
_LIMIT = re.compile(r"([1-9][0-9]{0,3})(min|h|wd|d|m)")
_INSTANT = timedelta(microseconds=1)


class Unit(StrEnum):
    MINUTES = "min"
    HOURS = "h"
    WORKING_DAYS = "wd"
    DAYS = "d"
    MONTHS = "m"


@dataclass(frozen=True, slots=True)
class Limit:
    """A time limit as configuration rows write it: `10min`, `24h`, `7wd`, `30d`, `1m` (a month).

    Minutes and hours run on the wall clock, nights and holidays included.
    """

    amount: int
    unit: Unit

    def __post_init__(self) -> None:
        if not 1 <= self.amount <= 9999:
            raise ValueError(f"时限须为 1–9999。A limit is 1 to 9999, not {self.amount}.")

    @classmethod
    def parse(cls, text: str) -> Self:
        match = _LIMIT.fullmatch(text)
        if not match:
            raise ValueError(
                f"时限写法应如 10min、24h、7wd、30d、1m。"
                f"A limit is written like 10min, 24h, 7wd, 30d or 1m, not {text!r}."
            )
        return cls(int(match[1]), Unit(match[2]))

    def __str__(self) -> str:
        return f"{self.amount}{self.unit.value}"


@dataclass(frozen=True, slots=True)
class Calendar:
    """Which days are worked, in the years that are known. Built by `Calendar.of`."""

    years: frozenset[int]
    working: tuple[date, ...]

    @classmethod
    def of(cls, rows: Iterable[tuple[date, bool]]) -> Self:
        """From (day, is it worked). A year is known when each of its days has a row."""
        days = dict(rows)
        counts = Counter(day.year for day in days)
        years = frozenset(year for year, n in counts.items() if n == days_in_year(year))
        worked = sorted(day for day, works in days.items() if works and day.year in years)
        return cls(years, tuple(worked))

    def is_working_day(self, day: date) -> bool | None:
        """`None` where the year is unknown."""
        if day.year not in self.years:
            return None
        at = bisect_left(self.working, day)
        return at < len(self.working) and self.working[at] == day

    def working_days_between(self, start: date, end: date) -> int | None:
        """Working days after `start` up to and including `end`; `None` where a year is unknown."""
        if not self._knows(start, end):
            return None
        return bisect_right(self.working, end) - bisect_right(self.working, start)

    def add_working_time(self, start: datetime, limit: Limit) -> datetime | None:
        """When `limit`, started at `start`, is over; `None` while a year that it needs is unknown.

        Working days: the day of the start is not counted; the limit ends at 24:00 of the n-th
        working day after it. Calendar days and months (civil procedure law, art. 85): the day of
        the start is not counted; it ends at 24:00 of the last day (of a month: the same day, or the
        month's last), and where that is a day of rest, of the first working day after it.
        """
        if limit.unit in (Unit.MINUTES, Unit.HOURS):
            minutes = limit.amount * (60 if limit.unit is Unit.HOURS else 1)
            return _aware(start).astimezone(UTC) + timedelta(minutes=minutes)
        first = local_day(start)
        if limit.unit is Unit.WORKING_DAYS:
            last = self._working_day(first, limit.amount)
        elif limit.unit is Unit.DAYS:
            last = self._rolled(first + timedelta(days=limit.amount))
        else:
            last = self._rolled(add_months(first, limit.amount))
        return None if last is None else day_start(last + timedelta(days=1))

    def extend(self, due: datetime, limit: Limit) -> datetime | None:
        """When a further `limit` is over that follows on a limit ending at `due`."""
        if limit.unit in (Unit.MINUTES, Unit.HOURS):
            return self.add_working_time(due, limit)
        return self.add_working_time(_aware(due) - _INSTANT, limit)

    def days_until_unknown(self, today: date) -> int:
        """Days from `today` to the first day of a year that is not known: 0 when today is one."""
        year = today.year
        while year in self.years:
            year += 1
        return max(0, (date(year, 1, 1) - today).days)

    def _working_day(self, start: date, nth: int) -> date | None:
        at = bisect_right(self.working, start) + nth - 1
        if at >= len(self.working) or not self._knows(start, self.working[at]):
            return None
        return self.working[at]

    def _rolled(self, day: date) -> date | None:
        at = bisect_left(self.working, day)
        known = at < len(self.working) and self._knows(day, self.working[at])
        return self.working[at] if known else None

    def _knows(self, start: date, end: date) -> bool:
        return all(year in self.years for year in range(start.year, end.year + 1))


def days_in_year(year: int) -> int:
    return date(year, 12, 31).timetuple().tm_yday


def add_months(day: date, months: int) -> date:
    """The same day `months` later, or the last day of that month where it has no such day."""
    years, month0 = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month0 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def local_day(at: datetime) -> date:
    return _aware(at).astimezone(SHANGHAI).date()


def local_week(at: datetime) -> date:
    """The Monday of the week."""
    day = local_day(at)
    return day - timedelta(days=day.weekday())


def last_day(due: datetime) -> date:
    """The day a deadline belongs to: one at 24:00 belongs to the day it ends."""
    return local_day(_aware(due) - _INSTANT)


def day_start(day: date) -> datetime:
    """0:00 of the local day, in UTC."""
    return datetime.combine(day, time.min, SHANGHAI).astimezone(UTC)


def _aware(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise ValueError(f"时间缺少时区。{at.isoformat()} has no offset from UTC.")
    return at
