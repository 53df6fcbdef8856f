import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.errors import KafkaError, OffsetOutOfRangeError

from services.chassis.eventlog.kafka.cluster import EARLIEST, Cluster
from services.chassis.eventlog.kafka.endings import Endings
from services.chassis.eventlog.port import (
    LogUnavailable,
    OffsetOutOfRange,
    Partition,
    StoredRecord,
)

SILENT_SECONDS = 5.0

# Every default of aiokafka that would lose or invent something is set here.
CONSUMER_OPTIONS: dict[str, Any] = {
    "group_id": None,
    "enable_auto_commit": False,
    "auto_offset_reset": "none",
    "isolation_level": "read_committed",
    "check_crcs": True,
    "fetch_max_wait_ms": 500,
    "max_partition_fetch_bytes": 1_048_588,
    "fetch_max_bytes": 16_000_000,
}


class KafkaReader:
    """Implements `Reader`. Keeps its own positions, so that any error may end the consumer."""

    def __init__(self, options: Mapping[str, Any], cluster: Cluster, endings: Endings) -> None:
        self._options, self._cluster, self._endings = options, cluster, endings
        self._positions: dict[Partition, int] = {}
        self._consumer: AIOKafkaConsumer | None = None
        self._answered = 0
        self._heard_at = 0.0

    async def assign(self, positions: Mapping[Partition, int]) -> None:
        await self._cluster.existing({partition.topic for partition in positions})
        self._positions = dict(positions)
        if self._consumer is not None:
            self._seek(self._consumer)

    async def poll(self, max_records: int, wait: float) -> Sequence[StoredRecord]:
        if not self._positions:
            await asyncio.sleep(wait)
            return ()
        try:
            return await self._poll(max_records, wait)
        except OffsetOutOfRangeError as error:
            (wanted,) = error.args
            raise await self._out_of_range(next(iter(wanted))) from error
        except (KafkaError, OSError) as error:
            await self.close()
            raise LogUnavailable(f"{type(error).__name__}: {error}") from error

    async def close(self) -> None:
        consumer, self._consumer = self._consumer, None
        if consumer is not None:
            self._endings.begin(_end(consumer))

    async def _poll(self, max_records: int, wait: float) -> Sequence[StoredRecord]:
        clock = asyncio.get_running_loop().time
        deadline = clock() + wait
        consumer = await self._started()
        while True:
            left = max(deadline - clock(), 0.0)
            fetched = await consumer.getmany(
                timeout_ms=int(min(left, SILENT_SECONDS / 4) * 1000), max_records=max_records
            )
            records = [_stored(record) for part in fetched.values() for record in part]
            self._positions |= {record.partition: record.offset + 1 for record in records}
            self._listen(consumer, bool(records))
            if records or not left:
                return records

    def _listen(self, consumer: AIOKafkaConsumer, heard: bool) -> None:
        """A consumer that has lost its broker gives nothing and says nothing: tell it from a quiet log."""
        now = asyncio.get_running_loop().time()
        answers = (consumer.last_poll_timestamp(TopicPartition(*p)) for p in self._positions)
        answered = min(answer or 0 for answer in answers)
        if heard or answered != self._answered:
            self._answered, self._heard_at = answered, now
        elif now - self._heard_at > SILENT_SECONDS:
            raise KafkaError(f"no answer for {SILENT_SECONDS:.0f} s")

    async def _started(self) -> AIOKafkaConsumer:
        if self._consumer is None:
            # aiokafka's consumer asks the broker to create what is missing.
            await self._cluster.existing({partition.topic for partition in self._positions})
            consumer = AIOKafkaConsumer(**self._options, **CONSUMER_OPTIONS)
            try:
                await consumer.start()
            except BaseException:
                self._endings.begin(_end(consumer))
                raise
            self._consumer = consumer
            self._seek(consumer)
        return self._consumer

    def _seek(self, consumer: AIOKafkaConsumer) -> None:
        consumer.assign([TopicPartition(*partition) for partition in self._positions])
        for partition, offset in self._positions.items():
            consumer.seek(TopicPartition(*partition), offset)
        self._heard_at = asyncio.get_running_loop().time()

    async def _out_of_range(self, lost: TopicPartition) -> OffsetOutOfRange:
        partition = Partition(lost.topic, lost.partition)
        starts = await self._cluster.offsets([partition.topic], EARLIEST)
        ends = await self._cluster.offsets([partition.topic])
        return OffsetOutOfRange(
            partition, self._positions[partition], starts[partition], ends[partition]
        )


async def _end(consumer: AIOKafkaConsumer) -> None:
    try:
        await consumer.stop()
    finally:  # in an outage `stop` raises before it has closed the connections
        await consumer._client.close()


def _stored(record: ConsumerRecord[bytes, bytes]) -> StoredRecord:
    return StoredRecord(
        Partition(record.topic, record.partition),
        record.key or b"",
        tuple(record.headers),
        record.value,
        record.offset,
    )
