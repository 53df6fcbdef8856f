from datetime import date, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.grid.members.rules import (
    AlreadyAppointed,
    Appointment,
    BranchOfNoPartyMember,
    EndsBeforeItBegan,
    NotAppointed,
    Status,
    Step,
    StepNotAllowed,
    after,
    appointed,
    ended,
    released,
    require_branch,
)

DAY = date(2026, 3, 2)
S = Status
ALLOWED: dict[Status, dict[str, Status]] = {
    S.ACTIVE: {"appoint": S.ACTIVE, "release": S.ACTIVE, "change": S.ACTIVE, "leave": S.LEFT},
    S.LEFT: {},
}


@pytest.mark.parametrize(("status", "step"), list(product(Status, Step)))
def test_a_step_is_taken_only_where_the_lifecycle_allows_it(status: Status, step: Step) -> None:
    if step in ALLOWED[status]:
        assert after(status, step) is ALLOWED[status][step]
    else:
        with pytest.raises(StepNotAllowed, match=f"Cannot {step} a member who is {status}"):
            after(status, step)


def test_only_party_members_have_a_branch() -> None:
    require_branch("b", is_party_member=True)
    require_branch(None, is_party_member=False)
    with pytest.raises(BranchOfNoPartyMember):
        require_branch("b", is_party_member=False)


def test_an_appointment_is_ended_and_never_overwritten() -> None:
    known = appointed([], "g1", DAY)
    known = released(known, "g1", DAY + timedelta(days=5))
    known = appointed(known, "g1", DAY + timedelta(days=9))
    assert known == [
        Appointment(grid="g1", since_on=DAY, until_on=DAY + timedelta(days=5)),
        Appointment(grid="g1", since_on=DAY + timedelta(days=9)),
    ]


def test_nobody_is_appointed_twice_to_one_grid_nor_released_from_another() -> None:
    known = appointed([], "g1", DAY)
    with pytest.raises(AlreadyAppointed):
        appointed(known, "g1", DAY + timedelta(days=3))
    with pytest.raises(NotAppointed):
        released(known, "g2", DAY)
    with pytest.raises(EndsBeforeItBegan):
        released(known, "g1", DAY - timedelta(days=1))
    with pytest.raises(AlreadyAppointed):  # it has ended, but only later
        appointed(released(known, "g1", DAY + timedelta(days=9)), "g1", DAY + timedelta(days=3))


@given(st.lists(st.tuples(st.booleans(), st.sampled_from("ab"), st.integers(0, 3)), max_size=20))
def test_a_grid_is_never_served_twice_on_one_day(wishes: list[tuple[bool, str, int]]) -> None:
    known, day = list[Appointment](), DAY
    for comes, grid, later in wishes:
        day += timedelta(days=later)
        try:
            known = appointed(known, grid, day) if comes else released(known, grid, day)
        except (AlreadyAppointed, NotAppointed):
            continue
    assert ended(known, day) == [
        a if a.until_on else a.model_copy(update={"until_on": day}) for a in known
    ]
    for offset in range(70):
        on = DAY + timedelta(days=offset)
        served = [
            a.grid for a in known if a.since_on <= on and (a.until_on is None or on < a.until_on)
        ]
        assert len(served) == len(set(served))
