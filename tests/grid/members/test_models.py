"""Each state of a member and of their appointment to a grid, and every step that may be tried on it."""

from collections import Counter
from datetime import UTC, date, datetime
from itertools import product
from typing import Any
from uuid import UUID

import pytest

from services.contracts.codes_people import MemberKind
from services.contracts.grid_people import MemberSnapshot
from services.grid.areas.rules import Validity
from services.grid.members import operations, schemas
from services.grid.members.models import Member
from services.grid.members.queries import MEMBERS, Ground, Loads, Registering
from services.grid.members.rules import (
    AccountTaken,
    AlreadyAppointed,
    Appointment,
    BranchOfNoPartyMember,
    BranchUnknown,
    EndsBeforeItBegan,
    GridUnknown,
    LinksOpen,
    NotAppointed,
    Status,
    StepNotAllowed,
)
from tests.grid.field import GRID
from tests.grid.matrix import AT, Outcome, Told, Try, steps, tried

ID = UUID(int=1)
SECOND, ENDED_GRID = f"{GRID[:12]}002", f"{GRID[:12]}003"
SINCE, TODAY = date(2026, 3, 2), date(2026, 3, 10)
EARLY = datetime(2026, 3, 1, 2, tzinfo=UTC)
GROUND = Ground(Validity([(GRID, SINCE, None), (SECOND, SINCE, None), (ENDED_GRID, SINCE, TODAY)]))
KNOWN = Registering(
    GROUND, Validity([("branch", SINCE, None), ("over", SINCE, TODAY)]), {"other": UUID(int=2)}
)


def appointment(**facts: Any) -> Appointment:
    return Appointment.model_validate({"grid": GRID, "since_on": SINCE} | facts)


STATES: dict[str, dict[str, Any]] = {
    "serving": {"appointments": [appointment()]},
    "released": {"appointments": [appointment(until_on=TODAY)]},
    "again": {
        "appointments": [appointment(until_on=date(2026, 3, 5)), appointment(since_on=TODAY)]
    },
    "party": {"appointments": [appointment()], "is_party_member": True, "branch": "branch"},
    "left": {
        "appointments": [appointment(until_on=TODAY)],
        "status": Status.LEFT,
        "ends_on": TODAY,
    },
}


def member(state: str) -> Member:
    usual: dict[str, Any] = {
        "id": ID,
        "correlation_id": ID,
        "area_code": GRID,
        "person": UUID(int=3),
        "account": "mine",
        "kind": MemberKind.RED,
        "is_party_member": False,
        "starts_on": SINCE,
    }
    return Member(**usual | STATES[state])


def appoint(grid: str) -> Try:
    return Try(operations.appoint_member, schemas.GridIn(grid_code=grid), GROUND)


def release(grid: str, at: datetime = AT) -> Try:
    return Try(operations.release_member, schemas.GridIn(grid_code=grid), at=at)


def change(**facts: Any) -> Try:
    return Try(operations.change_member, schemas.ChangeIn(**facts), KNOWN)


def dismiss(links: int = 0, at: datetime = AT) -> Try:
    given = Loads(Counter({ID: links}))
    return Try(operations.dismiss_member, schemas.LeaveIn(), given, at=at)


WAYS = {
    "appoint": appoint(GRID),
    "appoint elsewhere": appoint(SECOND),
    "appoint to what ended": appoint(ENDED_GRID),
    "release": release(GRID),
    "release elsewhere": release(SECOND),
    "release early": release(GRID, at=EARLY),
    "change": change(kind=MemberKind.PART_TIME),
    "take an account": change(account="other"),
    "keep the account": change(account="mine"),
    "name a branch": change(branch="branch"),
    "name an ended branch": change(is_party_member=True, branch="over"),
    "join": change(is_party_member=True, branch="branch"),
    "resign": change(is_party_member=False),
    "dismiss": dismiss(),
    "dismiss with links": dismiss(3),
    "dismiss early": dismiss(at=EARLY),
}
ACTIVE, LEFT = Told("ACTIVE", MemberSnapshot), Told("LEFT", MemberSnapshot)
USUAL: dict[str, Outcome] = {
    "appoint": AlreadyAppointed,
    "appoint elsewhere": ACTIVE,
    "appoint to what ended": GridUnknown,
    "release": ACTIVE,
    "release elsewhere": NotAppointed,
    "release early": EndsBeforeItBegan,
    "change": ACTIVE,
    "take an account": AccountTaken,
    "keep the account": ACTIVE,
    "name a branch": BranchOfNoPartyMember,
    "name an ended branch": BranchUnknown,
    "join": ACTIVE,
    "resign": ACTIVE,
    "dismiss": LEFT,
    "dismiss with links": LinksOpen,
    "dismiss early": EndsBeforeItBegan,
}
OTHERWISE: dict[str, dict[str, Outcome]] = {
    "serving": {},
    "released": {"appoint": ACTIVE, "release": NotAppointed, "release early": NotAppointed},
    "again": {},
    "party": {"name a branch": ACTIVE},
    "left": {
        **dict.fromkeys(USUAL, StepNotAllowed),
        "appoint to what ended": GridUnknown,
        "take an account": AccountTaken,
        "name a branch": BranchOfNoPartyMember,
        "name an ended branch": BranchUnknown,
    },
}


@pytest.mark.parametrize(("state", "way"), list(product(STATES, WAYS)))
def test_what_a_step_makes_of_a_member(state: str, way: str) -> None:
    assert WAYS[way].on(member(state)) == (USUAL | OTHERWISE[state])[way]


def test_every_step_is_tried_in_every_state() -> None:
    assert tried(WAYS.values()) == steps(MEMBERS)
    assert USUAL.keys() == WAYS.keys()
    assert OTHERWISE.keys() == STATES.keys()
    assert {member(state).status for state in STATES} == set(Status)


@pytest.mark.parametrize("state", list(STATES))
def test_nobody_leaves_an_appointment_open(state: str) -> None:
    one = member(state)
    if WAYS["dismiss"].on(one) == LEFT:
        assert all(each.until_on for each in one.appointments)
        assert (one.ends_on, one.shown_status) == (TODAY, "LEFT")


def test_who_is_no_party_member_any_more_has_no_branch() -> None:
    one = member("party")
    WAYS["resign"].on(one)
    assert (one.is_party_member, one.branch) == (False, None)
