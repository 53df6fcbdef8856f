"""Turns passed deadlines into operations. Any number may run; one works at a time.

Each clock fires once, with `occurred_at` = its due time, also after downtime: the operation rechecks the
clock under the aggregate's lock.
"""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import structlog
from sqlalchemy.exc import SQLAlchemyError

from services.chassis import metrics
from services.chassis.database import Database, driver
from services.chassis.decision import Receipt
from services.chassis.errors import Unavailable
from services.chassis.identity.caller import job
from services.chassis.operation import Body, Item, Operation
from services.chassis.unit import Unit

log = structlog.get_logger()
LOCK = 0x4A44_0002
BATCH = 500

PASSED = """
    select aggregate_id, kind, noun, due_at from clock
    where due_at <= $1 and stopped_at is null and fired_at is null and held_by is null
    order by due_at, aggregate_id limit $2"""


class Passed(Body):
    """The clock `kind` has run out; `occurred_at` is when."""

    kind: str


class Sweeper:
    """`overdue` names, per noun, the operation that records a passed deadline."""

    def __init__(
        self, database: Database, unit: Unit, overdue: Mapping[str, Operation], seconds: float
    ) -> None:
        self.database, self.unit, self.overdue, self.seconds = database, unit, overdue, seconds

    async def run(self) -> None:
        while True:
            try:
                while await self.sweep(datetime.now(UTC)):
                    pass
            except (OSError, SQLAlchemyError, Unavailable) as error:
                log.warning("sweep_interrupted", reason=repr(error)[:300])
            await asyncio.sleep(self.seconds)

    async def sweep(self, now: datetime) -> bool:
        """Fire what is due at `now`; whether there may be more."""
        async with self.database.transaction() as connection:
            raw = await driver(connection)
            if not await raw.fetchval("select pg_try_advisory_xact_lock($1)", LOCK):
                return False
            rows = await raw.fetch(PASSED, now, BATCH)
            metrics.CLOCKS_OVERDUE.set(len(rows))
            items = [item for row in rows if (item := self._item(row))]
            results = await self.unit.run(items, job("clock"), at=now) if items else []
        fired = sum(isinstance(result, Receipt) for result in results)
        metrics.CLOCKS_FIRED.labels("all").inc(fired)
        return fired == BATCH

    def _item(self, row: Any) -> Item | None:
        operation = self.overdue.get(row["noun"])
        if operation is None:
            return None
        body = Passed(kind=row["kind"], occurred_at=row["due_at"])
        key = f"{row['aggregate_id']}:{row['kind']}:{row['due_at'].isoformat()}"
        return Item(operation, row["aggregate_id"], body, key)
