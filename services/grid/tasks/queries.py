"""Who sees which tasks, and what operations must know besides their row."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from services.chassis.database import Database, driver
from services.chassis.decision import AlreadyExists
from services.chassis.errors import NotFound, Refusal
from services.chassis.identity.caller import Caller
from services.chassis.operation import Item, Noun
from services.chassis.unit import load_rows
from services.contracts.codes_tasks import TargetKind
from services.grid.areas import queries as areas
from services.grid.areas.rules import Validity
from services.grid.campaigns.queries import concerning
from services.grid.policy import OFFICES, VILLAGE
from services.grid.sight import own_or_of_area
from services.grid.tasks.models import AdmissionItem, FormField, Target, TaskItem, TaskOrder
from services.grid.tasks.rules import (
    Admitted,
    NotTheirs,
    OrderUnknown,
    RoundIssued,
    Status,
    Step,
    TargetNotThere,
    TargetNotYours,
    TargetUnknown,
)
from services.grid.tasks.schemas import AdmissionOut, ItemOut, OrderOut
from services.grid.turns import of_run

ADMITTING = 0x4A44_0203
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


class Orders:
    """The tasks known to a run: those that it issues, too."""

    def __init__(self) -> None:
        self.known: dict[UUID, TaskOrder] = {}
        self.given: set[tuple[UUID, int]] = set()

    def require(self, id: UUID) -> TaskOrder:
        if id not in self.known:
            raise OrderUnknown
        return self.known[id]

    def target(self, id: UUID, place: int) -> Target:
        """The target at `place`, to which nothing was given yet."""
        targets = self.require(id).targets
        if place > len(targets):
            raise OrderUnknown
        if (id, place) in self.given:
            raise AlreadyExists
        self.given.add((id, place))
        return targets[place - 1]


@dataclass(frozen=True)
class Setting:
    """What a new task must know: the list, which areas are there, the task that it follows on."""

    admitted: Sequence[Admitted]
    areas: Validity
    orders: Orders
    rounds: set[tuple[UUID, int]] = field(default_factory=set)
    first: Mapping[UUID, datetime] = field(default_factory=dict)
    there: Set[tuple[str, UUID]] = frozenset()

    def require_targets(self, caller: Caller, targets: Sequence[Target], day: date) -> None:
        for place, target in enumerate(targets):
            if not caller.covers(target.area_code):
                raise TargetNotYours(place)
            if not self.areas.holds(target.area_code, day):
                raise TargetUnknown(place)
            if target.kind in KEPT_HERE and (target.kind, target.id) not in self.there:
                raise TargetNotThere(place)

    def require_next(self, order: TaskOrder) -> None:
        """Each round is issued once."""
        if self.is_followed(order):
            raise RoundIssued

    def first_due(self, order: TaskOrder) -> datetime:
        """When the first round of its series was due."""
        of_run = (o for o in self.orders.known.values() if o.series == order.series)
        return self.first.get(order.series) or min(of_run, key=lambda o: o.round).due_at

    def is_followed(self, order: TaskOrder) -> bool:
        return (order.series, order.round + 1) in self.rounds


KEPT_HERE = (TargetKind.MEMBER, TargetKind.HOUSEHOLD)
THERE = """
    select 'MEMBER', id from grid_member where id = any($1::uuid[])
    union all select 'HOUSEHOLD', id from household where id = any($1::uuid[])"""


async def setting(connection: AsyncConnection, items: Sequence[Item]) -> Setting:
    """Of new tasks, and of those that come again: their rounds, and the one that follows."""
    orders = await known_orders(
        connection,
        {getattr(i.body, "order_id", i.id) for i in items if not hasattr(i.body, "targets")},
    )
    bodies: list[Any] = [item.body for item in items if hasattr(item.body, "targets")]
    bodies += orders.known.values()
    raw = await driver(connection)
    entries = await raw.fetch(
        "select code, area_code, valid_from, valid_to from admission_item where code = any($1::text[])",
        [*{body.admission_item for body in bodies}],
    )
    series = [*{order.series for order in orders.known.values()}]
    rounds = await raw.fetch(
        "select series, round, due_at from task_order where series = any($1::uuid[])", series
    )
    targets = [target for body in bodies for target in body.targets]
    named = {target.area_code for target in targets}
    there = await raw.fetch(THERE, [target.id for target in targets if target.kind in KEPT_HERE])
    return Setting(
        [Admitted(*row) for row in map(tuple, entries)],
        await areas.validity(connection, named),
        orders,
        {(row[0], row[1]) for row in rounds},
        {row[0]: row[2] for row in rounds if row[1] == 1},
        {(row[0], row[1]) for row in there},
    )


async def given(connection: AsyncConnection, items: Sequence[Item]) -> Orders:
    """The tasks named, and which of their parts were given already."""
    return await known_orders(connection, {item.body.order_id for item in items})


async def known_orders(connection: AsyncConnection, named: set[UUID]) -> Orders:
    known = of_run(connection, Orders)
    ids = [*named - known.known.keys()]
    found = await connection.run_sync(
        load_rows, select(TaskOrder).where(col(TaskOrder.id).in_(ids))
    )
    known.known |= found
    raw = await driver(connection)
    rows = await raw.fetch(
        "select order_id, place from task_item where order_id = any($1::uuid[])", ids
    )
    known.given |= {(row[0], row[1]) for row in rows}
    return known


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
