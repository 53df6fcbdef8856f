"""Reads what is left when all is done, from the databases and from the log, as plain values."""

import importlib
import json
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from datetime import datetime
from hashlib import blake2b
from typing import Any

import asyncpg

from jinding.processes import SERVICES
from services.chassis.eventlog.port import EventLog, Partition, StoredRecord
from services.chassis.operation import Noun
from services.chassis.reader import readable
from services.contracts.grid import ReportFact
from services.contracts.registry import by_type
from services.contracts.topics import TOPICS as EVERY_TOPIC
from services.gateway.projections.registry import ALL
from tests.chaos.checks.consequences import UNSAFE
from tests.chaos.checks.facts import (
    GATEWAY,
    Answer,
    Archived,
    Case,
    Change,
    Clock,
    Hazard,
    Letter,
    Place,
    Record,
    Report,
    Row,
)
from tests.chaos.faults.poison import MARK
from tests.chaos.system import RECORDS, System
from tests.chaos.topics import TOPICS

OVERDUE = {
    "jinding.grid.report.overdue.v1": None,
    "jinding.grid.errand.overdue.v1": "promise",
    "jinding.grid.task_item.expired.v1": "due",
    "jinding.grid.task_item.reminded.v1": "remind",
    "jinding.disputes.case.overdue.v1": None,
    "jinding.inspection.hazard.overdue.v1": "rectify",
    "jinding.training.certificate.expired.v1": "expiry",
}
"""Events that say a deadline has passed; of which clock, unless the body tells."""
REPORTS = ("disputes-subscriptions", "inspection-subscriptions", "grid-subscriptions")
SUBSCRIBERS = {
    **dict.fromkeys(ReportFact.topics(), REPORTS),
    "jinding.grid.visit.v1": ("grid-subscriptions",),
    "jinding.grid.duty_week.v1": ("grid-subscriptions",),
    "jinding.grid.task_order.v1": ("grid-subscriptions",),
    "jinding.disputes.case.v1": ("grid-subscriptions",),
}
READERS = {topic: frozenset({GATEWAY, *SUBSCRIBERS.get(topic, ())}) for topic in TOPICS}
CARDS = """
    select noun, id::text, (coalesce(data ->> 'told_apart', 'false') = 'true')::int, version from card"""
BATCH = 1000


def digest(key: bytes, headers: Iterable[tuple[str, bytes]], value: bytes | None) -> bytes:
    """Of every byte, so that two records are alike only if they are the same."""
    return blake2b(repr((key, tuple(headers), value)).encode(), digest_size=16).digest()


def _readable_digest(key: bytes, headers: Mapping[str, str], value: bytes | None) -> bytes:
    return digest(key, ((name, told.encode()) for name, told in sorted(headers.items())), value)


class Evidence:
    """Each question is one way through one table, or through the log."""

    def __init__(self, system: System) -> None:
        self.system = system

    async def answers(self) -> list[Answer]:
        statement = """select subject, operation, key, aggregate_id::text, number, version, status
            from answer"""
        found = []
        for service in RECORDS:
            of = {told.name: noun.name for noun in _nouns(service) for told in noun.operations}
            async for row in self._rows(service, statement):
                found.append(Answer(service, of[row["operation"]], *row))
        return found

    async def rows(self) -> list[Row]:
        found = []
        for service in RECORDS:
            for noun in _nouns(service):
                columns = noun.model.model_fields
                told = [name if name in columns else "null" for name in ("status", "number")]
                statement = f"""select id::text, version, {", ".join(told)}
                    from {noun.model.__table__.fullname} """
                found += [Row(service, noun.name, *r) async for r in self._rows(service, statement)]
        return found

    async def changes(self) -> list[Change]:
        statement = """select topic, partition, aggregate_id::text, version, headers::text, body,
            u.id is null, parked is not null from outbox o left join unpublished u using (lane, id)
            where topic not like '%.audit.v1' order by o.id"""
        return [_change(*row) for s in RECORDS async for row in self._rows(s, statement)]

    async def records(self) -> list[Record]:
        """The log from offset 0 to its present ends, each partition in order."""
        found = [_record(record) async for record in _whole(self.system.log)]
        return sorted(found, key=lambda record: record[:3])

    async def archive(self) -> list[Archived]:
        statement = 'select topic, partition, "offset", key, headers::text, value from archive'
        return [
            Archived(row[0], row[1], row[2], _readable_digest(row[3], json.loads(row[4]), row[5]))
            async for row in self._rows("gateway", statement)
        ]

    async def cards(self) -> dict[tuple[str, str], int]:
        """Versions, by topic and id."""
        topics = {projection.noun: projection.topics for projection in ALL}
        rows = self._rows("gateway", CARDS)
        return {(topics[noun][apart], id_): version async for noun, id_, apart, version in rows}

    async def letters(self) -> list[Letter]:
        statement = 'select consumer, topic, partition, "offset" from dead_letter'
        return [Letter(*row) for s in SERVICES async for row in self._rows(s, statement)]

    async def unsettled(self) -> int:
        statement = "select id from dead_letter where settled_at is null"
        return len([row for s in SERVICES async for row in self._rows(s, statement)])

    async def places(self) -> dict[Place, int]:
        statement = """select consumer, topic, partition, log_identity, next_offset
            from consumer_offset where consumer <> 'gateway-audit'"""
        rows = [(s, *row) for s in SERVICES async for row in self._rows(s, statement)]
        return {row[:5]: row[5] for row in rows}

    async def ends(self) -> dict[tuple[str, int], int]:
        ends = await self.system.log.ends(EVERY_TOPIC)
        return {(topic, number): end for (topic, number), end in ends.items()}

    async def clocks(self) -> list[Clock]:
        statement = """select noun, aggregate_id::text, kind, due_at, stopped_at, fired_at
            from clock"""
        return [Clock(*row) for s in RECORDS async for row in self._rows(s, statement)]

    async def reports(self) -> list[Report]:
        statement = """select id::text, category, status, enterprise_id::text,
            accepted_at is not null, cancelled_at is not null from report"""
        return [Report(*row) async for row in self._rows("grid", statement)]

    async def cases(self) -> list[Case]:
        statement = "select id::text, report_id::text, status from dispute_case"
        return [Case(*row) async for row in self._rows("disputes", statement)]

    async def hazards(self) -> list[Hazard]:
        statement = "select id::text, report_id::text from hazard"
        return [Hazard(*row) async for row in self._rows("inspection", statement)]

    async def _rows(self, database: str, statement: str) -> AsyncIterator[asyncpg.Record]:
        async with self.system.direct(database) as connection, connection.transaction():
            async for row in connection.cursor(statement, prefetch=2000):
                yield row


