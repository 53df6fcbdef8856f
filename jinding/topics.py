"""The topics before anything starts; where Kafka knows its users, these and what they may as well."""

from jinding.beside import refuse_without_system
from jinding.migrate import create_topics, migrate
from jinding.plainly import settings_of
from jinding.processes import make_keys
from jinding.settings import Settings
from jinding.system import serving


async def make_topics(settings: Settings) -> list[str]:
    """Create those that are missing; returns these."""
    if settings.kafka_admin_password_file is not None:
        from jinding.kafka.services import prepare  # noqa: PLC0415  (kafka-python, every service)
        from jinding.kafka.settings import KafkaSettings  # noqa: PLC0415

        return await prepare(settings_of(KafkaSettings))
    refuse_without_system(settings.folder)
    async with serving(settings, stop_adopted=False) as databases:
        await migrate(databases, settings)
        return await create_topics(settings, databases, make_keys(settings.folder))
