import asyncio
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError, ProducerClosed
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
            await asyncio.gather(
                *(_deliver(producer, partition, part) for partition, part in by_partition.items())
            )
        except BaseException:
            self.discard()
            raise

    def discard(self) -> None:
        """Send nothing more from the present producer, and let it end by itself."""
        producer, self._producer = self._producer, None
        if producer is None:
            return
        # `stop` alone would first flush, which in an outage is to wait for ever.
        producer._message_accumulator.fail_all(ProducerClosed())
        if producer._sender.sender_task is not None:
            producer._sender.sender_task.cancel()
        self._endings.begin(producer.stop())

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


async def _deliver(
    producer: AIOKafkaProducer, partition: Partition, records: Iterable[Record]
) -> None:
    deliveries = [
        await producer.send_batch(batch, partition.topic, partition=partition.number)
        for batch in _batches(producer, records)
    ]
    outcomes = await asyncio.gather(*deliveries, return_exceptions=True)
    for outcome in outcomes:
        if isinstance(outcome, BaseException):
            raise outcome


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
