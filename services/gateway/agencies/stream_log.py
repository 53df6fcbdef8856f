"""Streams as topics of the log: what only streams ask of it."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from uuid import UUID

from services.chassis.eventlog import security
from services.chassis.eventlog.port import LogUnavailable, Partition, Record, partition_of
from services.chassis.settings import ServiceSettings

Trim = Callable[[Mapping[Partition, int]], Awaitable[None]]
"""Delete what each partition holds before an offset, so that nobody can read it any more; offsets go on."""
TRIM_SECONDS = 15.0


def record_in(topic: str, id_: UUID, headers: Mapping[str, str], value: bytes | None) -> Record:
    """Headers in the order in which a service's relay sends them."""
    key = str(id_).encode()
    told = tuple((name, text.encode()) for name, text in sorted(headers.items()))
    return Record(Partition(topic, partition_of(key)), key, told, value)


def tombstones(topic: str, ids: Sequence[UUID]) -> list[Record]:
    return [record_in(topic, id_, {}, None) for id_ in ids]


def trimming(settings: ServiceSettings) -> Trim:
    """On Kafka, by its administration: nothing else here deletes records before their time."""

    async def trim(ends: Mapping[Partition, int]) -> None:
        from aiokafka import TopicPartition  # noqa: PLC0415  (3 MB)
        from aiokafka.admin import AIOKafkaAdminClient, RecordsToDelete  # noqa: PLC0415
        from aiokafka.errors import KafkaError  # noqa: PLC0415

        before = {TopicPartition(*at): RecordsToDelete(end) for at, end in ends.items()}
        client = AIOKafkaAdminClient(
            bootstrap_servers=settings.kafka_bootstrap, **security(settings)
        )
        try:
            async with asyncio.timeout(TRIM_SECONDS):
                await client.start()
                await client.delete_records(before)
        except (KafkaError, OSError) as error:
            raise LogUnavailable(f"{type(error).__name__}: {error}") from error
        finally:
            await client.close()

    return trim
