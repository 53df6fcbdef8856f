import asyncio
from collections import deque
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import asyncpg

from services.chassis.eventlog.embedded.batch import topic_numbers
from services.chassis.eventlog.embedded.database import Database
from services.chassis.eventlog.embedded.headers import unpack
from services.chassis.eventlog.port import OffsetOutOfRange, Partition, StoredRecord

POLL_SECONDS = 0.2

# A partition gives its next records, or one row without a record where its position is not in the log.
READ = """
SELECT p.place, h.start_offset, h.next_offset, r."offset", r.key, r.headers, r.value
FROM unnest($1::int[], $2::smallint[], $3::bigint[])
    WITH ORDINALITY p(topic, partition, wanted, place)
LEFT JOIN heads h USING (topic, partition)
LEFT JOIN LATERAL (
    SELECT * FROM records r
    WHERE r.topic = p.topic AND r.partition = p.partition AND r."offset" >= p.wanted
        AND p.wanted BETWEEN h.start_offset AND h.next_offset - 1
    ORDER BY r."offset" LIMIT $4
) r ON true
WHERE r."offset" IS NOT NULL
    OR (p.wanted BETWEEN h.start_offset AND h.next_offset) IS NOT TRUE
LIMIT $4
"""


class Position(NamedTuple):
    partition: Partition
    topic: int
    wanted: int


class EmbeddedReader:
    """Implements `Reader`. Notifications only shorten the wait: what is read comes from polling."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._positions: deque[Position] = deque()
        self._topics: frozenset[int] = frozenset()
        self._appended = asyncio.Event()

    async def assign(self, positions: Mapping[Partition, int]) -> None:
        async with self._database.connection() as connection:
            numbers = await topic_numbers(connection, {p.topic for p in positions})
        self._positions = deque(
            Position(partition, numbers[partition.topic], wanted)
            for partition, wanted in positions.items()
        )
        self._topics = frozenset(numbers.values())

    async def poll(self, max_records: int, wait: float) -> Sequence[StoredRecord]:
        clock = asyncio.get_running_loop().time
        deadline = clock() + wait
        while True:
            self._appended.clear()
            records = await self._read(max_records) if self._positions else []
            left = deadline - clock()
            if records or left <= 0:
                return records
            await self._doze(min(left, POLL_SECONDS))

    async def close(self) -> None:
        self._positions.clear()
        self._topics = frozenset()

    def wake(self, topics: set[int] | None) -> None:
        if topics is None or not self._topics.isdisjoint(topics):
            self._appended.set()

    async def _doze(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._appended.wait()
        except TimeoutError:
            pass

    async def _read(self, max_records: int) -> list[StoredRecord]:
        positions = tuple(self._positions)
        async with self._database.connection() as connection:
            rows = await connection.fetch(
                READ,
                [position.topic for position in positions],
                [position.partition.number for position in positions],
                [position.wanted for position in positions],
                max_records,
            )
        records = [_stored(positions[row["place"] - 1], row) for row in rows]
        self._advance(positions, records)
        return records

    def _advance(self, positions: Sequence[Position], records: Sequence[StoredRecord]) -> None:
        next_offsets = {record.partition: record.offset + 1 for record in records}
        self._positions = deque(
            position._replace(wanted=next_offsets.get(position.partition, position.wanted))
            for position in positions
        )
        # The limit of a poll fills from the front, so each partition is in front in turn.
        self._positions.rotate(-1)


def _stored(position: Position, row: asyncpg.Record) -> StoredRecord:
    if row["offset"] is None:
        raise OffsetOutOfRange(
            position.partition, position.wanted, row["start_offset"] or 0, row["next_offset"] or 0
        )
    return StoredRecord(
        position.partition, row["key"], unpack(row["headers"]), row["value"], row["offset"]
    )
