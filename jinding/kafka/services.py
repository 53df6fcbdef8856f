"""The step before any service starts: topics, a user for each service, and what each may."""

import importlib
from collections.abc import Iterator

from kafka.admin import ACL

from jinding.kafka.administration import administering, may
from jinding.kafka.settings import KafkaSettings
from jinding.kafka.topics import create_topics
from jinding.passwords import secret
from jinding.processes import SERVICES
from services.chassis.settings import Service
from services.contracts.topics import STREAMS, TOPICS

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
        created = await create_topics(settings, TOPICS)
        for service in SERVICES:
            administration.allow(service, access(service))
        administration.allow(BACKUP, LOOKING)
    return created


def access(service: Service) -> Iterator[ACL]:
    """A service writes its own topics and reads those it subscribes to; the gateway reads what its figures and the
    proofs of the audits are made of, and fills and empties the agencies' streams.

    Describing a topic comes with either, an idempotent producer's id with writing. Nobody has a group: places
    are kept in the database.
    """
    for topic in written_by(service):
        yield may(service, "WRITE", "TOPIC", topic)
    for topic in read_by(service):
        yield may(service, "READ", "TOPIC", topic)
    if service == "gateway":
        for operation in ("WRITE", "DELETE"):
            yield may(service, operation, "TOPIC", STREAMS, prefix=True)


def written_by(service: Service) -> set[str]:
    return {topic for topic in TOPICS if topic.startswith(f"jinding.{service}.")}


def read_by(service: Service) -> set[str]:
    if service == "gateway":
        registry = importlib.import_module("services.gateway.projections.registry")
        return {*registry.BY_TOPIC, *registry.AUDITS}
    definition = importlib.import_module(f"services.{service}.main").DEFINITION
    return {topic for event in definition.subscriptions for topic in event.topics()}
