from collections.abc import Iterable, Sequence
from datetime import timedelta
from weakref import WeakSet

import asyncpg
from asyncpg.pool import PoolConnectionProxy

from services.chassis.eventlog.batches import acceptable
from services.chassis.eventlog.embedded.batch import Batch, topic_numbers
from services.chassis.eventlog.embedded.database import CHANNEL, Database
from services.chassis.eventlog.embedded.reader import EmbeddedReader
from services.chassis.eventlog.port import (
    PARTITIONS,
    RETENTION_DAYS,
    Partition,
    Record,
    TopicMissing,
)

# One statement: the heads are locked in one order by all writers (no deadlock), a lock lasts until its
# offsets are visible (no gap in any reader's view), and a head that has vanished leaves a null offset,
# which the table refuses, rather than a record less.
APPEND = f"""
WITH locked AS MATERIALIZED (
    SELECT h.topic, h.partition, h.next_offset, c.added
    FROM heads h
    JOIN unnest($1::int[], $2::smallint[], $3::int[]) c(topic, partition, added)
        USING (topic, partition)
    ORDER BY h.topic, h.partition
    FOR UPDATE OF h
), moved AS (
    UPDATE heads h SET next_offset = l.next_offset + l.added
    FROM locked l WHERE h.topic = l.topic AND h.partition = l.partition
), appended AS (
    INSERT INTO records (topic, partition, "offset", key, headers, value)
    SELECT r.topic, r.partition, l.next_offset + r.place, r.key, r.headers, r.value
    FROM unnest($4::int[], $5::smallint[], $6::int[], $7::bytea[], $8::bytea[], $9::bytea[])
        r(topic, partition, place, key, headers, value)
    LEFT JOIN locked l USING (topic, partition)
)
SELECT pg_notify('{CHANNEL}', $10)
"""

CREATE_TOPICS = """
WITH created AS (
    INSERT INTO topics (name) SELECT DISTINCT unnest($1::text[])
    ON CONFLICT (name) DO NOTHING RETURNING topic, name
), headed AS (
    INSERT INTO heads (topic, partition)
    SELECT topic, partition FROM created, generate_series(0, $2::int - 1) partition
)
SELECT name FROM created
"""

ENDS = """
SELECT t.name, h.partition, h.next_offset FROM topics t JOIN heads h USING (topic)
WHERE t.name = ANY($1::text[]) ORDER BY t.name, h.partition
"""

EXPIRE = """
WITH oldest AS (
    SELECT r."offset", r.appended_at FROM heads h JOIN records r USING (topic, partition)
    WHERE topic = $1 AND partition = $2 AND r."offset" >= h.start_offset
    ORDER BY r."offset" LIMIT $4
), bound AS (
    SELECT coalesce(
        min("offset") FILTER (WHERE appended_at >= now() - $3::interval), max("offset") + 1
    ) AS first_kept FROM oldest
), expired AS (
    DELETE FROM records r USING bound b
    WHERE r.topic = $1 AND r.partition = $2 AND r."offset" < b.first_kept RETURNING 1
), moved AS (
    UPDATE heads h SET start_offset = b.first_kept FROM bound b
    WHERE h.topic = $1 AND h.partition = $2 AND b.first_kept > h.start_offset
)
SELECT count(*) FROM expired
"""

EXPIRE_CHUNK = 5_000


class EmbeddedLog:
    """Implements `EventLog`."""

    def __init__(self, url: str, *, connections: int = 4) -> None:
        self._database = Database(url, connections, self._wake)
        self._readers: WeakSet[EmbeddedReader] = WeakSet()
        self._topics: dict[str, int] = {}

    async def start(self) -> None:
        await self._database.start()

    async def stop(self) -> None:
        await self._database.stop()

    async def identity(self, topic: str) -> str:
        async with self._database.connection() as connection:
            found = await connection.fetchval(
                "SELECT log.id || '/' || topics.id FROM log, topics WHERE name = $1", topic
            )
        if found is None:
            raise TopicMissing(topic)
        return str(found)

    async def create_topics(self, topics: Iterable[str]) -> list[str]:
        wanted = list(dict.fromkeys(topics))
        async with self._database.connection() as connection:
            rows = await connection.fetch(CREATE_TOPICS, wanted, PARTITIONS)
        created = {row["name"] for row in rows}
        return [topic for topic in wanted if topic in created]

    async def append(self, records: Sequence[Record]) -> None:
        taken, refusal = acceptable(records)
        if taken:
            topics = {record.partition.topic for record in taken}
            async with self._database.connection() as connection:
                batch = Batch(taken, await self._numbers(connection, topics))
                await self._append(connection, batch)
        if refusal is not None:
            raise refusal

    async def _append(self, connection: PoolConnectionProxy, batch: Batch) -> None:
        try:
            await connection.fetchval(APPEND, *batch.columns())
        except (asyncpg.NotNullViolationError, asyncpg.ForeignKeyViolationError):
            self._topics.clear()
            raise TopicMissing("a topic was removed since it was looked up") from None

    async def ends(self, topics: Iterable[str]) -> dict[Partition, int]:
        wanted = set(topics)
        async with self._database.connection() as connection:
            rows = await connection.fetch(ENDS, list(wanted))
        ends = {Partition(name, number): end for name, number, end in rows}
        if missing := wanted - {partition.topic for partition in ends}:
            raise TopicMissing(", ".join(sorted(missing)))
        return ends

    def reader(self) -> EmbeddedReader:
        reader = EmbeddedReader(self._database)
        self._readers.add(reader)
        return reader

    async def expire(self, older_than: timedelta = timedelta(days=RETENTION_DAYS)) -> int:
        """A bounded chunk at a time. Offsets go on from where they were, also in a partition left empty."""
        async with self._database.connection() as connection:
            heads = await connection.fetch("SELECT topic, partition FROM heads")
            expired = 0
            for topic, partition in heads:
                chunk = EXPIRE_CHUNK
                while chunk == EXPIRE_CHUNK:
                    chunk = await connection.fetchval(
                        EXPIRE, topic, partition, older_than, EXPIRE_CHUNK
                    )
                    expired += chunk
        return expired

    async def _numbers(self, connection: PoolConnectionProxy, topics: set[str]) -> dict[str, int]:
        if unknown := topics - self._topics.keys():
            self._topics |= await topic_numbers(connection, unknown)
        return self._topics

    def _wake(self, topics: Iterable[int] | None) -> None:
        appended = None if topics is None else set(topics)
        for reader in self._readers:
            reader.wake(appended)
