"""What the grid service tells: areas, organisations, reports (网格事件).

A snapshot event is the aggregate as it is; it is what the gateway keeps as the card.
"""

from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from pydantic import BaseModel, Field

from services.contracts.audit import HeadAnchored
from services.contracts.codes_grid import (
    Category,
    CloseKind,
    EvaluatedBy,
    Finder,
    Level,
    SelfCheck,
    Urgency,
)
from services.contracts.event import Event
from services.contracts.privacy import ErasureConfirmed as _ErasureConfirmed


class AreaSnapshot(Event):
    """An area as it is now: the same event tells of its registration and of every change. `predecessors`: the
    areas that it came of; `heir`: of several successors of an area that is no more, the one that takes over its
    past (without one it stays with what all of them lie in, see ADR 0020)."""

    topic: ClassVar[str] = "jinding.grid.area.v1"
    type: ClassVar[str] = "jinding.grid.area.changed.v1"

    name: str
    kind: str
    parent: str | None
    valid_from: date
    valid_to: date | None
    demo: bool
    predecessors: list[str]
    heir: str | None = None


class OrganisationSnapshot(Event):
    """A public body as it is now. `code` is its stable name; it is not a person."""

    topic: ClassVar[str] = "jinding.grid.organisation.v1"
    type: ClassVar[str] = "jinding.grid.organisation.changed.v1"

    code: str
    name: str
    kind: str
    parent: str | None
    valid_from: date
    valid_to: date | None


class ReportFact(Event):
    topic: ClassVar[str] = "jinding.grid.report.v1"
    sensitive_topic: ClassVar[str | None] = "jinding.grid.sensitive_report.v1"


class ReportReported(ReportFact):
    """Somebody reported a matter (上报). What it is about in words stays in the grid service."""

    type: ClassVar[str] = "jinding.grid.report.reported.v1"
    number: str
    category: Category
    urgency: Urgency
    finder: Finder
    enterprise_id: UUID | None
    household_id: UUID | None = None
    accept_due_at: datetime | None
    level: Level = Level.TOWNSHIP
    subcategory: str | None = None
    told_apart: bool = False


class ReportReturned(ReportFact):
    type: ClassVar[str] = "jinding.grid.report.returned.v1"


class ReportResubmitted(ReportFact):
    type: ClassVar[str] = "jinding.grid.report.resubmitted.v1"
    accept_due_at: datetime | None


class ReportAccepted(ReportFact):
    """The township took it on (受理). Disputes opens a case for a DISPUTE, inspection a hazard for a safety
    matter that names an enterprise; so it repeats what they need. Who found a sensitive one is OTHER."""

    type: ClassVar[str] = "jinding.grid.report.accepted.v1"
    category: Category
    urgency: Urgency
    finder: Finder
    enterprise_id: UUID | None
    resolve_due_at: datetime | None


class ReportAssigned(ReportFact):
    type: ClassVar[str] = "jinding.grid.report.assigned.v1"
    organisation: str
    assisting: list[str] = Field(default_factory=list)
    sign_due_at: datetime | None = None


class ReportProcessingStarted(ReportFact):
    type: ClassVar[str] = "jinding.grid.report.processing_started.v1"


class ReportResolved(ReportFact):
    """Dealt with, not yet verified. `by_case`: the end of the dispute case resolved it. `handling_minutes`: of the
    working hours since it was accepted, where the calendar knows them."""

    type: ClassVar[str] = "jinding.grid.report.resolved.v1"
    by_case: bool
    verify_due_at: datetime | None = None
    handling_minutes: int | None = None


class ReportVerified(ReportFact):
    type: ClassVar[str] = "jinding.grid.report.verified.v1"


class ReportClosed(ReportFact):
    type: ClassVar[str] = "jinding.grid.report.closed.v1"
    close_kind: CloseKind | None = None


class ReportCancelled(ReportFact):
    """Taken off the list (注销); an open case that came from it is told. `duplicate_of`: the report that it was merged
    into and that goes on; `credited`: its reporter counts for that one besides."""

    type: ClassVar[str] = "jinding.grid.report.cancelled.v1"
    category: Category
    reason: str
    duplicate_of: UUID | None = None
    credited: bool = False


class ReportOverdue(ReportFact):
    """A deadline passed: `occurred_at` is the deadline. `clock` is accept, sign, resolve or verify."""

    type: ClassVar[str] = "jinding.grid.report.overdue.v1"
    clock: str


class ReportDeadlineSet(ReportFact):
    """The calendar now reaches a deadline that was not known. `clock` is accept, sign, resolve or verify."""

    type: ClassVar[str] = "jinding.grid.report.deadline_set.v1"
    clock: str
    due_at: datetime


class Suspension(BaseModel):
    """缓办, from when until when; null: it lasts."""

    started_at: datetime
    ended_at: datetime | None


class ReportSnapshot(ReportFact):
    """A report as it is; `occurred_at` is when it last changed. `told_apart`: on the topic of sensitive ones."""

    type: ClassVar[str] = "jinding.grid.report.snapshot.v1"
    number: str
    status: str
    category: Category
    urgency: Urgency
    finder: Finder
    enterprise_id: UUID | None = None
    organisation: str | None = None
    reported_at: datetime
    accept_due_at: datetime | None = None
    accepted_at: datetime | None = None
    resolve_due_at: datetime | None = None
    resolved_at: datetime | None = None
    verified_at: datetime | None = None
    closed_at: datetime | None = None
    cancelled_at: datetime | None = None
    cancel_reason: str | None = None
    accept_overdue_at: datetime | None = None
    resolve_overdue_at: datetime | None = None
    level: Level = Level.TOWNSHIP
    escalations: int = 0
    assisting: list[str] = Field(default_factory=list)
    sign_due_at: datetime | None = None
    sign_overdue_at: datetime | None = None
    verify_due_at: datetime | None = None
    verify_overdue_at: datetime | None = None
    extensions: int = 0
    suspensions: list[Suspension] = Field(default_factory=list)
    supervise_due_at: datetime | None = None
    rework_count: int = 0
    reopenings: int = 0
    close_kind: CloseKind | None = None
    self_check: SelfCheck | None = None
    satisfied: bool | None = None
    evaluated_by: EvaluatedBy | None = None
    evaluated_at: datetime | None = None
    archived_at: datetime | None = None
    subcategory: str | None = None
    duplicate_of: UUID | None = None
    credited: bool = False
    household_id: UUID | None = None
    handling_minutes: int | None = None
    told_apart: bool = False


class ErasureConfirmed(_ErasureConfirmed):
    topic: ClassVar[str] = "jinding.grid.erasure.v1"
    type: ClassVar[str] = "jinding.grid.erasure.confirmed.v1"


class AuditHeadAnchored(HeadAnchored):
    topic: ClassVar[str] = "jinding.grid.audit.v1"
    type: ClassVar[str] = "jinding.grid.audit.head_anchored.v1"
