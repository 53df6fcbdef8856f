from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from time import monotonic

from services.chassis.eventlog.port import (
    PARTITIONS,
    EventLog,
    Partition,
    Reader,
    Record,
    StoredRecord,
)


def make_record(
    topic: str,
    value: bytes | None = b"{}",
    *,
    partition: int = 0,
    key: bytes = b"key",
    headers: tuple[tuple[str, bytes], ...] = (),
) -> Record:
    return Record(Partition(topic, partition), key, headers, value)


def from_the_start(topic: str) -> dict[Partition, int]:
    return {Partition(topic, number): 0 for number in range(PARTITIONS)}


async def read(reader: Reader, count: int, seconds: float = 20) -> list[StoredRecord]:
    """Exactly `count` records; fewer within the time fail, more do not come in the same poll."""
    records: list[StoredRecord] = []
    deadline = monotonic() + seconds
    while len(records) < count:
        left = deadline - monotonic()
        assert left > 0, f"only {len(records)} of {count} records came"
        records += await reader.poll(count - len(records), left)
    return records


async def read_all(
    log: EventLog, positions: Mapping[Partition, int], count: int
) -> list[StoredRecord]:
    reader = log.reader()
    await reader.assign(positions)
    try:
        return await read(reader, count)
    finally:
        await reader.close()


def by_partition(records: Iterable[StoredRecord]) -> dict[Partition, list[StoredRecord]]:
    parts = defaultdict(list)
    for record in records:
        parts[record.partition].append(record)
    return parts


def values(records: Sequence[Record]) -> list[bytes | None]:
    return [record.value for record in records]


def first_occurrences(records: Iterable[Record]) -> list[bytes | None]:
    return list(dict.fromkeys(record.value for record in records))