def _nouns(service: str) -> list[Noun[Any]]:
    return list(importlib.import_module(f"services.{service}.main").DEFINITION.nouns)


def _change(
    topic: str,
    partition: int,
    id_: str,
    version: int,
    headers: str,
    body: bytes,
    published: bool,
    parked: bool,
) -> Change:
    told = json.loads(headers)
    type_ = told["ce_type"]
    whole = digest(id_.encode(), [(k, v.encode()) for k, v in sorted(told.items())], body)
    clock, occurred_at = None, None
    if type_ in OVERDUE:
        fact = json.loads(body)
        clock = OVERDUE[type_] or fact["clock"]
        occurred_at = datetime.fromisoformat(fact["occurred_at"])
    return Change(
        topic, partition, id_, version, type_, whole, published, parked, clock, occurred_at
    )


def _record(record: StoredRecord) -> Record:
    headers = dict(record.headers)
    poison = headers.get(MARK)
    version = headers.get("ce_aggregateversion", b"")
    whole = digest(record.key, record.headers, record.value)
    kept = _readable_digest(record.key, readable(record.headers), record.value)
    return Record(
        record.partition.topic,
        record.partition.number,
        record.offset,
        record.key.decode("utf-8", "replace"),
        int(version) if version.isdigit() else None,
        whole,
        kept,
        poison.decode() if poison else None,
        frozenset() if poison else asked(headers, record.value),
    )


def asked(headers: Mapping[str, bytes], value: bytes | None) -> frozenset[str]:
    """Which readers have something to do about an event: the gateway always has."""
    type_ = headers.get("ce_type", b"").decode("utf-8", "replace")
    if value is None or type_ not in by_type():
        return frozenset()
    found = {GATEWAY}
    if type_ == "jinding.grid.report.reported.v1" and json.loads(value)["household_id"]:
        found.add("grid-subscriptions")
    if type_ == "jinding.grid.visit.changed.v1":
        found.add("grid-subscriptions")
    if type_ in ("jinding.grid.report.accepted.v1", "jinding.grid.report.cancelled.v1"):
        fact = json.loads(value)
        accepted = type_.endswith("accepted.v1")
        if fact["category"] == "DISPUTE":
            found.add("disputes-subscriptions")
        if accepted and fact["enterprise_id"] and fact["category"] in UNSAFE:
            found.add("inspection-subscriptions")
    if type_ == "jinding.disputes.case.closed.v1" and json.loads(value)["report_id"]:
        found.add("grid-subscriptions")
    return frozenset(found)


async def _whole(log: EventLog) -> AsyncIterator[StoredRecord]:
    ends = await log.ends(TOPICS)
    left = {place: end for place, end in ends.items() if end}
    async with _reading(log, left) as reader:
        while left:
            for record in await reader.poll(BATCH, 1.0):
                if record.partition in left:
                    yield record
                if record.offset + 1 >= left.get(record.partition, 0):
                    left.pop(record.partition, None)


@asynccontextmanager
async def _reading(log: EventLog, places: Iterable[Partition]) -> AsyncIterator[Any]:
    reader = log.reader()
    try:
        await reader.assign(dict.fromkeys(places, 0))
        yield reader
    finally:
        await reader.close()
