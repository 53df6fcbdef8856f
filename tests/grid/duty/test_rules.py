from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
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
    Owed,
    Span,
    days_in_week,
    has_extra,
    monday_of,
    month_of,
    next_count,
    tally,
    week_of,
    weekly,
)

MONDAY = date(2017, 3, 20)
DAYS = 4
LINK, OLD, NEW, LAST = (UUID(int=n) for n in range(4))


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
    span = Span(LINK, OLD, day(since), None if until is None else day(until))
    assert days_in_week(span, MONDAY) == days
    assert tally(weekly([span], [], MONDAY, DAYS)).due == (days >= 4)


def at(offset: int, hour: float = 9) -> datetime:
    return datetime.combine(day(offset), datetime.min.time(), SHANGHAI) + timedelta(hours=hour)


@pytest.mark.parametrize(
    ("made", "expected"),
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
    made: list[tuple[int, bool, bool]], expected: tuple[int, int, int]
) -> None:
    visits = [Made(LINK, at(offset), fulfils, late) for offset, fulfils, late in made]
    assert tally(weekly([Span(LINK, OLD, day(-9), None)], visits, MONDAY, DAYS)) == expected


def test_a_week_ends_at_midnight_in_shanghai() -> None:
    span = Span(LINK, OLD, day(-9), None)
    edges = {
        datetime(2017, 3, 19, 15, 59, tzinfo=UTC): 0,
        datetime(2017, 3, 19, 16, 0, tzinfo=UTC): 1,
        datetime(2017, 3, 26, 15, 59, tzinfo=UTC): 1,
        datetime(2017, 3, 26, 16, 0, tzinfo=UTC): 0,
    }
    for moment, done in edges.items():
        made = [Made(LINK, moment, is_fulfilling=True, is_late=False)]
        assert tally(weekly([span], made, MONDAY, DAYS)).done == done


def handed_on(*cuts: int) -> list[Span]:
    """A link of long ago, handed on on these days of the week."""
    days = [day(-9), *map(day, cuts), None]
    return [
        Span(LINK, member, since or MONDAY, until)
        for member, since, until in zip((OLD, NEW, LAST), days, days[1:], strict=False)
    ]


@pytest.mark.parametrize(
    ("cuts", "visited", "whose"),
    [
        ([3], [0], (OLD, True)),
        ([4], [5], (NEW, True)),
        ([3], [0, 5], (OLD, True)),
        ([3], [3], (NEW, True)),
        ([3], [], (NEW, False)),
        ([4], [], (OLD, False)),
        ([3], [-1], (NEW, False)),
        ([2, 4], [], (LAST, False)),
        ([2, 4], [2], (NEW, True)),
        ([3, 6], [], (NEW, False)),
        ([3, 3], [1], (OLD, True)),
    ],
)
def test_the_duty_of_a_link_is_met_by_who_held_it_on_the_day_of_the_visit(
    cuts: list[int], visited: list[int], whose: tuple[UUID, bool]
) -> None:
    made = [Made(LINK, at(offset), is_fulfilling=True, is_late=False) for offset in visited]
    assert [*weekly(handed_on(*cuts), made, MONDAY, DAYS)] == [(*whose, False)]


begun = st.tuples(st.integers(-9, 16), st.none() | st.integers(0, 20)).map(
    lambda told: (day(told[0]), None if told[1] is None else day(told[0] + told[1]))
)
visits = st.tuples(
    st.integers(0, 5), st.integers(-3, 10), st.floats(0, 23.9), st.booleans(), st.booleans()
).map(lambda told: Made(UUID(int=told[0]), at(told[1], told[2]), told[3], told[4]))


@st.composite
def spans(draw: st.DrawFn) -> list[Span]:
    """Of up to six links, each handed on up to three times."""
    found = []
    for tie, (since, until) in enumerate(draw(st.lists(begun, max_size=6))):
        over = until or day(30)
        cuts = draw(st.lists(st.dates(since, over), max_size=3).map(sorted))
        edges = [since, *cuts, until]
        for member, (start, end) in enumerate(pairwise(edges)):
            found.append(Span(UUID(int=tie), UUID(int=member), start or MONDAY, end))
    return found


def naive(links: list[Span], made: list[Made], monday: date, days: int) -> list[Owed]:
    """Day by day and visit by visit."""
    week, found = [monday + timedelta(days=n) for n in range(7)], []
    for tie in {link.tie for link in links}:
        holders = {d: s.member for d in week for s in links if s.tie == tie and s.holds(d)}
        if len(holders) < days:
            continue
        mine = [v for v in made if v.tie == tie and v.is_fulfilling]
        dated = [(v.visited_at.astimezone(SHANGHAI).date(), v.is_late) for v in mine]
        inside = sorted((d, late) for d, late in dated if d in week)
        held = [*holders.values()]
        longest = max(reversed(held), key=held.count)
        member = holders.get(inside[0][0], longest) if inside else longest
        found.append(Owed(member, bool(inside), bool(inside) and all(late for _, late in inside)))
    return found


@given(spans(), st.lists(visits, max_size=20), st.integers(1, 7))
def test_a_week_equals_a_naive_recount(links: list[Span], made: list[Made], days: int) -> None:
    for monday in (MONDAY - timedelta(days=7), MONDAY, MONDAY + timedelta(days=7)):
        owed = sorted(weekly(links, made, monday, days))
        assert owed == sorted(naive(links, made, monday, days))
        told = tally(owed)
        assert told.late <= told.done <= told.due <= len({link.tie for link in links})
        assert sorted(weekly(links[::-1], made[::-1], monday, days)) == owed


@given(spans(), st.lists(visits, max_size=20))
def test_a_handover_changes_nothing_but_whose_the_duty_is(
    links: list[Span], made: list[Made]
) -> None:
    whole = {
        tie: Span(tie, OLD, min(s.since_on for s in some), some[-1].until_on)
        for tie in {link.tie for link in links}
        if (some := [link for link in links if link.tie == tie])
    }
    handed, never = (weekly(some, made, MONDAY, DAYS) for some in (links, whole.values()))
    assert tally(handed) == tally(never)


@given(spans(), st.lists(visits, max_size=12), visits)
def test_a_further_visit_never_undoes_anything(
    links: list[Span], made: list[Made], more: Made
) -> None:
    before, after = (tally(weekly(links, all_, MONDAY, DAYS)) for all_ in (made, [*made, more]))
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
