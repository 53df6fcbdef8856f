"""What new tasks and their parts must know: the list, the places and people that they name, and their series."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from services.chassis.database import driver
from services.chassis.decision import AlreadyExists
from services.chassis.identity.caller import Caller
from services.chassis.operation import Item
from services.chassis.unit import load_rows
from services.contracts.codes_tasks import TargetKind
from services.grid.areas import queries as areas
from services.grid.areas.rules import Validity
from services.grid.tasks.models import Target, TaskOrder
from services.grid.tasks.rules import (
    Admitted,
    OrderUnknown,
    RoundIssued,
    TargetNotThere,
    TargetNotYours,
    TargetUnknown,
)
from services.grid.turns import of_run


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
