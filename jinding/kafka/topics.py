from collections.abc import Iterable

from jinding.kafka.settings import KafkaSettings
from services.chassis.eventlog.kafka import KafkaLog

PATIENCE_SECONDS = 60.0


async def create_topics(settings: KafkaSettings, topics: Iterable[str]) -> list[str]:
    """Create those that are missing; returns the created ones. Each can be used then."""
    log = KafkaLog(
        settings.kafka_bootstrap,
        client_options=settings.client_options(),
        replication=settings.kafka_replication,
        timeout=PATIENCE_SECONDS,
    )
    try:
        return await log.create_topics(topics)
    finally:
        await log.stop()
