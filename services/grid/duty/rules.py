"""The weekly visit (每周走访): which links count for a week, and which of them are done. Pure.

A week is the ISO week of Asia/Shanghai. A link counts if it is in force on `days` days of it; it is done by one visit
that fulfils, and done late if every such visit was entered more than 72 hours afterwards.
"""

import re
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from services.chassis.deadlines.calendar import add_months, day_start, local_day, local_week
from services.chassis.errors import Invalid

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


class WeekAhead(Invalid):
    zh = "该周尚未开始。"
    en = "The week has not begun."
    pointer = "/week"


class NoSuchMonth(Invalid):
    zh = "月份写法应如 2017-03。"
    en = "A month is written like 2017-03."
    pointer = "/query/month"


class Span(NamedTuple):
    """A link, from its first day until the first on which it is not."""

    link: UUID
    since_on: date
    until_on: date | None


class Made(NamedTuple):
    """A visit that was not voided."""

    link: UUID
    visited_at: datetime
    is_fulfilling: bool
    is_late: bool


class Tally(NamedTuple):
    """Links that count, those of them that are done, and those done by late entries alone."""

    due: int
    done: int
    late: int


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


def weekly(spans: Iterable[Span], visits: Iterable[Made], monday: date, days: int) -> Tally:
    """What the week of `monday` comes to."""
    counted = {span.link for span in spans if days_in_week(span, monday) >= days}
    done, in_time = set[UUID](), set[UUID]()
    for visit in visits:
        if visit.is_fulfilling and local_week(visit.visited_at) == monday:
            done.add(visit.link)
            if not visit.is_late:
                in_time.add(visit.link)
    done &= counted
    return Tally(len(counted), len(done), len(done - in_time))


def next_count(monday: date, now: datetime) -> datetime | None:
    """When the week is counted again: the next local midnight, until its last visit can be entered no more."""
    last = day_start(monday + WEEK) + LATEST_ENTRY
    coming = day_start(local_day(now) + timedelta(days=1))
    return coming if now < last else None
