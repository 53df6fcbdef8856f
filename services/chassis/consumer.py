"""Subscriptions: events of other services become operations of this one.

The answer kept under the event's id makes each consequence happen once, however often the event is read.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from services.chassis import metrics
from services.chassis.database import Database, driver
from services.chassis.decision import Result
from services.chassis.errors import Refusal, Unavailable, reason_of
from services.chassis.eventlog.port import StoredRecord
from services.chassis.identity.caller import job
from services.chassis.operation import Item
from services.chassis.reader import (
    TRANSIENT,
    Dead,
    behind_a_dead_letter,
    move,
    put_aside,
)
from services.chassis.unit import Unit
from services.contracts.event import Event
from services.contracts.registry import read

log = structlog.get_logger()
Planned = tuple[StoredRecord, Item]


class Cause(NamedTuple):
    """Where an event comes from: its own id, to be the item's key, and its aggregate's."""

    key: str
    aggregate_id: UUID


Consequence = Callable[[Any, Cause], Item | Sequence[Item] | None]
"""(event, cause) → what to do about it: all of it in one transaction."""
Subscriptions = Mapping[type[Event], Consequence]


class OneByOne(Exception):
    """A record was refused and others of its aggregate follow in the same run: they must wait behind it."""


class Subscriber:
    """Settles batches of records by running the consequences of their events as one transaction."""

    def __init__(
        self, service: str, subscriptions: Subscriptions, database: Database, unit: Unit
    ) -> None:
        self.name, self.subscriptions = f"{service}-subscriptions", subscriptions
        self.database, self.unit, self.caller = database, unit, job(service)
        self.topics = {topic for event in subscriptions for topic in event.topics()}

    async def settle(self, records: Sequence[StoredRecord]) -> None:
        try:
            await self._settle(records)
        except Exception as error:
            single = len(records) == 1
            if isinstance(error, TRANSIENT) and (single or not isinstance(error, Unavailable)):
                raise
            if single:
                await self._run([], [Dead(records[0], reason_of(error))], records)
                return
            for record in records:
                await self.settle([record])

    async def _settle(self, records: Sequence[StoredRecord]) -> None:
        async with self.database.connection() as connection:
            stopped = await behind_a_dead_letter(await driver(connection), self.name)
        planned: list[Planned] = []
        dead: list[Dead] = []
        for record in records:
            source = (record.partition.topic, record.key)
            try:
                items = self.consequences(record)
            except ValueError as error:
                dead.append(Dead(record, reason_of(error)))
                stopped.add(source)
                continue
            if items and source in stopped:
                dead.append(Dead(record, "waits behind an earlier dead letter of its aggregate"))
            else:
                planned += [(record, item) for item in items]
        await self._run(planned, dead, records)

    async def _run(
        self, planned: Sequence[Planned], dead: Sequence[Dead], records: Sequence[StoredRecord]
    ) -> None:
        async def also(connection: AsyncConnection, results: Sequence[Result]) -> None:
            refused = _refused(planned, results)
            raw = await driver(connection)
            await put_aside(raw, self.name, [*dead, *refused])
            await move(raw, self.name, records)

        await self.unit.run([item for _, item in planned], self.caller, also=also)

    def consequences(self, record: StoredRecord) -> Sequence[Item]:
        """What the record asks for, if anything; `ValueError` where it is not what it says it is."""
        headers: Mapping[str, bytes] = dict(record.headers)
        event = read(headers, record.value)
        if event is None:
            metrics.INCIDENTS.labels("unknown_event_type").inc()
            return ()
        if (plan := self.subscriptions.get(type(event))) is None:
            return ()
        cause = Cause(headers.get("ce_id", b"").decode(), UUID(record.key.decode()))
        if not cause.key:
            raise ValueError("an event without ce_id")
        told = plan(event, cause)
        return [told] if isinstance(told, Item) else told or ()


def _refused(planned: Sequence[Planned], results: Sequence[Result]) -> list[Dead]:
    """Refusals are final here: trying again would meet the same rule."""
    dead, stopped = list[Dead](), set[tuple[str, bytes]]()
    for (record, item), result in zip(planned, results, strict=True):
        if isinstance(result, Unavailable):
            raise result
        source = (record.partition.topic, record.key)
        if dead and dead[-1].record is record:
            continue
        if source in stopped:
            raise OneByOne
        if isinstance(result, Refusal):
            reason = f"{item.operation.name} refused: {result.code}: {result.en}"
            dead.append(Dead(record, reason))
            stopped.add(source)
    return dead
