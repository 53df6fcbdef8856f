from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest

from services.contracts.grid_people import (
    DutyWeekSnapshot,
    HandoverSnapshot,
    HouseholdSnapshot,
    LinkedSpan,
    MemberSnapshot,
    VisitSnapshot,
    VisitTaskSnapshot,
)
from services.gateway.projections.cards import Entry
from services.gateway.projections.registry import BY_TOPIC

GRID = "330703105291001"
EVENING = datetime(2026, 3, 2, 15, 30, tzinfo=UTC)  # 23:30 in the district
DAY, LATER = date(2026, 3, 2), date(2026, 5, 4)
USUAL: dict[str, Any] = {
    "area_code": GRID,
    "occurred_at": EVENING,
    "correlation_id": UUID(int=1),
}


def entries(event: Any) -> list[Entry]:
    return list(BY_TOPIC[event.topic].entries(event))


def member(**facts: Any) -> MemberSnapshot:
    usual: dict[str, Any] = {
        "status": "ACTIVE",
        "kind": "RED",
        "is_party_member": True,
        "branch": "b-1",
        "starts_on": DAY,
        "ends_on": None,
    }
    return MemberSnapshot(**USUAL | usual | facts)


def test_a_member_is_in_service_from_the_first_day_to_the_last() -> None:
    come = [
        Entry("members_in_service", GRID, DAY, 1, "RED"),
        Entry("party_members", GRID, DAY, 1, "b-1"),
    ]
    assert entries(member()) == come
    gone = [entry._replace(day=LATER, n=-1) for entry in come]
    assert entries(member(ends_on=LATER, status="LEFT")) == [*come, *gone]


def test_only_party_members_count_by_branch() -> None:
    assert [entry.metric for entry in entries(member(is_party_member=False, branch=None))] == [
        "members_in_service"
    ]
    assert entries(member(branch=None))[1].dimension == "NONE"


def test_a_household_counts_while_it_has_a_primary_link() -> None:
    spans = [
        {"starts_on": DAY, "ends_on": LATER},
        {"starts_on": LATER, "ends_on": None},
    ]
    told = entries(HouseholdSnapshot(**USUAL, linked=spans))
    assert told == [
        Entry("households_linked", GRID, DAY),
        Entry("households_linked", GRID, LATER, -1),
        Entry("households_linked", GRID, LATER),
    ]
    assert entries(HouseholdSnapshot(**USUAL, linked=[])) == []


def test_a_household_that_moved_counts_in_the_grid_of_each_time() -> None:
    old, new = f"{GRID[:12]}001", f"{GRID[:12]}002"
    spans = [
        LinkedSpan(starts_on=DAY, ends_on=LATER, area_code=old),
        LinkedSpan(starts_on=LATER, ends_on=None, area_code=new),
    ]
    facts = USUAL | {"area_code": GRID[:12]}
    assert entries(HouseholdSnapshot(**facts, linked=spans)) == [
        Entry("households_linked", old, DAY),
        Entry("households_linked", old, LATER, -1),
        Entry("households_linked", new, LATER),
    ]


def test_a_handover_changes_no_figure() -> None:
    assert entries(HandoverSnapshot(**USUAL, starts_on=DAY, links=6)) == []


def visit(**facts: Any) -> VisitSnapshot:
    usual: dict[str, Any] = {
        "status": "RECORDED",
        "mode": "PHONE",
        "visited_at": EVENING,
        "is_fulfilling": False,
        "is_late": False,
        "task_id": None,
    }
    return VisitSnapshot(**USUAL | usual | facts)


def test_a_visit_counts_by_mode_on_its_day() -> None:
    told = Entry("household_visits", GRID, DAY, dimension="PHONE")
    assert entries(visit()) == [told]
    assert entries(visit(is_late=True)) == [told, Entry("household_visits_late", GRID, DAY)]
    assert entries(visit(status="VOIDED", is_late=True)) == []


@pytest.mark.parametrize(
    ("closed_at", "done"),
    [(None, False), (EVENING, True), (EVENING.replace(hour=16), False)],
)
def test_a_task_is_done_in_time_or_not(closed_at: datetime | None, done: bool) -> None:
    told = entries(
        VisitTaskSnapshot(
            **USUAL,
            status="OPEN",
            report_id=UUID(int=2),
            occasion="A1",
            due_at=EVENING,
            closed_at=closed_at,
            overdue_at=None,
        )
    )
    due = Entry("visit_tasks_due", GRID, DAY)
    assert told == [due, *([Entry("visit_tasks_done_in_time", GRID, DAY)] if done else [])]


def test_a_week_counts_on_its_sunday_and_activity_on_each_day() -> None:
    line = {"due": 9, "done": 7, "late": 0, "members": 3, "active": 2}
    week = {"area_code": GRID, **line, "active_daily": [0, 2, 0, 0, 0, 0, 1]}
    told = entries(DutyWeekSnapshot(**USUAL, starts_on=DAY, lines=[week]))
    sunday = date(2026, 3, 8)
    assert told == [
        Entry("links_due", GRID, sunday, 9),
        Entry("links_done", GRID, sunday, 7),
        Entry("weeks_in_service", GRID, sunday, 3),
        Entry("weeks_active", GRID, sunday, 2),
        Entry("members_active_daily", GRID, date(2026, 3, 3), 2),
        Entry("members_active_daily", GRID, sunday, 1),
    ]
