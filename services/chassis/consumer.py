"""Subscriptions: events of other services become operations of this one.

The answer kept under the event's id makes each consequence happen once, however often the event is read.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from services.chassis import metrics
from services.chassis.database import Database, driver
from services.chassis.decision import Result
from services.chassis.errors import Refusal, Unavailable
from services.chassis.eventlog.port import StoredRecord
from services.chassis.identity.caller import job
from services.chassis.operation import Item
from services.chassis.reader import Dead, behind_a_dead_letter, move, put_aside
from services.chassis.unit import Unit
from services.contracts.event import Event
from services.contracts.registry import read

log = structlog.get_logger()
Consequence = Callable[[Any, str], Item | None]
"""(event, key) → what to do about it; `key` is the event's id, to be the item's key."""
Subscriptions = Mapping[type[Event], Consequence]


class Subscriber:
    """Settles batches of records by running the consequences of their events as one transaction."""

    def __init__(
        self, service: str, subscriptions: Subscriptions, database: Database, unit: Unit
    ) -> None:
        self.name, self.subscriptions = f"{service}-subscriptions", subscriptions
        self.database, self.unit, self.caller = database, unit, job(service)
        self.topics = {event.topic for event in subscriptions}

    async def settle(self, records: Sequence[StoredRecord]) -> None:
        async with self.database.connection() as connection:
            stopped = await behind_a_dead_letter(await driver(connection), self.name)
        try:
            await self._settle(records, stopped)
        except Unavailable:
            if len(records) == 1:
                raise
            for record in records:
                await self._settle([record], stopped)

    async def _settle(
        self, records: Sequence[StoredRecord], stopped: set[tuple[str, bytes]]
    ) -> None:
        planned: list[tuple[StoredRecord, Item]] = []
        dead: list[Dead] = []
        for record in records:
            try:
                item = self.consequence(record)
            except ValueError as error:
                dead.append(Dead(record, f"{type(error).__name__}: {error}"))
                continue
            if item and (record.partition.topic, record.key) in stopped:
                dead.append(Dead(record, "waits behind an earlier dead letter of its aggregate"))
            elif item:
                planned.append((record, item))

        async def also(connection: AsyncConnection, results: Sequence[Result]) -> None:
            raw = await driver(connection)
            refused = _refused(planned, results)
            await put_aside(raw, self.name, dead + refused)
            await move(raw, self.name, records)

        await self.unit.run([item for _, item in planned], self.caller, also=also)

    def consequence(self, record: StoredRecord) -> Item | None:
        headers: Mapping[str, bytes] = dict(record.headers)
        event = read(headers, record.value)
        if event is None:
            metrics.INCIDENTS.labels("unknown_event_type").inc()
            return None
        plan = self.subscriptions.get(type(event))
        return plan(event, headers["ce_id"].decode()) if plan else None


def _refused(planned: Sequence[tuple[StoredRecord, Item]], results: Sequence[Result]) -> list[Dead]:
    """Refusals are final here: trying again would meet the same rule."""
    dead = []
    for (record, item), result in zip(planned, results, strict=True):
        if isinstance(result, Unavailable):
            raise result
        if isinstance(result, Refusal):
            reason = f"{item.operation.name} refused: {result.code}: {result.en}"
            dead.append(Dead(record, reason))
    return dead
