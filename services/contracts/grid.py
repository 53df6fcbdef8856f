"""What the grid service tells: areas, organisations, reports (网格事件).

A snapshot event is the aggregate as it is; it is what the gateway keeps as the card.
"""

from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from services.contracts.audit import HeadAnchored
from services.contracts.codes_grid import Category, Finder, Urgency
from services.contracts.codes_privacy import HeldBy, Keeper, RightKind, RightRefusal
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


class ReportReturned(ReportFact):
    type: ClassVar[str] = "jinding.grid.report.returned.v1"


class ReportResubmitted(ReportFact):
    type: ClassVar[str] = "jinding.grid.report.resubmitted.v1"
    accept_due_at: datetime | None


class ReportAccepted(ReportFact):
    """The township took it on (受理). Disputes opens a case for a DISPUTE, inspection a hazard for a safety
    matter that names an enterprise; so it repeats what they need."""

    type: ClassVar[str] = "jinding.grid.report.accepted.v1"
    category: Category
    urgency: Urgency
    finder: Finder
    enterprise_id: UUID | None
    resolve_due_at: datetime | None


class ReportAssigned(ReportFact):
    type: ClassVar[str] = "jinding.grid.report.assigned.v1"
    organisation: str


class ReportProcessingStarted(ReportFact):
    type: ClassVar[str] = "jinding.grid.report.processing_started.v1"


class ReportResolved(ReportFact):
    """Dealt with, not yet verified. `by_case`: the end of the dispute case resolved it."""

    type: ClassVar[str] = "jinding.grid.report.resolved.v1"
    by_case: bool


class ReportVerified(ReportFact):
    type: ClassVar[str] = "jinding.grid.report.verified.v1"


class ReportClosed(ReportFact):
    type: ClassVar[str] = "jinding.grid.report.closed.v1"


class ReportCancelled(ReportFact):
    """Taken off the list (注销); an open case that came from it is told."""

    type: ClassVar[str] = "jinding.grid.report.cancelled.v1"
    category: Category
    reason: str


class ReportOverdue(ReportFact):
    """A deadline passed: `occurred_at` is the deadline. `clock` is accept or resolve."""

    type: ClassVar[str] = "jinding.grid.report.overdue.v1"
    clock: str


class ReportDeadlineSet(ReportFact):
    """The calendar now reaches a deadline that was not known. `clock` is accept or resolve."""

    type: ClassVar[str] = "jinding.grid.report.deadline_set.v1"
    clock: str
    due_at: datetime


class ReportSnapshot(ReportFact):
    """A report as it is; `occurred_at` is when it last changed."""

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


class SubjectRequestFact(Event):
    """Somebody asks about their own personal data. Who it is stays in the grid service."""

    topic: ClassVar[str] = "jinding.grid.subject_request.v1"
    sensitive: ClassVar[bool] = True


class SubjectRequestReceived(SubjectRequestFact):
    type: ClassVar[str] = "jinding.grid.subject_request.received.v1"
    number: str
    kind: RightKind
    answer_due_at: datetime | None


class SubjectRequestVerified(SubjectRequestFact):
    """Who asks is who they say."""

    type: ClassVar[str] = "jinding.grid.subject_request.verified.v1"


class SubjectErased(SubjectRequestFact):
    """The person is to be erased: every service erases what it holds and confirms it.

    The person is named by blind indexes alone (hex), which nobody computes without the keyring: entries made until
    `occurred_at` with an equal `resident_index`; with an equal `phone_index` those that hold no resident ID, and all
    where the person is known by telephone only."""

    type: ClassVar[str] = "jinding.grid.subject_request.subject_erased.v1"
    resident_index: str | None
    phone_index: str | None
    confirm_due_at: datetime | None

    @property
    def indexes(self) -> tuple[str | None, str | None]:
        return self.resident_index, self.phone_index


class SubjectErasureRecorded(SubjectRequestFact):
    """Grid has heard `keeper` confirm the erasure."""

    type: ClassVar[str] = "jinding.grid.subject_request.erasure_recorded.v1"
    keeper: Keeper
    erased: int
    held: int
    rules: list[HeldBy]
    closed_at: datetime | None


class SubjectRequestDone(SubjectRequestFact):
    type: ClassVar[str] = "jinding.grid.subject_request.done.v1"


class SubjectRequestRefused(SubjectRequestFact):
    type: ClassVar[str] = "jinding.grid.subject_request.refused.v1"
    reason: RightRefusal


class SubjectRequestOverdue(SubjectRequestFact):
    """A deadline passed: `occurred_at` is the deadline. `clock` is answer or confirm."""

    type: ClassVar[str] = "jinding.grid.subject_request.overdue.v1"
    clock: str


class SubjectRequestDeadlineSet(SubjectRequestFact):
    """The calendar now reaches a deadline that was not known. `clock` is answer or confirm."""

    type: ClassVar[str] = "jinding.grid.subject_request.deadline_set.v1"
    clock: str
    due_at: datetime


class SubjectRequestSnapshot(SubjectRequestFact):
    """A request as it is; `occurred_at` is when it last changed."""

    type: ClassVar[str] = "jinding.grid.subject_request.snapshot.v1"
    number: str
    status: str
    kind: RightKind
    received_at: datetime
    answer_due_at: datetime | None
    closed_at: datetime | None


class ErasureConfirmed(_ErasureConfirmed):
    topic: ClassVar[str] = "jinding.grid.erasure.v1"
    type: ClassVar[str] = "jinding.grid.erasure.confirmed.v1"


class AuditHeadAnchored(HeadAnchored):
    topic: ClassVar[str] = "jinding.grid.audit.v1"
    type: ClassVar[str] = "jinding.grid.audit.head_anchored.v1"
