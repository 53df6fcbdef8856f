"""Who sees which tasks, and what operations must know besides their row."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from services.chassis.database import Database, driver
from services.chassis.errors import NotFound, Refusal
from services.chassis.identity.caller import Caller
from services.chassis.operation import Item, Noun
from services.chassis.unit import load_rows
from services.grid.areas.rules import Validity
from services.grid.campaigns.queries import concerning
from services.grid.policy import OFFICES, VILLAGE
from services.grid.sight import own_or_of_area
from services.grid.tasks.models import AdmissionItem, FormField, TaskItem, TaskOrder
from services.grid.tasks.rules import (
    NotTheirs,
    Status,
    Step,
)
from services.grid.tasks.schemas import AdmissionOut, ItemOut, OrderOut

ADMITTING = 0x4A44_0204
OF_THE_DOER = {Step.READ, Step.START, Step.SUBMIT}


def orders_of(caller: Caller) -> ColumnElement[bool]:
    """Those of one's areas and of the areas that these lie in: a village sees what its township asks."""
    return concerning(col(TaskOrder.area_code), caller)


def items_of(caller: Caller) -> ColumnElement[bool]:
    """Those of one's areas, and those for which one is named."""
    named = col(TaskItem.subject) == caller.subject
    return own_or_of_area(caller, named, col(TaskItem.area_code))


def require_theirs(caller: Caller, item: TaskItem, step: Step) -> None:
    """Whoever is named does it; where nobody is, the people of the place. Leaders and offices may for them."""
    leads = caller.covers(item.area_code) and caller.roles & (OFFICES | VILLAGE)
    free = item.subject is None and caller.covers(item.area_code)
    if step in OF_THE_DOER and not (caller.subject == item.subject or free or leads):
        raise NotTheirs
    if step not in OF_THE_DOER and not caller.covers(item.area_code):
        raise NotTheirs


def _shown(item: TaskItem, caller: Caller, allowed: list[str]) -> ItemOut:
    steps = {operation.name: operation.step for operation in ITEMS.operations}
    return ItemOut.of(item, [name for name in allowed if _may(caller, item, steps[name])])


def _may(caller: Caller, item: TaskItem, step: Step) -> bool:
    try:
        require_theirs(caller, item, step)
    except Refusal:
        return False
    return True


ADMISSIONS: Noun[AdmissionItem] = Noun(
    "admission_item",
    AdmissionItem,
    lambda caller: concerning(col(AdmissionItem.area_code), caller),
    lambda row, caller, allowed: AdmissionOut.of(
        row, allowed if caller.covers(row.area_code) else []
    ),
)
ORDERS: Noun[TaskOrder] = Noun(
    "task_order",
    TaskOrder,
    orders_of,
    lambda order, caller, allowed: OrderOut.of(
        order, allowed if caller.covers(order.area_code) else []
    ),
)
ITEMS: Noun[TaskItem] = Noun("task_item", TaskItem, items_of, _shown)


def on(day: date | None) -> ColumnElement[bool] | None:
    """What stands on the list on `day`."""
    if day is None:
        return None
    end = col(AdmissionItem.valid_to)
    return (col(AdmissionItem.valid_from) <= day) & or_(end.is_(None), end > day)


def matching(
    status: list[Status] | None, order: UUID | None, expired: bool | None
) -> list[ColumnElement[bool] | None]:
    """The filters of a list; None where one was not asked for. `expired`: the deadline passed before it was submitted,
    and it is not accepted yet."""
    late = col(TaskItem.expired_at).is_not(None) & (col(TaskItem.status) != Status.ACCEPTED)
    return [
        col(TaskItem.status).in_(status) if status else None,
        col(TaskItem.order_id) == order if order else None,
        None if expired is None else late if expired else ~late,
    ]


async def admitted(connection: AsyncConnection, items: Sequence[Item]) -> Validity:
    """When each code named stands on the list of its area; nobody else changes it meanwhile."""
    raw = await driver(connection)
    await raw.execute("select pg_advisory_xact_lock($1)", ADMITTING)
    rows = await raw.fetch(
        "select code, area_code, valid_from, valid_to from admission_item where code = any($1::text[])",
        [*{item.body.code for item in items}],
    )
    return Validity((f"{code} {area}", start, end) for code, area, start, end in map(tuple, rows))


async def forms(connection: AsyncConnection, items: Sequence[Item]) -> dict[UUID, list[FormField]]:
    """The form of each item."""
    joined = col(TaskItem.order_id) == col(TaskOrder.id)
    wanted = col(TaskItem.id).in_([item.id for item in items])
    asked = select(col(TaskItem.id), col(TaskOrder.form)).join(TaskOrder, joined).where(wanted)
    return {row[0]: row[1] for row in await connection.execute(asked)}


async def parts(database: Database, caller: Caller, order: UUID) -> int:
    """How many targets a task has that the caller may see."""
    statement = select(TaskOrder).where(col(TaskOrder.id) == order, orders_of(caller))
    async with database.statements() as connection:
        found = (await connection.run_sync(load_rows, statement)).get(order)
    if found is None:
        raise NotFound
    return len(found.targets)
