"""Two trees, one district: nothing is lost, doubled or invented between them."""

from collections import Counter
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.gateway.dashboards.trees import UNDIVIDED, Span, Term, found, terms
from services.gateway.projections.fold import TallyKey
from tests.gateway.dashboards.redrawing import DISTRICT, World, counted_in

ON, BORN = date(2026, 5, 15), date(2016, 1, 1)
TOWN, OTHER = "330703105", "330703101"
VILLAGE = f"{TOWN}291"
OLD, A, B, C = (f"{VILLAGE}{n:03}" for n in (1, 11, 12, 13))
worlds = st.builds(
    lambda seed, redraws: World(Random(seed)).live(redraws),
    st.integers(0, 2**32),
    st.integers(0, 12),
)


def ended(code: str, heir: str | None = None, on: date = ON) -> Span:
    return Span(code, BORN, on, [], heir)


def opened(code: str, *of: str, on: date = ON) -> Span:
    return Span(code, on, None, list(of), None)


@pytest.mark.parametrize(
    ("spans", "moved"),
    [
        ([ended(OLD), opened(A, OLD), opened(B, OLD)], {OLD: VILLAGE}),
        ([ended(OLD, A), opened(A, OLD), opened(B, OLD)], {OLD: A}),
        ([ended(OLD, C), opened(A, OLD), opened(B, OLD)], {OLD: VILLAGE}),
        ([ended(OLD), opened(A, OLD)], {OLD: A}),
        ([ended(OLD), opened(A, OLD), opened(f"{OTHER}201001", OLD)], {OLD: DISTRICT}),
        ([ended(OLD)], {OLD: VILLAGE}),
        ([ended(OLD), ended(VILLAGE)], {OLD: TOWN, VILLAGE: TOWN}),
        (
            [ended(OLD), ended(VILLAGE), opened(f"{OTHER}291", VILLAGE)],
            {OLD: f"{OTHER}291", VILLAGE: f"{OTHER}291"},
        ),
        (
            [ended(OLD), Span(A, ON, ON + timedelta(9), [OLD], None), opened(B, A)],
            {OLD: B, A: B},
        ),
        ([ended(OLD), Span(A, ON, ON, [OLD, A], A), Span(B, ON, ON, [A], None)], None),
        ([ended(OLD, on=date(2026, 7, 1)), opened(A, OLD, on=date(2026, 7, 1))], {}),
        ([ended(OLD), opened(OLD, on=ON)], {}),
        ([ended(OLD), opened("330702105201001", OLD)], {OLD: DISTRICT}),
        ([ended(TOWN), opened(f"{OTHER}", TOWN)], {TOWN: OTHER}),
    ],
)
def test_where_an_area_that_is_no_more_lies_today(
    spans: list[Span], moved: dict[str, str] | None
) -> None:
    told = dict(found(spans, date(2026, 6, 1)))
    if moved is None:  # what goes round in circles stays in its district
        assert all(home.startswith(DISTRICT) for home in told.values())
    else:
        assert told == moved


def test_a_redraw_counts_from_its_first_day() -> None:
    spans = [ended(OLD), opened(A, OLD)]
    assert found(spans, ON - timedelta(1)) == ()
    assert found(spans, ON) == ((OLD, A),)


def test_the_past_of_a_split_is_with_the_village_and_with_none_of_its_grids() -> None:
    told = terms([VILLAGE, A, B], ((OLD, VILLAGE),), VILLAGE)
    assert told == [
        Term(VILLAGE, VILLAGE, 1),
        Term(A, A, 1),
        Term(B, B, 1),
        Term(UNDIVIDED, VILLAGE, 1),
        Term(UNDIVIDED, A, -1),
        Term(UNDIVIDED, B, -1),
    ]


def test_a_village_handed_over_takes_its_past_along() -> None:
    new = f"{OTHER}291"
    moved = ((VILLAGE, new), (OLD, f"{new}001"))
    assert terms([TOWN, OTHER, new], moved, None) == [
        Term(TOWN, TOWN, 1),
        Term(TOWN, VILLAGE, -1),
        Term(OTHER, OTHER, 1),
        Term(OTHER, VILLAGE, 1),
        Term(new, new, 1),
        Term(new, VILLAGE, 1),
    ]


def weighed(tallies: Counter[TallyKey], told: list[Term]) -> dict[str, Counter[Any]]:
    """What the statement does: tallies of a code, so many times."""
    of_code: dict[str, Counter[Any]] = {}
    for (code, metric, day, dimension, _), n in tallies.items():
        of_code.setdefault(code, Counter())[metric, dimension, day] += n
    summed: dict[str, Counter[Any]] = {}
    for area, code, weight in told:
        kept = summed.setdefault(area, Counter())
        for fact, n in of_code.get(code, Counter()).items():
            kept[fact] += weight * n
    return summed


@settings(max_examples=60)
@given(worlds)
def test_every_area_holds_what_is_in_it_today(world: World) -> None:
    moved, tallies = world.moved, world.tallies()
    areas = world.present()
    told = weighed(tallies, terms(areas, moved, None))
    for area in areas:
        assert +told[area] == counted_in(area, world.entries, moved)
        assert min(told[area].values(), default=0) >= 0


@settings(max_examples=60)
@given(worlds)
def test_the_parts_and_what_is_undivided_add_up_to_the_whole(world: World) -> None:
    moved, tallies = world.moved, world.tallies()
    for whole in (DISTRICT, *world.present(9), *world.present(12)):
        parts = world.present(len(whole) + 3, whole)
        told = weighed(tallies, terms([whole, *parts], moved, whole))
        rest = told.get(UNDIVIDED, Counter())
        assert min(rest.values(), default=0) >= 0
        summed = Counter(rest)
        for part in parts:
            summed.update(told[part])
        assert +summed == +told[whole]


@settings(max_examples=60)
@given(worlds)
def test_both_trees_tell_the_same_of_the_district(world: World) -> None:
    assert terms([DISTRICT], world.moved, None) == [Term(DISTRICT, DISTRICT, 1)]


@settings(max_examples=60)
@given(worlds)
def test_everything_that_moved_lies_in_something_that_is_there(world: World) -> None:
    present = set(world.present())
    gone = {span.code for span in world.spans} - present
    assert {code for code, _ in world.moved} == gone
    assert {home for _, home in world.moved} <= present


def test_the_worlds_are_worth_the_trouble() -> None:
    """They hold moves between townships, undivided pasts, and pasts handed on twice."""
    world = World(Random(7)).live(60)
    moved = dict(world.moved)
    assert any(code[:9] != home[:9] and len(home) > 6 for code, home in moved.items())
    assert any(len(home) < len(code) for code, home in moved.items())
    assert any(len(home) == len(code) for code, home in moved.items())
