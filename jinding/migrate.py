from jinding.databases import Databases
from jinding.processes import SERVICES, Keys
from jinding.settings import Settings
from services.chassis.eventlog import open_log
from services.chassis.eventlog.embedded import migrate as migrate_log
from services.chassis.migrations import upgrade
from services.chassis.privacy import keyring
from services.chassis.settings import ServiceSettings
from services.contracts.topics import TOPICS


async def migrate(databases: Databases, settings: Settings) -> None:
    """Bring every service's database, and the embedded log's, to the newest version. A keyring of our own is made
    if there is none yet."""
    if settings.keyring_file is None:
        keyring.create(settings.keyring)
    for name in SERVICES:
        await upgrade(name, databases.url(name), settings.keyring)
    await migrate_log(databases.url("log"))


async def create_topics(settings: Settings, databases: Databases, keys: Keys) -> list[str]:
    """Create the declared topics that are missing; returns those."""
    log = open_log(
        ServiceSettings.model_validate(
            {
                "database_url": databases.url("log"),
                "event_log": settings.event_log,
                "event_log_url": databases.url("log"),
                "kafka_bootstrap": settings.kafka_bootstrap,
                "internal_jwks_file": keys.internal_public,
            }
        )
    )
    await log.start()
    try:
        return await log.create_topics(TOPICS)
    finally:
        await log.stop()
