"""What a backup tells beside the data: schemas, epochs, and the log's topics with their ends."""

from typing import Any

from jinding.deploy.databases import PUBLISHING, connected
from jinding.deploy.erasures import Ledger, of_database, united
from jinding.deploy.settings import DeploySettings
from jinding.kafka.administration import administering
from jinding.kafka.settings import KafkaSettings
from jinding.processes import SERVICES
from jinding.refusal import Refusal
from services.chassis.eventlog.kafka import KafkaLog
from services.chassis.eventlog.port import LogUnavailable
from services.contracts.topics import TOPICS


def kafka_log(settings: KafkaSettings) -> KafkaLog:
    """As its administrator."""
    return KafkaLog(settings.kafka_bootstrap, client_options=settings.client_options())


async def state(settings: DeploySettings, kafka: KafkaSettings) -> dict[str, Any]:
    return {
        "databases": await schemas(settings),
        "topics": await topics(kafka),
        "erasures": [erased.line() for erased in (await erasures(settings)).values()],
    }


async def erasures(settings: DeploySettings) -> Ledger:
    """What every service that keeps people knows of."""
    found: list[Ledger] = []
    for service in PUBLISHING:
        async with connected(settings.server_url(service)) as database:
            found.append(await of_database(database))
    return united(found)


async def schemas(settings: DeploySettings) -> dict[str, Any]:
    """Of each database the revision and the epoch."""
    found: dict[str, Any] = {}
    for service in SERVICES:
        async with connected(settings.server_url(service)) as database:
            revision = await database.fetchval("select version_num from alembic_version")
            epoch = await database.fetchval("select max(number) from epoch")
        found[service] = {"schema": revision, "epoch": epoch}
    return found


async def topics(settings: KafkaSettings) -> dict[str, Any] | None:
    """`None` where Kafka does not answer: a backup needs it for nothing but this report."""
    log = kafka_log(settings)
    try:
        ends = await log.ends(TOPICS)
        identities = {topic: await log.identity(topic) for topic in TOPICS}
        with administering(settings) as administration:
            configured = administration.settings_of_topics()
    except (LogUnavailable, OSError, Refusal):
        return None
    finally:
        await log.stop()
    return {
        topic: {
            "identity": identities.get(topic),
            "settings": own,
            "ends": [end for at, end in sorted(ends.items()) if at.topic == topic] or None,
        }
        for topic, own in sorted(configured.items())
    }
