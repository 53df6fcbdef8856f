import asyncio
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Any
from weakref import WeakSet

from aiokafka.errors import (
    CorruptRecordException,
    KafkaError,
    MessageSizeTooLargeError,
    RecordListTooLargeError,
)

from services.chassis.eventlog.batches import acceptable
from services.chassis.eventlog.kafka.cluster import RETRY_SECONDS, Cluster
from services.chassis.eventlog.kafka.endings import Endings
from services.chassis.eventlog.kafka.producer import Producer
from services.chassis.eventlog.kafka.reader import KafkaReader
from services.chassis.eventlog.port import (
    PARTITIONS,
    RETENTION_DAYS,
    LogUnavailable,
    Partition,
    Record,
    RecordRefused,
    TopicMissing,
)

DAY_MS = 24 * 60 * 60 * 1000
STOP_SECONDS = 3.0

TOPIC_SETTINGS = {
    "retention.ms": str(RETENTION_DAYS * DAY_MS),
    "cleanup.policy": "delete",
    "max.message.bytes": "1048588",
}

_REFUSALS = (MessageSizeTooLargeError, RecordListTooLargeError, CorruptRecordException)


class KafkaLog:
    """Implements `EventLog`. Whatever it needs of Kafka is connected at the first call that needs it.

    `client_options` go to every aiokafka client: the place for SASL and TLS. A topic's identity is the
    cluster's id and the topic's own, both given by the broker.
    """

    def __init__(
        self,
        bootstrap: str,
        *,
        client_options: Mapping[str, Any] | None = None,
        replication: int = 1,
        timeout: float = 15.0,
    ) -> None:
        self._timeout, self._replication = timeout, replication
        self._options: dict[str, Any] = {
            "bootstrap_servers": bootstrap.split(","),
            "request_timeout_ms": int(min(timeout, 10.0) * 1000),
            "retry_backoff_ms": 100,
            **(client_options or {}),
        }
        self._endings = Endings()
        self._cluster = Cluster(self._options, timeout, self._endings)
        self._producer = Producer(self._options, self._endings)
        self._sending = asyncio.Lock()
        self._known: set[str] = set()
        self._readers: WeakSet[KafkaReader] = WeakSet()

    async def start(self) -> None:
        """Nothing: clients that fail to start are the rule during an outage, so each call makes its own."""

    async def stop(self) -> None:
        for reader in self._readers:
            await reader.close()
        self._producer.discard()
        self._cluster.close()
        await self._endings.finish(STOP_SECONDS)

    async def identity(self, topic: str) -> str:
        return (await self._cluster.existing([topic]))[topic].identity

    async def create_topics(self, topics: Iterable[str]) -> list[str]:
        wanted = list(dict.fromkeys(topics))
        present = await self._cluster.topics(wanted)
        missing = [topic for topic in wanted if topic not in present]
        if not missing:
            return []
        needed = {"min.insync.replicas": str(min(2, self._replication))}
        created = await self._cluster.create(
            missing, PARTITIONS, self._replication, TOPIC_SETTINGS | needed
        )
        await self._until_usable(missing)
        return created

    async def append(self, records: Sequence[Record]) -> None:
        taken, refusal = acceptable(records)
        async with self._sending:
            if taken:
                await self._check({record.partition.topic for record in taken})
                await self._send(taken)
        if refusal is not None:
            raise refusal

    async def ends(self, topics: Iterable[str]) -> dict[Partition, int]:
        return await self._cluster.offsets(topics)

    async def expire(self) -> int:
        return 0

    def reader(self) -> KafkaReader:
        reader = KafkaReader(self._options, self._cluster, self._endings)
        self._readers.add(reader)
        return reader

    async def _check(self, topics: set[str]) -> None:
        # aiokafka's producer asks the broker to create what is missing.
        if unknown := topics - self._known:
            for name, topic in (await self._cluster.existing(unknown)).items():
                if len(topic.leaders) != PARTITIONS:
                    raise LogUnavailable(f"{name} has {len(topic.leaders)} partitions")
            self._known |= unknown

    async def _send(self, records: Sequence[Record]) -> None:
        try:
            await self._send_in_time(records)
        except _REFUSALS:
            await self._send_singly(records)

    async def _send_singly(self, records: Sequence[Record]) -> None:
        """Find the record for whose sake the broker refused a batch.

        The earlier ones are repeated; of the later ones, those of other partitions may have been taken.
        """
        for index, record in enumerate(records):
            try:
                await self._send_in_time([record])
            except _REFUSALS as error:
                raise RecordRefused(index, f"the broker refused it: {error}") from error

    async def _send_in_time(self, records: Sequence[Record]) -> None:
        try:
            async with asyncio.timeout(self._timeout):
                await self._producer.send(records)
        except _REFUSALS:
            raise
        except (KafkaError, OSError) as error:
            self._known.clear()
            raise LogUnavailable(f"{type(error).__name__}: {error}") from error

    async def _until_usable(self, topics: Sequence[str]) -> None:
        """A new topic is created before every broker knows it and its partitions have leaders."""
        try:
            async with asyncio.timeout(self._timeout):
                while True:
                    with suppress(TopicMissing):
                        await self._cluster.offsets(topics)
                        return
                    await asyncio.sleep(RETRY_SECONDS)
        except TimeoutError as error:
            raise LogUnavailable("the new topics do not become usable") from error
