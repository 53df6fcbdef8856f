"""Who sees which visit tasks, and which reports open one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from services.chassis.database import driver
from services.chassis.deadlines.calendar import local_day
from services.chassis.identity.caller import Caller
from services.chassis.operation import Item, Noun
from services.grid.duty.models import DutyRule
from services.grid.duty.queries import rule, rules
from services.grid.links.queries import linked_with
from services.grid.policy import BY_AREA
from services.grid.sight import own_or_of_area
from services.grid.visit_tasks.models import VisitTask
from services.grid.visit_tasks.rules import Status
from services.grid.visit_tasks.schemas import TaskLine

STANDING = """
    select t.id, min(v.visited_at) from visit_task t join household_visit v
    on v.household_id = t.household_id and v.task_id = t.id
    where t.id = any($1::uuid[]) and v.status = 'RECORDED' and v.mode <> 'NOT_MET' group by 1"""
Standing = dict[UUID, datetime]
"""When the first visit was that settles a task, of those that have one."""


def visible(caller: Caller) -> ColumnElement[bool]:
    """Those of households linked with oneself; leaders, offices and full-time members see those of their areas."""
    own = col(VisitTask.household_id).in_(linked_with(caller))
    return own_or_of_area(caller, own, col(VisitTask.area_code), BY_AREA)


VISIT_TASKS: Noun[VisitTask] = Noun(
    "visit_task",
    VisitTask,
    visible,
    lambda task, *_: TaskLine.model_validate(task, from_attributes=True),
)


def matching(
    status: Status | None, household: UUID | None, overdue: bool | None
) -> list[ColumnElement[bool] | None]:
    """The filters of a list; None where one was not asked for."""
    late = col(VisitTask.overdue_at).is_not(None)
    return [
        col(VisitTask.status) == status if status else None,
        col(VisitTask.household_id) == household if household else None,
        None if overdue is None else late if overdue else ~late,
    ]


@dataclass(frozen=True)
class Opening:
    """What a new task must know: the occasion of each category, the areas of households that are linked, and how
    much time there is."""

    occasions: dict[str, str]
    areas: dict[UUID, str]
    rules: Sequence[DutyRule]

    def due(self, area: str, at: datetime) -> datetime:
        return at + timedelta(hours=rule(self.rules, area, local_day(at)).task_hours)


async def opening(connection: AsyncConnection, items: Sequence[Item]) -> Opening:
    raw = await driver(connection)
    occasions = await raw.fetch(
        "select category, code from visit_occasion where category is not null"
    )
    areas = await raw.fetch(
        "select distinct household_id, area_code from household_link "
        "where household_id = any($1::uuid[]) and until_on is null",
        [item.body.household_id for item in items],
    )
    return Opening(
        {row[0]: row[1] for row in occasions},
        {row[0]: row[1] for row in areas},
        await rules(connection),
    )


async def standing(connection: AsyncConnection, items: Sequence[Item]) -> Standing:
    rows = await (await driver(connection)).fetch(STANDING, [item.id for item in items])
    return {row[0]: row[1] for row in rows}
