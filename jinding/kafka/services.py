"""The step before any service starts: topics, a user for each service, and what each may."""

import importlib
from collections.abc import Iterator

from kafka.admin import ACL

from jinding.kafka.administration import administering, may
from jinding.kafka.settings import KafkaSettings
from jinding.passwords import secret
from jinding.processes import SERVICES
from services.chassis.eventlog.kafka import KafkaLog
from services.chassis.settings import Service
from services.contracts.topics import TOPICS

PATIENCE_SECONDS = 60.0
BACKUP = "backup"
LOOKING = [
    may(BACKUP, operation, "TOPIC", "jinding.", prefix=True)
    for operation in ("DESCRIBE", "DESCRIBE_CONFIGS")
]
"""A backup tells the topics, their settings and ends; it reads none."""


async def prepare(settings: KafkaSettings) -> list[str]:
    """Create what is missing and take away what no service needs any more; returns the topics created.

    Passwords are set to what their files hold now.
    """
    passwords: dict[str, str] = {
        name: secret(settings.kafka_passwords / f"kafka_{name}") for name in (*SERVICES, BACKUP)
    }
    with administering(settings) as administration:
        administration.set_users(passwords)
        created = await _create_topics(settings)
        for service in SERVICES:
            administration.allow(service, access(service))
        administration.allow(BACKUP, LOOKING)
    return created


def access(service: Service) -> Iterator[ACL]:
    """A service writes its own topics and reads those it subscribes to; the gateway reads all.

    Describing a topic comes with either, an idempotent producer's id with writing. Nobody has a group: places
    are kept in the database.
    """
    for topic in written_by(service):
        yield may(service, "WRITE", "TOPIC", topic)
    for topic in read_by(service):
        yield may(service, "READ", "TOPIC", topic)


def written_by(service: Service) -> set[str]:
    return {topic for topic in TOPICS if topic.startswith(f"jinding.{service}.")}


def read_by(service: Service) -> set[str]:
    if service == "gateway":
        return set(TOPICS)
    definition = importlib.import_module(f"services.{service}.main").DEFINITION
    return {event.topic for event in definition.subscriptions}


async def _create_topics(settings: KafkaSettings) -> list[str]:
    log = KafkaLog(
        settings.kafka_bootstrap,
        client_options=settings.client_options(),
        replication=settings.kafka_replication,
        timeout=PATIENCE_SECONDS,
    )
    try:
        return await log.create_topics(TOPICS)
    finally:
        await log.stop()
