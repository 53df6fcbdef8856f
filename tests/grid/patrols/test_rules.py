from datetime import UTC, datetime, timedelta
from itertools import product
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.chassis.identity.caller import Caller
from services.grid.patrols.rules import (
    AlreadyOnPatrol,
    Duties,
    EndsBeforeItStarts,
    NotAmongThem,
    Span,
    Status,
    Step,
    StepNotAllowed,
    TooLong,
    after,
    require_hand_in_it,
    require_span,
)
from tests.grid.field import GRID, MEMBER
from tests.grid.people import ELSEWHERE, FULL_TIME, INSTRUCTOR, NEIGHBOUR, VILLAGE
from tests.support.people import DISTRICT, IMPORTER, OTHER_TOWNSHIP, TOWNSHIP, VERIFIER

START = datetime(2026, 3, 2, 1, tzinfo=UTC)
S = Status
ALLOWED: dict[Status, dict[str, Status]] = {
    S.RUNNING: {"finish": S.FINISHED, "void": S.VOIDED},
    S.FINISHED: {"void": S.VOIDED},
    S.VOIDED: {},
}


@pytest.mark.parametrize(("status", "step"), list(product(Status, Step)))
def test_a_step_is_taken_only_where_the_lifecycle_allows_it(status: Status, step: Step) -> None:
    if step in ALLOWED[status]:
        assert after(status, step) is ALLOWED[status][step]
    else:
        with pytest.raises(StepNotAllowed, match=f"Cannot {step} a patrol that is {status}"):
            after(status, step)


def at(hours: float) -> datetime:
    return START + timedelta(hours=hours)


@pytest.mark.parametrize(
    ("hours", "now", "refused"),
    [
        (0.1, 1, None),
        (24, 30, None),
        (1, 0.95, None),
        (0, 1, EndsBeforeItStarts),
        (-1, 1, EndsBeforeItStarts),
        (1, 0.9, EndsBeforeItStarts),
        (24.1, 30, TooLong),
    ],
)
def test_how_long_a_patrol_may_be(hours: float, now: float, refused: type | None) -> None:
    if refused is None:
        require_span(START, at(hours), at(now))
    else:
        with pytest.raises(refused):
            require_span(START, at(hours), at(now))


@pytest.mark.parametrize(
    "who", [MEMBER, VERIFIER, INSTRUCTOR, VILLAGE, TOWNSHIP, DISTRICT, IMPORTER]
)
def test_participants_leaders_and_offices_enter_a_patrol(who: Caller) -> None:
    require_hand_in_it(who, GRID, [MEMBER.subject])


@pytest.mark.parametrize("who", [FULL_TIME, NEIGHBOUR, OTHER_TOWNSHIP, ELSEWHERE])
def test_nobody_enters_what_others_walk_elsewhere(who: Caller) -> None:
    with pytest.raises(NotAmongThem):
        require_hand_in_it(who, GRID, [MEMBER.subject])


def test_who_ends_a_patrol_may_begin_another() -> None:
    duties = Duties()
    duties.take(UUID(int=1), ["a", "b"], (at(0), None))
    with pytest.raises(AlreadyOnPatrol) as refused:
        duties.take(UUID(int=2), ["c", "b"], (at(5), None))
    assert refused.value.pointer == "/participants/1"
    duties.end(UUID(int=1), at(5))
    duties.take(UUID(int=2), ["c", "b"], (at(5), None))
    duties.end(UUID(int=9), at(5))  # of nobody here


spans = st.tuples(st.integers(0, 20), st.none() | st.integers(1, 6)).map(
    lambda told: (at(told[0]), None if told[1] is None else at(told[0] + told[1]))
)
people = st.lists(st.sampled_from("abcd"), min_size=1, max_size=3, unique=True)


@given(st.lists(st.tuples(people, spans), max_size=12))
def test_nobody_is_ever_on_two_patrols(wishes: list[tuple[list[str], Span]]) -> None:
    duties, taken = Duties(), list[tuple[list[str], Span]]()
    for number, (persons, span) in enumerate(wishes):
        free = not any(hours(span) & hours(other) for who, other in taken if {*who} & {*persons})
        try:
            duties.take(UUID(int=number), persons, span)
            assert free
            taken.append((persons, span))
        except AlreadyOnPatrol:
            assert not free


def hours(span: Span) -> set[int]:
    """The hours that it takes, of those that the test looks at."""
    end = span[1] or at(40)
    return {hour for hour in range(40) if span[0] <= at(hour) < end}
