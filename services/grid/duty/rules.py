"""The weekly visit (每周走访): which links count for a week, and which of them are done. Pure.

A week is the ISO week of Asia/Shanghai. A link counts if it is in force on `days` days of it, whoever holds it; it is
done by one visit that fulfils, and done late if every such visit was entered more than 72 hours afterwards. Of those
who held it one after the other, it counts for who held it on the day of the first such visit; without one, for who
held it longest, and then last.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from services.chassis.deadlines.calendar import add_months, day_start, local_day, local_week
from services.chassis.errors import Invalid, Unavailable

WEEK = timedelta(days=7)
LATEST_ENTRY = timedelta(days=30)
_MONTH = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])")
_WEEK = re.compile(r"([0-9]{4})-W([0-9]{2})")


class GroupBy(StrEnum):
    MEMBER = "member"
    GRID = "grid"
    TOWNSHIP = "township"


class NoSuchWeek(Invalid):
    zh = "周次写法应如 2017-W12。"
    en = "A week is written like 2017-W12."


class DutyRuleMissing(Unavailable):
    zh = "未配置走访规则。"
    en = "No rule of the weekly visits is configured."


class WeekAhead(Invalid):
    zh = "该周尚未开始。"
    en = "The week has not begun."
    pointer = "/week"


class NoSuchMonth(Invalid):
    zh = "月份写法应如 2017-03。"
    en = "A month is written like 2017-03."
    pointer = "/query/month"


class Span(NamedTuple):
    """A link while one member held it: from the first day until the first on which they did not. `tie`: the link, the
    same before and after a handover."""

    tie: UUID
    member: UUID
    since_on: date
    until_on: date | None

    def holds(self, day: date | None) -> bool:
        return day is not None and self.since_on <= day < (self.until_on or date.max)


class Made(NamedTuple):
    """A visit that was not voided."""

    tie: UUID
    visited_at: datetime
    is_fulfilling: bool
    is_late: bool


class Tally(NamedTuple):
    """Links that count, those of them that are done, and those done by late entries alone."""

    due: int
    done: int
    late: int


class Owed(NamedTuple):
    """A link that counts: whose it is, and what became of it."""

    member: UUID
    is_done: bool
    is_late: bool


def monday_of(week: str, place: str = "/query/week") -> date:
    """The Monday of a week written as 2017-W12, or `NoSuchWeek`; `place`: where it is told."""
    told = _WEEK.fullmatch(week)
    try:
        monday = date.fromisocalendar(int(told[1]), int(told[2]), 1) if told else None
    except ValueError:
        monday = None
    if monday is None or not 1900 <= monday.year < 2200:
        raise NoSuchWeek(pointer=place)
    return monday


def week_of(monday: date) -> str:
    year, week, _ = monday.isocalendar()
    return f"{year}-W{week:02}"


def month_of(month: str) -> tuple[date, date]:
    """The first days of a month written as 2017-03 and of the next, or `NoSuchMonth`."""
    told = _MONTH.fullmatch(month)
    if told is None or not 1900 <= int(told[1]) < 2200:
        raise NoSuchMonth
    first = date(int(told[1]), int(told[2]), 1)
    return first, add_months(first, 1)


def has_extra(visits: Iterable[datetime]) -> bool:
    """Whether these visits of a month are one more than one a week: some week has a second."""
    weeks = [local_week(at) for at in visits]
    return len(weeks) > len(set(weeks))


def days_in_week(span: Span, monday: date) -> int:
    """On how many days of the week the link is in force."""
    first = max(span.since_on, monday)
    over = min(span.until_on or date.max, monday + WEEK)
    return max(0, (over - first).days)


def weekly(
    spans: Iterable[Span], visits: Iterable[Made], monday: date, days: int
) -> Iterator[Owed]:
    """The links that count for the week of `monday`."""
    ties, met = defaultdict[UUID, list[Span]](list), defaultdict[UUID, list[Made]](list)
    for span in spans:
        ties[span.tie].append(span)
    for visit in visits:
        if visit.is_fulfilling and local_week(visit.visited_at) == monday:
            met[visit.tie].append(visit)
    for tie, held in ties.items():
        if sum(days_in_week(span, monday) for span in held) >= days:
            made = met[tie]
            first = min((local_day(visit.visited_at) for visit in made), default=None)
            late = bool(made) and all(visit.is_late for visit in made)
            yield Owed(whose(held, monday, first), bool(made), late)


def whose(held: Iterable[Span], monday: date, first: date | None) -> UUID:
    """Of those who held a link in the week: who did on the day of its first visit, or for longest."""

    def claim(span: Span) -> tuple[bool, int, date]:
        return span.holds(first), days_in_week(span, monday), span.since_on

    return max(held, key=claim).member


def tally(owed: Iterable[Owed]) -> Tally:
    told = [*owed]
    return Tally(len(told), sum(o.is_done for o in told), sum(o.is_late for o in told))


def next_count(monday: date, now: datetime) -> datetime | None:
    """When the week is counted again: the next local midnight, until its last visit can be entered no more."""
    last = day_start(monday + WEEK) + LATEST_ENTRY
    coming = day_start(local_day(now) + timedelta(days=1))
    return coming if now < last else None
