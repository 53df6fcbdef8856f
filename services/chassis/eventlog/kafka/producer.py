import asyncio
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError
from aiokafka.producer.message_accumulator import BatchBuilder

from services.chassis.eventlog.kafka.endings import Endings
from services.chassis.eventlog.port import Partition, Record

MAX_BATCH_BYTES = 1_000_000


class Producer:
    """One aiokafka producer after another: after any error comes a new one, for an idempotent batch
    is tried for ever and may still be delivered long after its caller gave up."""

    def __init__(self, options: Mapping[str, Any], endings: Endings) -> None:
        self._options, self._endings = options, endings
        self._producer: AIOKafkaProducer | None = None

    async def send(self, records: Sequence[Record]) -> None:
        """All acknowledged when this returns. Whoever calls bounds the time and calls one at a time."""
        try:
            producer = await self._started()
            by_partition = defaultdict(list)
            for record in records:
                by_partition[record.partition].append(record)
            await _deliver_all(producer, by_partition)
        except BaseException:
            self.discard()
            raise

    def discard(self) -> None:
        """Send nothing more from the present producer, and let it end by itself."""
        producer, self._producer = self._producer, None
        if producer is not None:
            self._endings.begin(_end(producer))

    async def _started(self) -> AIOKafkaProducer:
        if self._producer is None:
            self._producer = AIOKafkaProducer(
                acks="all",
                enable_idempotence=True,
                max_batch_size=MAX_BATCH_BYTES,
                max_request_size=MAX_BATCH_BYTES,
                linger_ms=0,
                **self._options,
            )
            await self._producer.start()
        return self._producer


async def _end(producer: AIOKafkaProducer) -> None:
    """As its `stop`, but for the flush, which in an outage waits for ever."""
    producer._closed = True
    try:
        await producer._sender.close()
    finally:
        await producer.client.close()


async def _deliver_all(
    producer: AIOKafkaProducer, by_partition: Mapping[Partition, Sequence[Record]]
) -> None:
    deliveries = [
        asyncio.create_task(_deliver(producer, partition, records))
        for partition, records in by_partition.items()
    ]
    try:
        await asyncio.gather(*deliveries)
    finally:
        for delivery in deliveries:
            delivery.cancel()


async def _deliver(
    producer: AIOKafkaProducer, partition: Partition, records: Iterable[Record]
) -> None:
    for batch in _batches(producer, records):
        # One after another: a broker that refused the first batch could take the second.
        await (await producer.send_batch(batch, partition.topic, partition=partition.number))


def _batches(producer: AIOKafkaProducer, records: Iterable[Record]) -> Iterable[BatchBuilder]:
    batch: BatchBuilder = producer.create_batch()
    for record in records:
        if not _added(batch, record):
            yield batch
            batch = producer.create_batch()
            if not _added(batch, record):
                raise KafkaError(f"{record.partition}: a record does not fit into a batch")
    yield batch


def _added(batch: BatchBuilder, record: Record) -> bool:
    added = batch.append(
        timestamp=None, key=record.key, value=record.value, headers=list(record.headers)
    )
    return added is not None
