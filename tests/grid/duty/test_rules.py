from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.chassis.deadlines.calendar import SHANGHAI
from services.grid.duty.rules import (
    Made,
    NoSuchMonth,
    NoSuchWeek,
    Span,
    Tally,
    days_in_week,
    has_extra,
    monday_of,
    month_of,
    next_count,
    week_of,
    weekly,
)

MONDAY = date(2017, 3, 20)
DAYS = 4


def day(offset: int) -> date:
    return MONDAY + timedelta(days=offset)


@pytest.mark.parametrize(
    ("week", "monday"),
    [
        ("2017-W12", MONDAY),
        ("2016-W53", None),
        ("2015-W53", date(2015, 12, 28)),
        ("2018-W01", date(2018, 1, 1)),
        ("2017-W01", date(2017, 1, 2)),
        ("2020-W01", date(2019, 12, 30)),
        ("2017-W00", None),
        ("0001-W01", None),
        ("9999-W52", None),
    ],
)
def test_a_week_is_an_iso_week(week: str, monday: date | None) -> None:
    if monday:
        assert monday_of(week) == monday
        assert week_of(monday) == week
    else:
        with pytest.raises(NoSuchWeek):
            monday_of(week)


@pytest.mark.parametrize(
    ("since", "until", "days"),
    [
        (-10, None, 7),
        (0, None, 7),
        (3, None, 4),
        (4, None, 3),
        (6, None, 1),
        (7, None, 0),
        (-10, 0, 0),
        (-10, 3, 3),
        (-10, 4, 4),
        (1, 5, 4),
        (2, 2, 0),
        (-10, 20, 7),
    ],
)
def test_on_how_many_days_of_the_week_a_link_is_in_force(
    since: int, until: int | None, days: int
) -> None:
    span = Span(UUID(int=1), day(since), None if until is None else day(until))
    assert days_in_week(span, MONDAY) == days
    assert weekly([span], [], MONDAY, DAYS).due == (days >= 4)


def at(offset: int, hour: float = 9) -> datetime:
    return datetime.combine(day(offset), datetime.min.time(), SHANGHAI) + timedelta(hours=hour)


@pytest.mark.parametrize(
    ("made", "tally"),
    [
        ([], (1, 0, 0)),
        ([(0, True, False)], (1, 1, 0)),
        ([(6, True, True)], (1, 1, 1)),
        ([(6, True, True), (2, True, False)], (1, 1, 0)),
        ([(0, False, False), (5, False, False)], (1, 0, 0)),
        ([(-1, True, False), (7, True, False)], (1, 0, 0)),
    ],
)
def test_one_visit_that_fulfils_does_a_link(
    made: list[tuple[int, bool, bool]], tally: tuple[int, int, int]
) -> None:
    link = UUID(int=1)
    visits = [Made(link, at(offset), fulfils, late) for offset, fulfils, late in made]
    assert weekly([Span(link, day(-9), None)], visits, MONDAY, DAYS) == Tally(*tally)


def test_a_week_ends_at_midnight_in_shanghai() -> None:
    link = UUID(int=1)
    span = Span(link, day(-9), None)
    edges = {
        datetime(2017, 3, 19, 15, 59, tzinfo=UTC): 0,
        datetime(2017, 3, 19, 16, 0, tzinfo=UTC): 1,
        datetime(2017, 3, 26, 15, 59, tzinfo=UTC): 1,
        datetime(2017, 3, 26, 16, 0, tzinfo=UTC): 0,
    }
    for moment, done in edges.items():
        made = [Made(link, moment, is_fulfilling=True, is_late=False)]
        assert weekly([span], made, MONDAY, DAYS).done == done


spans = st.tuples(st.integers(-9, 16), st.none() | st.integers(0, 20)).map(
    lambda told: (day(told[0]), None if told[1] is None else day(told[0] + told[1]))
)
visits = st.tuples(
    st.integers(0, 5), st.integers(-3, 10), st.floats(0, 23.9), st.booleans(), st.booleans()
).map(lambda told: Made(UUID(int=told[0]), at(told[1], told[2]), told[3], told[4]))


def naive(links: list[Span], made: list[Made], monday: date, days: int) -> Tally:
    """Day by day and visit by visit."""
    week = {monday + timedelta(days=n) for n in range(7)}
    due = done = late = 0
    for link in links:
        there = [
            d for d in week if link.since_on <= d and (link.until_on is None or d < link.until_on)
        ]
        if len(there) < days:
            continue
        due += 1
        mine = [
            v
            for v in made
            if v.link == link.link
            and v.is_fulfilling
            and v.visited_at.astimezone(SHANGHAI).date() in week
        ]
        done += bool(mine)
        late += bool(mine) and all(v.is_late for v in mine)
    return Tally(due, done, late)


@given(st.lists(spans, max_size=6), st.lists(visits, max_size=20), st.integers(1, 7))
def test_a_week_equals_a_naive_recount(
    told: list[tuple[date, date | None]], made: list[Made], days: int
) -> None:
    links = [Span(UUID(int=n), *span) for n, span in enumerate(told)]
    for monday in (MONDAY - timedelta(days=7), MONDAY, MONDAY + timedelta(days=7)):
        tally = weekly(links, made, monday, days)
        assert tally == naive(links, made, monday, days)
        assert tally.late <= tally.done <= tally.due <= len(links)
        assert weekly(links[::-1], made[::-1], monday, days) == tally


@given(spans, st.integers(0, 9))
def test_a_handover_neither_loses_nor_doubles_the_duty_of_a_whole_week(
    span: tuple[date, date | None], cut: int
) -> None:
    whole = Span(UUID(int=1), *span)
    handed = max(whole.since_on, min(day(cut), whole.until_on or date.max))
    halves = [whole._replace(until_on=handed), whole._replace(link=UUID(int=2), since_on=handed)]
    parts = [days_in_week(half, MONDAY) for half in halves]
    assert sum(parts) == days_in_week(whole, MONDAY)
    if sum(parts) == 7:
        assert weekly(halves, [], MONDAY, DAYS).due == 1


@given(st.lists(spans, max_size=6), st.lists(visits, max_size=12), visits)
def test_a_further_visit_never_undoes_anything(
    told: list[tuple[date, date | None]], made: list[Made], more: Made
) -> None:
    links = [Span(UUID(int=n), *span) for n, span in enumerate(told)]
    before, after = (weekly(links, all_, MONDAY, DAYS) for all_ in (made, [*made, more]))
    assert after.done >= before.done
    assert after.due == before.due


def test_a_week_is_counted_every_night_until_no_entry_can_come() -> None:
    def told(moment: datetime) -> Any:
        found = next_count(MONDAY, moment)
        return found and found.astimezone(SHANGHAI)

    assert told(at(2)) == at(3, 0)
    assert told(at(6, 23.9)) == at(7, 0)
    assert told(at(36)) == at(37, 0)
    assert told(at(37)) is None
    assert told(at(400)) is None


@pytest.mark.parametrize(
    ("days", "extra"),
    [([], False), ([0], False), ([0, 7, 14], False), ([0, 6], True), ([0, 7, 9], True)],
)
def test_a_visit_more_is_a_second_one_in_some_week(days: list[int], extra: bool) -> None:
    assert has_extra([at(offset) for offset in days]) is extra


@pytest.mark.parametrize("month", ["2017-13", "2017-00", "0001-01", "2017-3"])
def test_a_month_is_one_of_the_calendar(month: str) -> None:
    assert month_of("2017-12") == (date(2017, 12, 1), date(2018, 1, 1))
    with pytest.raises(NoSuchMonth):
        month_of(month)
