"""The archive: every record as it was read, in monthly partitions."""

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any, NamedTuple

from services.chassis.database import Database, DriverConnection, as_json, driver
from services.chassis.eventlog.port import Partition, StoredRecord
from services.chassis.reader import BATCH, readable
from services.contracts.event import Event
from services.gateway.projections.records import NAME


async def keep(
    connection: DriverConnection, records: Sequence[tuple[StoredRecord, Event | None]]
) -> None:
    """Keep every record as read, of the log that is read now; what its event says of place and time, where
    it is one."""
    at = await places(connection, list({record.partition.topic for record, _ in records}))
    now = datetime.now(UTC)
    rows = [(at[record.partition].log, *_row(record, event, now)) for record, event in records]
    await connection.copy_records_to_table("archive", records=rows, columns=COLUMNS)


COLUMNS = (
    *("log_identity", "topic", "partition", "offset", "read_at", "key", "headers", "value"),
    *("type", "area_code", "correlation_id", "occurred_at"),
)


def _row(record: StoredRecord, event: Event | None, now: datetime) -> tuple[Any, ...]:
    headers = readable(record.headers)
    read = record.offset, now, record.key, as_json(headers), record.value
    told = (event.area_code, event.correlation_id, event.occurred_at) if event else (None,) * 3
    return *record.partition, *read, headers.get("ce_type"), *told


async def prepare(database: Database, today: date) -> None:
    """Make this month's and the next month's partition, if they are missing.

    In a transaction of its own: one that were rolled back later would leave the month's first records in
    the default partition, beside which the month's own could never be made.
    """
    async with database.transaction() as connection:
        raw = await driver(connection)
        for first in (today.replace(day=1), _next_month(today)):
            await raw.execute("select archive_month($1)", first)


def _next_month(day: date) -> date:
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)


BEGINNING = datetime.min.replace(tzinfo=UTC)


class Place(NamedTuple):
    """Of a partition: the log that is read, and the next offset."""

    log: str
    offset: int


Places = Mapping[Partition, Place]


async def places(connection: DriverConnection, topics: Sequence[str]) -> dict[Partition, Place]:
    """Up to where the archive holds each partition now."""
    rows = await connection.fetch(
        "select topic, partition, log_identity, next_offset from consumer_offset "
        "where consumer = $1 and topic = any($2::text[]) order by topic, partition",
        NAME,
        topics,
    )
    return {Partition(topic, number): Place(*place) for topic, number, *place in rows}


async def replaced(
    connection: DriverConnection, topics: Sequence[str]
) -> list[tuple[Partition, Place]]:
    """Where each partition ended in logs that were replaced, in the order in which they were read."""
    rows = await connection.fetch(
        'select a.topic, a.partition, a.log_identity, max(a."offset") + 1 from archive a '
        "left join consumer_offset o on o.consumer = $1 "
        "and (o.topic, o.partition, o.log_identity) = (a.topic, a.partition, a.log_identity) "
        "where a.topic = any($2::text[]) and o.topic is null group by 1, 2, 3 order by min(a.read_at)",
        NAME,
        topics,
    )
    return [(Partition(topic, number), Place(*place)) for topic, number, *place in rows]


async def between(
    connection: DriverConnection, since: Places, until: Places
) -> AsyncIterator[list[StoredRecord]]:
    """What was archived from `since` up to before `until`, partition by partition in the order of offsets. An
    offset may be there twice, when an operator has let it be read again."""
    batch: list[StoredRecord] = []
    for partition, (log, end) in until.items():
        start = (since[partition].offset if partition in since else 0), BEGINNING
        while rows := await connection.fetch(
            'select key, headers::text, value, "offset", read_at from archive where topic = $1 '
            'and partition = $2 and log_identity = $3 and ("offset", read_at) > ($4, $5) '
            'and "offset" < $6 order by "offset", read_at limit $7',
            *partition,
            log,
            *start,
            end,
            BATCH - len(batch),
        ):
            batch += [_as_read(partition, row) for row in rows]
            start = rows[-1]["offset"], rows[-1]["read_at"]
            if len(batch) == BATCH:
                yield batch
                batch = []
    if batch:
        yield batch


def _as_read(partition: Partition, row: Any) -> StoredRecord:
    headers = tuple((name, value.encode()) for name, value in json.loads(row["headers"]).items())
    return StoredRecord(partition, row["key"], headers, row["value"], row["offset"])
