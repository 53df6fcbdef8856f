"""What waits for a caller: one source for each section of their inbox. A new noun adds its own here."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import ColumnElement, and_, false, or_
from sqlmodel import col

from services.chassis.attachments.declared import WHOLE, FileState
from services.chassis.attachments.table import Attachment
from services.chassis.identity.caller import Caller
from services.chassis.identity.scope import within
from services.chassis.operation import Noun
from services.contracts import roles
from services.grid.links.queries import linked_with
from services.grid.parked.custody import TABLE
from services.grid.parked.reviews import visible
from services.grid.patrols.models import Patrol
from services.grid.patrols.queries import PATROLS
from services.grid.patrols.rules import Status as PatrolStatus
from services.grid.patrols.schemas import PatrolLine
from services.grid.policy import OFFICES, VILLAGE
from services.grid.reports.lifecycle import Status
from services.grid.reports.models import Report
from services.grid.reports.queries import BY_ASSIGNMENT, REPORTS
from services.grid.reports.schemas import ReportLine
from services.grid.subject_requests.models import SubjectRequest
from services.grid.subject_requests.queries import REQUESTS
from services.grid.subject_requests.schemas import RequestLine
from services.grid.visit_tasks.models import VisitTask
from services.grid.visit_tasks.queries import VISIT_TASKS
from services.grid.visit_tasks.rules import Status as TaskStatus
from services.grid.visit_tasks.schemas import TaskLine
from services.media.kinds import FileKind

VERIFIERS = OFFICES | VILLAGE | {roles.FULL_TIME_GRID_MEMBER}
DONE = [Status.CLOSED, Status.EVALUATED, Status.ARCHIVED, Status.CANCELLED]


class Waiting(NamedTuple):
    """Rows of a table that wait for a caller, newest first; `fields` are those of its line."""

    table: Any
    fields: dict[str, Any]
    condition: ColumnElement[bool]
    newest: Any


class Source(NamedTuple):
    """`waits(caller)`: what waits for who has the permission."""

    name: str
    line: type[BaseModel]
    permission: str
    waits: Callable[[Caller], Waiting]


def of_noun(
    name: str,
    noun: Noun[Any],
    line: type[BaseModel],
    permission: str,
    condition: Callable[[Caller], ColumnElement[bool]],
) -> Source:
    """Those records of a noun that the caller sees and `condition` holds for."""
    model = noun.model

    def waits(caller: Caller) -> Waiting:
        fields = {field: getattr(model, field) for field in line.model_fields}
        seen = and_(noun.visible(caller), condition(caller))
        return Waiting(model.__table__, fields, seen, model.created_at)

    return Source(name, line, permission, waits)


def returned(caller: Caller) -> ColumnElement[bool]:
    """退回补正: their own reports that were sent back."""
    return and_(col(Report.status) == Status.RETURNED, col(Report.reporter) == caller.subject)


def to_accept(caller: Caller) -> ColumnElement[bool]:
    """待受理、待交办 in the areas of an office."""
    return _office(caller) & col(Report.status).in_([Status.REPORTED, Status.ACCEPTED])


def assigned(caller: Caller) -> ColumnElement[bool]:
    """交办给本机构的: those that the caller's organisation has to sign for or is handling."""
    if not (caller.organisation and caller.roles & BY_ASSIGNMENT):
        return false()
    mine = col(Report.organisation) == caller.organisation
    return mine & col(Report.status).in_([Status.ASSIGNED, Status.PROCESSING])


def to_verify(caller: Caller) -> ColumnElement[bool]:
    """待核查: never what the caller has handled."""
    if not caller.roles & VERIFIERS:
        return false()
    handled = col(Report.handlers).contains([caller.subject])
    here = within(col(Report.area_code), caller.areas)
    return (col(Report.status) == Status.RESOLVED) & here & ~handled


def overdue(caller: Caller) -> ColumnElement[bool]:
    """逾期未办结 in the areas of an office."""
    passed = or_(
        and_(col(Report.status) == Status.REPORTED, col(Report.accept_overdue_at).is_not(None)),
        and_(col(Report.status).not_in(DONE), col(Report.resolve_overdue_at).is_not(None)),
    )
    return _office(caller) & passed


def on_patrol(caller: Caller) -> ColumnElement[bool]:
    """巡防未结束: those that the caller takes part in."""
    mine = col(Patrol.participants).contains([caller.subject])
    return and_(col(Patrol.ended_at).is_(None), col(Patrol.status) == PatrolStatus.RUNNING, mine)


def asked(_: Caller) -> ColumnElement[bool]:
    """个人信息请求: who may read them at all is told of those that are open."""
    return col(SubjectRequest.closed_at).is_(None)


def _office(caller: Caller) -> ColumnElement[bool]:
    if not caller.roles & OFFICES:
        return false()
    return within(col(Report.area_code), caller.areas)


def to_visit(caller: Caller) -> ColumnElement[bool]:
    """必到未访: households linked with the caller that a report asks to visit."""
    mine = col(VisitTask.household_id).in_(linked_with(caller))
    return and_(col(VisitTask.status) == TaskStatus.OPEN, mine)


class FileLine(BaseModel):
    """A file that was declared and has not come whole."""

    id: UUID
    noun: str
    aggregate_id: UUID
    kind: FileKind
    size: int
    received: int
    state: FileState


def files(caller: Caller) -> Waiting:
    """附件未传完: those that the caller declared."""
    table = Attachment.__table__  # type: ignore[attr-defined]
    fields = {name: table.c[name] for name in FileLine.model_fields}
    missing = and_(table.c.declared_by == caller.subject, table.c.state.not_in(WHOLE))
    return Waiting(table, fields, missing, table.c.declared_at)


class ReviewLine(BaseModel):
    """An item of a batch that is held for a review."""

    id: UUID
    operation: str
    aggregate_id: UUID
    area_code: str
    said_at: datetime | None
    first_at: datetime


def reviews(caller: Caller) -> Waiting:
    """终端时间待审核: what others sent and the caller may decide on."""
    fields = {name: TABLE.c[name] for name in ReviewLine.model_fields}
    held = and_(TABLE.c.body.is_not(None), TABLE.c.subject != caller.subject)
    return Waiting(TABLE, fields, and_(visible(caller), held), TABLE.c.first_at)


SOURCES = (
    of_noun("returned", REPORTS, ReportLine, "report.read", returned),
    of_noun("assigned", REPORTS, ReportLine, "report.read", assigned),
    of_noun("to_accept", REPORTS, ReportLine, "report.read", to_accept),
    of_noun("to_verify", REPORTS, ReportLine, "report.read", to_verify),
    of_noun("overdue", REPORTS, ReportLine, "report.read", overdue),
    of_noun("visits", VISIT_TASKS, TaskLine, "visit_task.read", to_visit),
    of_noun("patrols", PATROLS, PatrolLine, "patrol.read", on_patrol),
    Source("attachments", FileLine, "attachment.send", files),
    Source("reviews", ReviewLine, "parked_item.review", reviews),
    of_noun("subject_requests", REQUESTS, RequestLine, "subject_request.read", asked),
)
