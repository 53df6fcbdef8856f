"""What an errand adds to the figures: requests, solutions, days, trips, promises."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from services.contracts.grid_errands import (
    ErrandCopiesPurged,
    ErrandDeadlineSet,
    ErrandOverdue,
    ErrandSnapshot,
)
from services.gateway.projections.cards import Entry
from services.gateway.projections.errands import apply, entries

GRID = "330703105291001"
AT = datetime(2026, 3, 2, 1, tzinfo=UTC)
DONE = AT + timedelta(days=4)
PROMISED = datetime(2026, 3, 11, 16, tzinfo=UTC)  # 24:00 of the 11th in the district
FACTS: dict[str, Any] = {"area_code": GRID, "occurred_at": AT, "correlation_id": UUID(int=1)}


def errand(**facts: Any) -> ErrandSnapshot:
    usual: dict[str, Any] = {
        "number": "HR1",
        "status": "CLOSED",
        "matter": "SUBSIDY",
        "finder": "RED_MEMBER",
        "windows": 0,
        "submitted_at": AT,
        "accepted_at": AT,
        "promised_by": PROMISED,
        "delivered_at": None,
        "closed_at": DONE,
        "overdue_at": None,
        "outcome": "DIFFICULTY_RESOLVED",
        "impossible_reason": None,
        "resident_trips": 0,
        "member_trips": 2,
    }
    return ErrandSnapshot(**FACTS | usual | facts)


def metrics(card: ErrandSnapshot) -> set[str]:
    return {entry.metric for entry in entries(card)}


def test_a_difficulty_that_is_solved_counts_on_the_day_of_its_closing() -> None:
    closed, due = date(2026, 3, 6), date(2026, 3, 11)
    assert list(entries(errand())) == [
        Entry("errands_submitted", GRID, date(2026, 3, 2), dimension="RED_MEMBER"),
        Entry("help_solved", GRID, closed, dimension="RED_MEMBER"),
        Entry("errand_days", GRID, closed, dimension="4"),
        Entry("errands_without_trips", GRID, closed),
        Entry("errands_promised", GRID, due),
        Entry("errands_kept", GRID, due),
    ]


@pytest.mark.parametrize(
    "facts",
    [
        {"status": "SUBMITTED", "closed_at": None, "outcome": None},
        {"status": "OBTAINED", "closed_at": None, "outcome": None},
        {"status": "DELIVERED", "closed_at": None, "outcome": None, "delivered_at": DONE},
        {"outcome": "ADVISED"},
        {"status": "IMPOSSIBLE", "closed_at": None, "outcome": None},
    ],
)
def test_a_request_or_an_advice_solves_nothing(facts: dict[str, Any]) -> None:
    found = metrics(errand(**facts))
    assert "errands_submitted" in found
    assert not found & {"help_solved", "errand_days", "errands_without_trips"}


@pytest.mark.parametrize("trips", [1, None])
def test_a_trip_of_the_resident_is_no_share_of_those_without(trips: int | None) -> None:
    assert "errands_without_trips" not in metrics(errand(resident_trips=trips))


@pytest.mark.parametrize(
    ("facts", "kept"),
    [
        ({"closed_at": PROMISED}, True),
        ({"closed_at": PROMISED + timedelta(seconds=1)}, False),
        ({"delivered_at": PROMISED, "closed_at": PROMISED + timedelta(days=1)}, True),
        ({"status": "IN_PROGRESS", "closed_at": None, "outcome": None}, False),
    ],
)
def test_a_promise_is_kept_by_delivering_in_time(facts: dict[str, Any], kept: bool) -> None:
    found = metrics(errand(**facts))
    assert "errands_promised" in found
    assert ("errands_kept" in found) is kept


@pytest.mark.parametrize("status", ["WITHDRAWN", "IMPOSSIBLE"])
def test_what_has_gone_another_way_owes_nothing(status: str) -> None:
    facts = {"status": status, "closed_at": None, "outcome": None}
    assert "errands_promised" not in metrics(errand(**facts))


def test_time_changes_a_card_without_being_a_step() -> None:
    card = errand(status="ACCEPTED", closed_at=None, outcome=None, promised_by=None)
    later = FACTS | {"occurred_at": PROMISED}
    card = apply(card, ErrandDeadlineSet(**later, promised_by=PROMISED))
    card = apply(card, ErrandOverdue(**later))
    card = apply(card, ErrandCopiesPurged(**later))
    assert (card.promised_by, card.overdue_at, card.occurred_at) == (PROMISED, PROMISED, AT)
