"""The grid service's figures of members, linked households and visits. Each event is the record as it is now."""

from collections.abc import Iterator
from datetime import timedelta

from services.contracts.codes_people import MemberKind
from services.contracts.grid_people import (
    DutyWeekSnapshot,
    HandoverSnapshot,
    HouseholdSnapshot,
    MemberSnapshot,
    VisitSnapshot,
    VisitTaskSnapshot,
)
from services.gateway.projections.cards import Entry, Projection, day_of, nothing, replaced

NO_BRANCH = "NONE"
"""The dimension of party members who are in no branch yet."""


def member_entries(card: MemberSnapshot) -> Iterator[Entry]:
    """A stock: in from the first day, out on the first on which they are not in service."""
    for day, n in ((card.starts_on, 1), (card.ends_on, -1)):
        if day is not None:
            yield Entry("members_in_service", card.area_code, day, n, card.kind)
            if card.kind is MemberKind.FULL_TIME:
                yield Entry("full_time_members", card.area_code, day, n)
            if card.is_party_member:
                branch = card.branch or NO_BRANCH
                yield Entry("party_members", card.area_code, day, n, branch)


def household_entries(card: HouseholdSnapshot) -> Iterator[Entry]:
    """Linked while it has a primary link, whoever holds it."""
    for span in card.linked:
        area = span.area_code or card.area_code
        yield Entry("households_linked", area, span.starts_on)
        if span.ends_on is not None:
            yield Entry("households_linked", area, span.ends_on, -1)


def visit_entries(card: VisitSnapshot) -> Iterator[Entry]:
    if card.status == "RECORDED":
        area, day = card.area_code, day_of(card.visited_at)
        yield Entry("household_visits", area, day, dimension=card.mode)
        if card.is_late:
            yield Entry("household_visits_late", area, day)


def task_entries(card: VisitTaskSnapshot) -> Iterator[Entry]:
    """Of the day on which it is due: settled in time, or not."""
    day = day_of(card.due_at)
    yield Entry("visit_tasks_due", card.area_code, day)
    if card.closed_at and card.closed_at <= card.due_at:
        yield Entry("visit_tasks_done_in_time", card.area_code, day)


def week_entries(card: DutyWeekSnapshot) -> Iterator[Entry]:
    """A week belongs to its Sunday: it counts once it is over."""
    sunday = card.starts_on + timedelta(days=6)
    for line in card.lines:
        counts = {
            "links_due": line.due,
            "links_done": line.done,
            "links_done_late": line.late,
            "weeks_in_service": line.members,
            "weeks_active": line.active,
        }
        for metric, n in counts.items():
            if n:
                yield Entry(metric, line.area_code, sunday, n)
        for place, n in enumerate(line.active_daily):
            if n:
                day = card.starts_on + timedelta(days=place)
                yield Entry("members_active_daily", line.area_code, day, n)


PROJECTIONS = (
    Projection("grid", "member", MemberSnapshot, replaced, member_entries),
    Projection("grid", "household", HouseholdSnapshot, replaced, household_entries),
    Projection("grid", "handover", HandoverSnapshot, replaced, nothing),
    Projection("grid", "visit", VisitSnapshot, replaced, visit_entries),
    Projection("grid", "visit_task", VisitTaskSnapshot, replaced, task_entries),
    Projection("grid", "duty_week", DutyWeekSnapshot, replaced, week_entries),
)
