"""What else of the work in the field waits for a caller."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import ColumnElement, and_, cast, or_
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import col

from services.chassis.attachments.declared import WHOLE, FileState
from services.chassis.attachments.table import Attachment
from services.chassis.identity.caller import Caller
from services.chassis.identity.scope import within
from services.contracts import roles
from services.grid.errands.models import Errand
from services.grid.inbox.waiting import Waiting
from services.grid.links.queries import linked_with
from services.grid.parked.custody import TABLE
from services.grid.parked.reviews import visible
from services.grid.patrols.models import Patrol
from services.grid.patrols.rules import Status as PatrolStatus
from services.grid.policy import MEMBERS, OFFICES, VILLAGE
from services.grid.subject_requests.models import SubjectRequest
from services.grid.tasks.models import TaskItem
from services.grid.tasks.rules import Status as TaskStatus
from services.grid.visit_tasks.models import VisitTask
from services.grid.visit_tasks.rules import Status as VisitStatus
from services.media.kinds import FileKind

TO_DO = [TaskStatus.PENDING, TaskStatus.READ, TaskStatus.DOING, TaskStatus.REJECTED]


def to_visit(caller: Caller) -> ColumnElement[bool]:
    """必到未访: households linked with the caller that a report asks to visit."""
    mine = col(VisitTask.household_id).in_(linked_with(caller))
    return and_(col(VisitTask.status) == VisitStatus.OPEN, mine)


def to_do(caller: Caller) -> ColumnElement[bool]:
    """任务未完成: for which the caller is named; where nobody is, the people of the place are told."""
    mine: ColumnElement[bool] = col(TaskItem.subject) == caller.subject
    if caller.roles & (MEMBERS | VILLAGE):
        free = col(TaskItem.subject).is_(None) & within(col(TaskItem.area_code), caller.areas)
        mine = or_(mine, free)
    return mine & col(TaskItem.status).in_(TO_DO)


def to_judge(caller: Caller) -> ColumnElement[bool]:
    """任务待审: submitted in the areas of an office."""
    here = within(col(TaskItem.area_code), caller.areas if caller.roles & OFFICES else ())
    return here & (col(TaskItem.status) == TaskStatus.SUBMITTED)


def to_run(caller: Caller) -> ColumnElement[bool]:
    """代办未结: those that the caller is in charge of, those of their place that nobody is, and those at a window of
    their department."""
    mine = [col(Errand.handler) == caller.subject]
    if caller.roles & (MEMBERS | VILLAGE | OFFICES):
        free = col(Errand.handler).is_(None) & within(col(Errand.area_code), caller.areas)
        mine.append(free)
    if roles.DEPARTMENT_HANDLER in caller.roles and caller.organisation:
        waits = [{"department": caller.organisation, "result": None}]
        mine.append(cast(Errand.windows, JSONB).contains(waits))
    return col(Errand.ended_at).is_(None) & or_(*mine)


def on_patrol(caller: Caller) -> ColumnElement[bool]:
    """巡防未结束: those that the caller takes part in."""
    mine = col(Patrol.participants).contains([caller.subject])
    return and_(col(Patrol.ended_at).is_(None), col(Patrol.status) == PatrolStatus.RUNNING, mine)


def asked(_: Caller) -> ColumnElement[bool]:
    """个人信息请求: who may read them at all is told of those that are open."""
    return col(SubjectRequest.closed_at).is_(None)


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
