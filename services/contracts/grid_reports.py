"""What the grid service tells of a report besides its way from reported to closed: escalation, deliveries,
requests, rework, reopening, evaluation. What was said at these steps stays there.

Each tells the `status` after it; whatever else it tells is a field of the report's snapshot, as it is now.
"""

from datetime import datetime
from typing import ClassVar

from services.contracts.codes_grid import (
    CloseKind,
    DeliveryState,
    EvaluatedBy,
    Level,
    Part,
    RequestKind,
    SelfCheck,
)
from services.contracts.grid import ReportFact, Suspension


class ReportMoved(ReportFact):
    status: str


class ReportDescribed(ReportFact):
    """Its fields say more than before (补充). Only the subcategory is told; what they say stays in the grid service."""

    type: ClassVar[str] = "jinding.grid.report.described.v1"
    subcategory: str | None


class ReportSelfHandled(ReportMoved):
    """自办自结: handled and closed within the grid. `self_check`: DUE where it is of the sample that is checked."""

    type: ClassVar[str] = "jinding.grid.report.self_handled.v1"
    close_kind: CloseKind
    resolved_at: datetime
    closed_at: datetime
    self_check: SelfCheck | None


class ReportSelfChecked(ReportMoved):
    """One that the grid closed itself was checked; one that failed is open again."""

    type: ClassVar[str] = "jinding.grid.report.self_checked.v1"
    self_check: SelfCheck
    close_kind: CloseKind | None
    accepted_at: datetime | None
    closed_at: datetime | None
    resolve_due_at: datetime | None
    rework_count: int


class ReportEscalated(ReportMoved):
    """To the level above (上报), whose `level` it is now. The deadline stays."""

    type: ClassVar[str] = "jinding.grid.report.escalated.v1"
    level: Level
    escalations: int


class ReportTakenUp(ReportMoved):
    """The level that it was escalated to has taken it up."""

    type: ClassVar[str] = "jinding.grid.report.taken_up.v1"
    level: Level


class ReportSentDown(ReportMoved):
    """Back to the level that had escalated it, for a reason. The deadline stays."""

    type: ClassVar[str] = "jinding.grid.report.sent_down.v1"
    level: Level


class ReportDeliveryChanged(ReportMoved):
    """An organisation received it, signed for it or refused it. `assisting`: those that assist now."""

    type: ClassVar[str] = "jinding.grid.report.delivery_changed.v1"
    delivered_to: str
    part: Part
    delivery: DeliveryState
    assisting: list[str]


class ReportRequested(ReportMoved):
    """Whoever handles it asks for a transfer (退办), an extension (延期) or a suspension (缓办). `sign_due_at` is null
    while a transfer is decided: the time to sign stands still."""

    type: ClassVar[str] = "jinding.grid.report.requested.v1"
    request: RequestKind
    sign_due_at: datetime | None


class ReportRequestDecided(ReportMoved):
    """What was asked for is granted or refused."""

    type: ClassVar[str] = "jinding.grid.report.request_decided.v1"
    request: RequestKind
    granted: bool
    organisation: str | None
    assisting: list[str]
    sign_due_at: datetime | None
    resolve_due_at: datetime | None
    extensions: int
    suspensions: list[Suspension]


class ReportResumed(ReportMoved):
    """Goes on after a suspension, with the time that was left."""

    type: ClassVar[str] = "jinding.grid.report.resumed.v1"
    resolve_due_at: datetime | None
    suspensions: list[Suspension]


class ReportDeadlineReset(ReportMoved):
    """The district has set the deadline anew, for a reason."""

    type: ClassVar[str] = "jinding.grid.report.deadline_reset.v1"
    resolve_due_at: datetime | None


class ReportSupervised(ReportMoved):
    """督办: an answer is demanded until `supervise_due_at`."""

    type: ClassVar[str] = "jinding.grid.report.supervised.v1"
    supervise_due_at: datetime


class ReportReworked(ReportMoved):
    """核查不通过: back to whoever handles it. `resolved_at` is null again."""

    type: ClassVar[str] = "jinding.grid.report.reworked.v1"
    rework_count: int
    resolved_at: None = None
    handling_minutes: None = None


class ReportReopened(ReportMoved):
    """Open again after it was closed, with a deadline of its own."""

    type: ClassVar[str] = "jinding.grid.report.reopened.v1"
    reopenings: int
    accepted_at: datetime | None
    resolve_due_at: datetime | None


class ReportEvaluated(ReportMoved):
    type: ClassVar[str] = "jinding.grid.report.evaluated.v1"
    satisfied: bool
    evaluated_by: EvaluatedBy
    evaluated_at: datetime


class ReportCalledBack(ReportMoved):
    """Whoever was unsatisfied has been called back."""

    type: ClassVar[str] = "jinding.grid.report.called_back.v1"


class ReportArchived(ReportMoved):
    """归档: nothing of it changes any more."""

    type: ClassVar[str] = "jinding.grid.report.archived.v1"
    archived_at: datetime


class ReportWarned(ReportFact):
    """A deadline comes near: `occurred_at` is when a share of the time had gone. `clock` as of `overdue`."""

    type: ClassVar[str] = "jinding.grid.report.warned.v1"
    clock: str
    due_at: datetime
