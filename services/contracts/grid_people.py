"""What the grid service tells of its members, of households linked with them and of their visits. Every event is the
record as it is now; none tells who somebody is, nor which household was visited why.
"""

from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from pydantic import BaseModel

from services.contracts.codes_people import MemberKind, VisitMode
from services.contracts.event import Event


class MemberSnapshot(Event):
    """A grid member (网格员) as they are now: appointed, changed, left. `branch`: the party branch, an organisation."""

    topic: ClassVar[str] = "jinding.grid.member.v1"
    type: ClassVar[str] = "jinding.grid.member.changed.v1"

    status: str
    kind: MemberKind
    is_party_member: bool
    branch: str | None
    starts_on: date
    ends_on: date | None


class LinkedSpan(BaseModel):
    """From when until when a household had a primary link, whoever held it; `ends_on` is the first day without.
    `area_code`: its grid then; one that moved has a span for each."""

    starts_on: date
    ends_on: date | None
    area_code: str | None = None


class HouseholdSnapshot(Event):
    """A household (联系户) as it is now: when it was linked, and nothing of who lives there. `area_code`: its grid, or,
    once it has moved, the area in which all of its grids lie."""

    topic: ClassVar[str] = "jinding.grid.household.v1"
    type: ClassVar[str] = "jinding.grid.household.changed.v1"

    linked: list[LinkedSpan]


class HandoverSnapshot(Event):
    """All links of a member passed to another from `starts_on` on: how many."""

    topic: ClassVar[str] = "jinding.grid.handover.v1"
    type: ClassVar[str] = "jinding.grid.handover.recorded.v1"

    starts_on: date
    links: int


class VisitSnapshot(Event):
    """A visit (走访) as it is now: recorded, corrected, voided. `is_fulfilling`: it meets the weekly duty of its link.
    `task_id`: the visit task that it settled, and settles while it is recorded and somebody was met."""

    topic: ClassVar[str] = "jinding.grid.visit.v1"
    type: ClassVar[str] = "jinding.grid.visit.changed.v1"

    status: str
    mode: VisitMode
    visited_at: datetime
    is_fulfilling: bool
    is_late: bool
    task_id: UUID | None


class VisitTaskSnapshot(Event):
    """A household is to be visited because of a report: opened, settled, overdue. `occasion`: a row of the
    occasions' table."""

    topic: ClassVar[str] = "jinding.grid.visit_task.v1"
    type: ClassVar[str] = "jinding.grid.visit_task.changed.v1"

    status: str
    report_id: UUID
    occasion: str
    due_at: datetime
    closed_at: datetime | None
    overdue_at: datetime | None


class DutyLine(BaseModel):
    """One grid's week: links that count and those visited (`late`: by late entries alone); members in service, those
    with a record, and how many had one on each day from Monday on."""

    area_code: str
    due: int
    done: int
    late: int
    members: int
    active: int
    active_daily: list[int]


class DutyWeekSnapshot(Event):
    """A township's week of visits as it counts now; `starts_on` is the Monday."""

    topic: ClassVar[str] = "jinding.grid.duty_week.v1"
    type: ClassVar[str] = "jinding.grid.duty_week.counted.v1"

    starts_on: date
    lines: list[DutyLine]
