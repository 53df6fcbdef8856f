"""The event log as the services see it. `embedded` and `kafka` implement it; one specification
(`tests/chassis/eventlog`) holds for both.

Promises: offsets of a partition are gapless 0, 1, 2 … in the order of acknowledgement, and a reader
never sees offset n+1 before n. Repeats are possible (at least once); losing an acknowledged record is not.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from struct import iter_unpack
from typing import NamedTuple, Protocol

PARTITIONS = 12
RETENTION_DAYS = 30
MAX_RECORD_BYTES = 900_000


class Partition(NamedTuple):
    topic: str
    number: int


@dataclass(frozen=True, slots=True)
class Record:
    """What is appended. `headers` keep their order; `value` None is a tombstone."""

    partition: Partition
    key: bytes
    headers: tuple[tuple[str, bytes], ...]
    value: bytes | None


@dataclass(frozen=True, slots=True)
class StoredRecord(Record):
    offset: int


class RecordRefused(Exception):
    """The log will never take record `index` of the batch (too large, malformed).

    Records before it were acknowledged; those after it were not sent.
    """

    def __init__(self, index: int, reason: str) -> None:
        super().__init__(reason)
        self.index, self.reason = index, reason


class LogUnavailable(Exception):
    """The log cannot be reached now; the same call may succeed later. Nothing may be assumed of what was
    sent: unacknowledged records may still appear."""


class TopicMissing(LogUnavailable):
    """The topic has not been created yet (`jinding topics` creates it)."""


class OffsetOutOfRange(Exception):
    """Records between `wanted` and `start` of `partition` have been deleted by retention, or the log is another one."""

    def __init__(self, partition: Partition, wanted: int, start: int, end: int) -> None:
        super().__init__(f"{partition}: wanted {wanted}, the log holds {start}..{end}")
        self.partition, self.wanted, self.start, self.end = partition, wanted, start, end


class Reader(Protocol):
    """Reads chosen partitions from chosen offsets. No consumer group: the caller owns its positions."""

    async def assign(self, positions: Mapping[Partition, int]) -> None:
        """Read exactly these partitions from now on, each from the offset given (the next to read)."""

    async def poll(self, max_records: int, wait: float) -> Sequence[StoredRecord]:
        """Up to `max_records` next records, waiting at most `wait` seconds for the first one."""

    async def close(self) -> None: ...


class EventLog(Protocol):
    async def start(self) -> None:
        """Make ready to be used. Never fails for want of the log: that shows in the calls."""

    async def stop(self) -> None:
        """Let go of everything, in bounded time, whatever state the log is in."""

    async def identity(self, topic: str) -> str:
        """Name of this very topic of this very log; another one after either was rebuilt."""

    async def create_topics(self, topics: Iterable[str]) -> list[str]:
        """Create those that are missing, with `PARTITIONS` and `RETENTION_DAYS`; returns the created ones."""

    async def append(self, records: Sequence[Record]) -> None:
        """All acknowledged in order when this returns; see `RecordRefused` and `LogUnavailable`."""

    async def ends(self, topics: Iterable[str]) -> dict[Partition, int]:
        """The next offset of every partition."""

    async def expire(self) -> int:
        """Delete what is older than `RETENTION_DAYS`, unless the log does so itself; how many records."""

    def reader(self) -> Reader: ...


def partition_of(key: bytes, partitions: int = PARTITIONS) -> int:
    """The partition every Kafka client of the Java kind would choose: positive murmur2 of the key."""
    return (_murmur2(key) & 0x7FFFFFFF) % partitions


def _murmur2(key: bytes) -> int:
    """32 bits, as Kafka's Java client hashes keys. aiokafka's own comes with all of aiokafka (3 MB a process)."""
    factor, mask, whole = 0x5BD1E995, 0xFFFFFFFF, len(key) & ~3
    mixed = 0x9747B28C ^ len(key)
    for (word,) in iter_unpack("<I", key[:whole]):
        spread = word * factor & mask
        mixed = (mixed * factor ^ (spread ^ spread >> 24) * factor) & mask
    if rest := key[whole:]:
        mixed = (mixed ^ int.from_bytes(rest, "little")) * factor & mask
    mixed = (mixed ^ mixed >> 13) * factor & mask
    return mixed ^ mixed >> 15
