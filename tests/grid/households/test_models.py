"""Each state of a household's links, and every step that may be tried on it."""

from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise, product
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.contracts.grid_people import HouseholdSnapshot
from services.grid.areas.rules import AreaUnknown, Validity
from services.grid.households import operations, schemas
from services.grid.households.models import Household
from services.grid.households.queries import HOUSEHOLDS, Moving, Tying
from services.grid.households.rules import BeforeItMoved, NumberTaken, SameGrid, Stay, pieces
from services.grid.links.queries import Members
from services.grid.links.rules import (
    BeforeItBegan,
    Held,
    LinkedAlready,
    MemberNotInService,
    MemberUnknown,
    NoSuchTie,
    PrimaryTaken,
    Tie,
)
from services.grid.members.rules import Status
from tests.grid.field import GRID
from tests.grid.matrix import Outcome, Told, Try, steps, tried

HOME, TIE = UUID(int=1), UUID(int=2)
ANNA, BERT, GONE, NEW, NOBODY = (UUID(int=n) for n in range(11, 16))
SINCE = date(2026, 3, 2)
DAY = timedelta(days=1)
SERVING = {ANNA: Status.ACTIVE, BERT: Status.ACTIVE, GONE: Status.LEFT, NEW: Status.ACTIVE}
MEMBERS = Members(
    {
        member: (GRID, status, date(2026, 3, 11) if member == NEW else SINCE)
        for member, status in SERVING.items()
    }
)


def tie(**facts: Any) -> Tie:
    usual = {"id": TIE, "member_id": ANNA, "is_primary": True, "since_on": SINCE}
    return Tie.model_validate(usual | facts)


TIES: dict[str, list[Tie]] = {
    "never": [],
    "primary": [tie()],
    "second": [tie(is_primary=False)],
    "handed_on": [tie()],
    "ended": [tie(until_on=date(2026, 3, 10))],
}
"""The states. One that was handed on began with Anna and is Bert's."""


def held(state: str) -> list[Held]:
    holder = BERT if state == "handed_on" else ANNA
    links = [t for t in TIES[state] if t.until_on is None]
    return [
        Held(
            tie_id=t.id,
            household_id=HOME,
            member_id=holder,
            is_primary=t.is_primary,
            since_on=t.since_on,
        )
        for t in links
    ]


def holding(state: str) -> defaultdict[UUID, list[Held]]:
    return defaultdict(list, {HOME: held(state)})


def link(member: UUID, state: str, *, is_primary: bool = True) -> Try:
    body = schemas.LinkIn(member_id=member, is_primary=is_primary)
    return Try(operations.link_household, body, Tying(MEMBERS, holding(state)))


NEXT, LATER = f"{GRID[:12]}002", f"{GRID[:12]}003"
GROUND = Validity([(GRID, SINCE, None), (NEXT, SINCE, None), (LATER, date(2026, 3, 11), None)])


def move(to: str, state: str, **facts: Any) -> Try:
    given = Moving(GROUND, {(NEXT, "7")}, holding(state))
    return Try(operations.move_household, schemas.MoveIn(area_code=to, **facts), given)


def ways(state: str) -> dict[str, Try]:
    untying = Tying(MEMBERS, holding(state))
    return {
        "change": Try(operations.change_household, schemas.HouseholdChangeIn(), frozenset()),
        "anna": link(ANNA, state),
        "anna_too": link(ANNA, state, is_primary=False),
        "bert": link(BERT, state),
        "bert_too": link(BERT, state, is_primary=False),
        "one_who_left": link(GONE, state),
        "one_who_comes_tomorrow": link(NEW, state),
        "nobody": link(NOBODY, state),
        "unlink": Try(operations.unlink_household, schemas.UnlinkIn(tie_id=TIE), untying),
        "unlink_early": Try(
            operations.unlink_household,
            schemas.UnlinkIn(tie_id=TIE),
            untying,
            at=datetime(2026, 3, 1, 2, tzinfo=UTC),
        ),
        "move": move(NEXT, state),
        "move_nowhere": move(GRID, state),
        "move_too_early": move(LATER, state),
        "move_to_a_taken_number": move(NEXT, state, household_no="7"),
        "unlink_another": Try(
            operations.unlink_household, schemas.UnlinkIn(tie_id=UUID(int=3)), untying
        ),
    }


