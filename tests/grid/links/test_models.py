"""What two members hold, and a handover between them. A handover is a record: nothing is ever done with it again."""

from datetime import date, timedelta
from uuid import UUID

import pytest

from services.chassis.deadlines.calendar import local_day
from services.contracts.grid_people import HandoverSnapshot
from services.grid.links.operations import hand_over_links
from services.grid.links.queries import HANDOVERS, Handing, Members
from services.grid.links.rules import (
    BeforeItBegan,
    BothLinked,
    Held,
    MemberNotInService,
    MemberUnknown,
    NothingToHandOver,
    SameMember,
)
from services.grid.links.schemas import HandoverIn
from services.grid.members.rules import Status
from tests.grid.field import GRID
from tests.grid.matrix import AT, Outcome, Told, Try, steps

ANNA, BERT, STRANGER = UUID(int=11), UUID(int=12), UUID(int=13)
TODAY = local_day(AT)
DAY = timedelta(days=1)
DONE = Told("RECORDED", HandoverSnapshot)


def held(member: UUID, home: int, *, since_on: date = TODAY - DAY) -> Held:
    tie, household = UUID(int=100 + home), UUID(int=home)
    told = {"tie_id": tie, "household_id": household, "member_id": member, "is_primary": True}
    return Held.model_validate(told | {"since_on": since_on})


HOLDINGS: dict[str, list[Held]] = {
    "nothing": [],
    "anna's": [held(ANNA, 1), held(ANNA, 2)],
    "bert's": [held(BERT, 3)],
    "both": [held(ANNA, 1), held(BERT, 3)],
    "the same": [held(ANNA, 1), held(BERT, 1)],
    "since today": [held(ANNA, 1, since_on=TODAY)],
    "since tomorrow": [held(ANNA, 1), held(ANNA, 2, since_on=TODAY + DAY)],
}
MATRIX: dict[str, Outcome] = {
    "nothing": NothingToHandOver,
    "anna's": DONE,
    "bert's": NothingToHandOver,
    "both": DONE,
    "the same": BothLinked,
    "since today": DONE,
    "since tomorrow": BeforeItBegan,
}


def handing(holding: str, **members: tuple[str, Status, date]) -> Handing:
    known = {
        id_: members.get(name, (GRID, Status.ACTIVE, TODAY - DAY))
        for name, id_ in (("anna", ANNA), ("bert", BERT))
    }
    links = {
        member: found
        for member in (ANNA, BERT)
        if (found := [link for link in HOLDINGS[holding] if link.member_id == member])
    }
    return Handing(Members(known), links)


def outcome(given: Handing, source: UUID = ANNA, target: UUID = BERT) -> Outcome:
    return Try(hand_over_links, HandoverIn(from_member=source, to_member=target), given).on(None)


@pytest.mark.parametrize("holding", list(HOLDINGS))
def test_what_becomes_of_a_handover(holding: str) -> None:
    given = handing(holding)
    before = sorted(link.tie_id for link in HOLDINGS[holding])
    assert outcome(given) == MATRIX[holding]
    after = [link for links in given.links.values() for link in links]
    assert sorted(link.tie_id for link in after) == before
    if MATRIX[holding] == DONE:
        assert {link.member_id for link in after} == {BERT}


@pytest.mark.parametrize(
    ("which", "told", "refused"),
    [
        ("anna", (GRID, Status.LEFT, TODAY - DAY), MemberNotInService),
        ("bert", (GRID, Status.LEFT, TODAY - DAY), MemberNotInService),
        ("bert", (GRID, Status.ACTIVE, TODAY + DAY), MemberNotInService),
        ("bert", (GRID, Status.ACTIVE, TODAY), DONE),
        ("anna", ("330702105291001", Status.ACTIVE, TODAY - DAY), MemberUnknown),
        ("bert", ("330702105291001", Status.ACTIVE, TODAY - DAY), MemberUnknown),
    ],
)
def test_both_are_in_service_in_ones_own_area(
    which: str, told: tuple[str, Status, date], refused: Outcome
) -> None:
    assert outcome(handing("anna's", **{which: told})) == refused


def test_it_is_between_two_members_who_are_known() -> None:
    assert outcome(handing("anna's"), target=ANNA) is SameMember
    assert outcome(handing("anna's"), target=STRANGER) is MemberUnknown
    assert outcome(handing("anna's"), source=STRANGER) is MemberUnknown


def test_a_handover_has_no_steps() -> None:
    assert steps(HANDOVERS) == set()
    assert MATRIX.keys() == HOLDINGS.keys()
