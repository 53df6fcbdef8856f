from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.grid.links.rules import (
    BeforeItBegan,
    BothLinked,
    Held,
    LinkedAlready,
    NoSuchTie,
    NothingToHandOver,
    PrimaryTaken,
    Tie,
    require_handover,
    tied,
    untied,
)

DAY = date(2026, 3, 2)


def tie(number: int, **facts: object) -> Tie:
    usual = {"id": UUID(int=number), "member_id": UUID(int=1), "is_primary": True, "since_on": DAY}
    return Tie.model_validate(usual | facts)


def held(number: int, **facts: object) -> Held:
    usual = {
        "tie_id": UUID(int=number),
        "household_id": UUID(int=number),
        "member_id": UUID(int=1),
        "is_primary": True,
        "since_on": DAY,
    }
    return Held.model_validate(usual | facts)


def test_a_household_has_one_primary_link_at_a_time() -> None:
    ties = tied([], tie(1), [])
    with pytest.raises(PrimaryTaken):
        tied(ties, tie(2, member_id=UUID(int=2)), [held(1)])
    ties = tied(ties, tie(3, member_id=UUID(int=2), is_primary=False), [held(1)])
    ties = untied(ties, UUID(int=1), DAY + timedelta(days=9), [held(1)])
    with pytest.raises(PrimaryTaken):  # not before the other has ended
        tied(ties, tie(4, since_on=DAY + timedelta(days=8)), [])
    ties = tied(ties, tie(4, since_on=DAY + timedelta(days=9)), [])
    assert [one.until_on is None for one in ties] == [False, True, True]


def test_nobody_is_linked_twice_with_one_household() -> None:
    with pytest.raises(LinkedAlready):
        tied([tie(1)], tie(2, is_primary=False), [held(1)])
    with pytest.raises(LinkedAlready):  # it was handed over to them
        tied([tie(1, member_id=UUID(int=5))], tie(2, is_primary=False), [held(1)])


def test_only_what_is_in_force_ends_and_not_before_it_began() -> None:
    with pytest.raises(NoSuchTie):
        untied([tie(1)], UUID(int=2), DAY, [])
    with pytest.raises(NoSuchTie):
        untied([tie(1, until_on=DAY)], UUID(int=1), DAY, [])
    later = held(1, since_on=DAY + timedelta(days=3))
    with pytest.raises(BeforeItBegan):
        untied([tie(1)], UUID(int=1), DAY + timedelta(days=2), [later])


def test_a_handover_loses_and_doubles_nothing() -> None:
    require_handover([held(1), held(2)], [held(3)], DAY)
    with pytest.raises(NothingToHandOver):
        require_handover([], [held(3)], DAY)
    with pytest.raises(BothLinked):
        require_handover([held(1), held(2)], [held(2, is_primary=False)], DAY)
    with pytest.raises(BeforeItBegan):
        require_handover([held(1)], [], DAY - timedelta(days=1))


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 5), st.booleans(), st.integers(0, 4))))
def test_primary_links_never_overlap(wishes: list[tuple[bool, int, bool, int]]) -> None:
    ties, day = list[Tie](), DAY
    for number, (begins, member, is_primary, later) in enumerate(wishes):
        day += timedelta(days=later)
        now = [
            held(0, tie_id=t.id, member_id=t.member_id, since_on=t.since_on)
            for t in ties
            if t.until_on is None
        ]
        new = tie(number, member_id=UUID(int=member), is_primary=is_primary, since_on=day)
        try:
            ties = tied(ties, new, now) if begins else untied(ties, UUID(int=member), day, now)
        except (PrimaryTaken, LinkedAlready, NoSuchTie):
            continue
    for offset in range(len(wishes) * 4 + 1):
        on = DAY + timedelta(days=offset)
        there = [t for t in ties if t.since_on <= on and (t.until_on is None or on < t.until_on)]
        assert sum(one.is_primary for one in there) <= 1
        assert len({one.member_id for one in there}) == len(there)
