from datetime import datetime
from typing import Annotated, TypeVar
from uuid import UUID

from pydantic import BaseModel, FailFast, Field

from services.chassis.attachments.declared import AttachmentOut, Attachments
from services.chassis.identity.caller import Caller
from services.chassis.operation import Body, Creation
from services.chassis.privacy.people import Shown
from services.contracts.codes_grid import (
    Category,
    CloseKind,
    EvaluatedBy,
    Finder,
    Lamp,
    Level,
    SelfCheck,
    Urgency,
)
from services.contracts.disputes import case_id_of
from services.contracts.grid import Suspension
from services.grid.organisations.schemas import Code as OrganisationCode
from services.grid.reports.clocks.ledger import Entry
from services.grid.reports.content.schemas import ContentIn, ContentOut, kind_of, shown_of
from services.grid.reports.handling.children import (
    Delivery,
    Evaluation,
    Request,
    Said,
    Supervision,
)
from services.grid.reports.lifecycle import Status
from services.grid.reports.models import Report
from services.grid.reports.rules import is_told_of, may_know_the_reporter

AreaCode = Annotated[str, Field(pattern=r"^[0-9]{9}([0-9]{3}){0,2}$", examples=["330703105291001"])]


class ReportIn(ContentIn, Creation):
    """What happened, where, and how urgent. `area_code`: township, village or (best) grid."""

    area_code: AreaCode
    category: Category
    urgency: Urgency = Urgency.NORMAL
    level: Level = Field(Level.TOWNSHIP, description="Who is to deal with it first.")
    title: str = Field(min_length=2, max_length=100)
    description: str = Field("", max_length=4000)
    place: str = Field("", max_length=200)
    enterprise_id: UUID | None = Field(None, description="Of a safety matter, if one is known.")
    household_id: UUID | None = Field(
        None,
        description="联系户，其联系人将收到走访任务 · its member is to visit it, where it is linked.",
    )
    finder: Finder | None = Field(
        None,
        description="For offices, of what others have found; otherwise it follows from the role.",
    )
    attachments: Attachments = ()


class ReturnIn(Body):
    reason: str = Field(min_length=2, max_length=500)


class ResubmitIn(Body):
    description: str = Field(min_length=2, max_length=4000)
    attachments: Attachments = ()


class StepIn(Body):
    """A step that needs nothing to be said."""


class AssignIn(Body):
    """`organisation` leads (主办); `assisting` help it (协办)."""

    organisation: OrganisationCode
    assisting: Annotated[tuple[OrganisationCode, ...], FailFast()] = Field((), max_length=10)


class ResolveIn(Body):
    """`opinion` (处理意见): what was done, with what result; `attachments` show it."""

    opinion: str = Field(min_length=2, max_length=2000)
    attachments: Attachments = ()


class CancelIn(Body):
    """`duplicate_of`: of a DUPLICATE, the report that tells of the same matter."""

    reason: str = Field(pattern=r"^(DUPLICATE|INVALID|WITHDRAWN|OUT_OF_SCOPE)$")
    duplicate_of: UUID | None = None


class UntoldLine(BaseModel):
    """A report in the list of a partner agency, who fetches the rest for a purpose."""

    id: UUID
    number: str
    version: int
    status: Status
    area_code: str
    category: Category
    subcategory: str | None
    urgency: Urgency
    level: Level
    organisation: str | None
    reported_at: datetime
    resolve_due_at: datetime | None
    closed_at: datetime | None
    duplicate_of: UUID | None
    late_entry: bool


class ReportLine(UntoldLine):
    """A report in a list. `duplicate_of`: the report that it was merged into, or tells the same as. `title` is absent for partner agencies."""

    title: str | None = None


Told = TypeVar("Told", Said, Evaluation)


def _unnamed(told: Told, reporter: str) -> Told:
    """Without who it was, if that was the reporter."""
    return told.model_copy(update={"by": ""}) if told.by == reporter else told


class ReportOut(ReportLine, ContentOut):
    """A report in full. `allowed_actions`: operation ids that this caller could run on it now. `reporter` is
    null for those who may not know, and of a sensitive one `finder`, too. `handlers`: all who had a part in handling it. `case_id`: the case that a
    dispute becomes at the disputes service once it is accepted. `missing`: which of the attachments have not come
    whole; while there are any, it cannot be verified. `title`, `description` and `place` are null for partner agencies, who
    fetch them for a purpose (`fetch_report_details`). `lamp`: how near its deadlines are. `ledger`: what happened to
    its clocks; every deadline follows from it. `level`: who deals with it now. `assisting`: who helps the
    organisation. `said`: reasons given at steps."""

    lamp: Lamp = Lamp.GREEN
    finder: Finder | None
    description: str | None
    place: str | None
    enterprise_id: UUID | None
    household_id: UUID | None
    reporter: str | None
    handlers: list[str]
    case_id: UUID | None = None
    opinion: str | None
    accept_due_at: datetime | None
    accepted_at: datetime | None
    resolved_at: datetime | None
    verified_at: datetime | None
    cancelled_at: datetime | None
    cancel_reason: str | None
    accept_overdue_at: datetime | None
    resolve_overdue_at: datetime | None
    sign_due_at: datetime | None
    sign_overdue_at: datetime | None
    verify_due_at: datetime | None
    verify_overdue_at: datetime | None
    ledger: list[Entry]
    escalated_from: list[Level]
    assisting: list[str]
    deliveries: list[Delivery]
    requests: list[Request]
    suspensions: list[Suspension]
    supervisions: list[Supervision]
    rework_count: int
    reopenings: int
    reopen_until: datetime | None
    close_kind: CloseKind | None
    self_check: SelfCheck | None
    evaluations: list[Evaluation]
    satisfied: bool | None
    evaluated_by: EvaluatedBy | None
    archived_at: datetime | None
    said: list[Said]
    correlation_id: UUID
    import_batch_id: UUID | None
    attachments: list[AttachmentOut] = []
    missing: list[UUID] = []
    allowed_actions: list[str] = []

    @classmethod
    def of(
        cls, report: Report, caller: Caller, allowed: list[str], now: datetime, people: Shown
    ) -> "ReportOut":
        may_know = may_know_the_reporter(caller, report.area_code, report.reporter)
        told = {name: vars(report)[name] for name in cls.model_fields if name in vars(report)}
        is_over = report.closed_at is not None or report.cancelled_at is not None
        told |= shown_of(report, people, may_know=may_know, is_over=is_over)
        shown = cls.model_validate(told)
        shown.lamp = report.lamp_at(now)
        if not is_told_of(caller):
            shown.title = shown.description = shown.place = shown.position = None
            shown.said, shown.evaluations, shown.details, shown.parties = [], [], {}, []
        if not may_know:
            shown.reporter = None
            shown.finder = None if report.sensitive else report.finder
            shown.said = [_unnamed(said, report.reporter) for said in shown.said]
            shown.evaluations = [_unnamed(e, report.reporter) for e in shown.evaluations]
        if report.category is Category.DISPUTE and report.accepted_at:
            shown.case_id = case_id_of(report.id)
        shown.position_kind = kind_of(report, shown.position)
        shown.allowed_actions = allowed
        return shown