LINKED, UNLINKED = Told("LINKED", HouseholdSnapshot), Told("UNLINKED", HouseholdSnapshot)
ALWAYS: dict[str, Outcome] = {
    "one_who_left": MemberNotInService,
    "one_who_comes_tomorrow": MemberNotInService,
    "nobody": MemberUnknown,
    "unlink_another": NoSuchTie,
    "move_nowhere": SameGrid,
    "move_too_early": AreaUnknown,
    "move_to_a_taken_number": NumberTaken,
}
FREE: dict[str, Outcome] = dict.fromkeys(["anna", "anna_too", "bert", "bert_too"], LINKED)
OF: dict[str, dict[str, Outcome]] = {
    "never": FREE
    | {
        "change": UNLINKED,
        "move": UNLINKED,
        **dict.fromkeys(["unlink", "unlink_early"], NoSuchTie),
    },
    "primary": {
        "change": LINKED,
        "move": LINKED,
        "anna": PrimaryTaken,
        "anna_too": LinkedAlready,
        "bert": PrimaryTaken,
        "bert_too": LINKED,
        "unlink": UNLINKED,
        "unlink_early": BeforeItBegan,
    },
    "second": {
        "change": LINKED,
        "move": LINKED,
        "anna": LinkedAlready,
        "anna_too": LinkedAlready,
        "bert": LINKED,
        "bert_too": LINKED,
        "unlink": UNLINKED,
        "unlink_early": BeforeItBegan,
    },
    "handed_on": {
        "change": LINKED,
        "move": LINKED,
        "anna": PrimaryTaken,
        "anna_too": LINKED,
        "bert": PrimaryTaken,
        "bert_too": LinkedAlready,
        "unlink": UNLINKED,
        "unlink_early": BeforeItBegan,
    },
    "ended": FREE
    | {
        "change": UNLINKED,
        "move": UNLINKED,
        **dict.fromkeys(["unlink", "unlink_early"], NoSuchTie),
    },
}
PAIRS = list(product(TIES, ways("never")))


@pytest.mark.parametrize(("state", "way"), PAIRS)
def test_what_a_step_makes_of_a_household(state: str, way: str) -> None:
    home = Household(
        id=HOME, correlation_id=HOME, area_code=GRID, head=UUID(int=4), ties=TIES[state]
    )
    assert ways(state)[way].on(home) == (OF[state] | ALWAYS)[way]


def test_every_step_is_tried_in_every_state() -> None:
    assert tried(ways("never").values()) == steps(HOUSEHOLDS)
    assert {(state, way) for state in OF for way in OF[state] | ALWAYS} == set(PAIRS)


@given(st.lists(st.integers(0, 30), max_size=4).map(sorted), st.integers(0, 30), st.integers(0, 30))
def test_every_day_of_a_span_is_of_the_grid_of_that_day(
    moves: list[int], since: int, length: int
) -> None:
    first = date(2026, 3, 1)
    stays = [
        Stay(area_code=f"grid-{n}", until_on=first + n_days * DAY) for n, n_days in enumerate(moves)
    ]
    begun, over = first + since * DAY, first + (since + length) * DAY
    told = list(pieces(stays, "now", begun, over))
    assert (told[0].since_on, told[-1].until_on) == (begun, over)
    assert all(a.until_on == b.since_on for a, b in pairwise(told))
    for day in (begun + n * DAY for n in range(length)):
        [there] = [p.area_code for p in told if p.since_on <= day < (p.until_on or date.max)]
        assert there == next((s.area_code for s in stays if day < s.until_on), "now")
    [*_, last] = pieces(stays, "now", begun, None)
    assert (last.area_code, last.until_on) == ("now", None)


def test_it_moves_in_order() -> None:
    home = Household(id=HOME, correlation_id=HOME, area_code=GRID, head=UUID(int=4))
    home.stays = [Stay(area_code=NEXT, until_on=date(2026, 3, 11))]
    assert move(NEXT, "never").on(home) is BeforeItMoved
