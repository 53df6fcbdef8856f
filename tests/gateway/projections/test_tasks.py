"""What a part of a task adds to the figures."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from services.contracts.grid_tasks import TaskItemExpired, TaskItemReminded, TaskItemSnapshot
from services.gateway.projections.cards import Entry
from services.gateway.projections.tasks import apply, entries

GRID = "330703105291001"
AT = datetime(2026, 3, 2, 1, tzinfo=UTC)
DUE = datetime(2026, 3, 9, 16, tzinfo=UTC)  # 24:00 of the 9th in the district
FACTS: dict[str, Any] = {"area_code": GRID, "occurred_at": AT, "correlation_id": UUID(int=1)}


def item(**facts: Any) -> TaskItemSnapshot:
    usual: dict[str, Any] = {
        "order_id": UUID(int=2),
        "status": "PENDING",
        "target_kind": "GRID",
        "given_at": AT,
        "due_at": DUE,
        "submitted_at": None,
        "accepted_at": None,
        "expired_at": None,
        "reminded_at": None,
    }
    return TaskItemSnapshot(**FACTS | usual | facts)


def test_what_was_given_is_due_whether_it_is_done_or_not() -> None:
    given = Entry("tasks_given", GRID, date(2026, 3, 2), dimension="GRID")
    due = Entry("tasks_due", GRID, date(2026, 3, 9))
    assert list(entries(item())) == [given, due]
    assert list(entries(item(status="SUBMITTED", submitted_at=AT))) == [given, due]
    accepted = item(status="ACCEPTED", accepted_at=AT)
    assert list(entries(accepted)) == [
        given,
        due,
        Entry("tasks_due_accepted", GRID, date(2026, 3, 9)),
    ]


def test_time_changes_a_card_without_being_a_step() -> None:
    later = FACTS | {"occurred_at": DUE}
    card = apply(apply(item(), TaskItemReminded(**later)), TaskItemExpired(**later))
    assert (card.reminded_at, card.expired_at, card.occurred_at) == (DUE, DUE, AT)
