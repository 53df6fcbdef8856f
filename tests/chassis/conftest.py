from collections.abc import AsyncIterator, Iterator
from itertools import count
from pathlib import Path

import pytest

from services.chassis.eventlog.port import EventLog
from services.chassis.migrations import upgrade
from tests.chassis.eventlog.adapters import Embedded, Kafka, embedded_log
from tests.support.grid import running_grid
from tests.support.kafka.broker import Broker
from tests.support.kafka.fixtures import start_broker
from tests.support.postgres import FreshDatabases
from tests.support.running import Running

NUMBERS = count(1)


@pytest.fixture
async def embedded(fresh_database: FreshDatabases) -> Embedded:
    return await embedded_log(fresh_database)


@pytest.fixture
def kafka(kafka_bootstrap: str) -> Kafka:
    return Kafka(kafka_bootstrap)


@pytest.fixture(scope="package")
def own_broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    """A broker to kill and to hang, which creates every topic asked for, as brokers do by default."""
    broker = start_broker(tmp_path_factory.mktemp("kafka"), auto_create=True)
    yield broker
    broker.stop()


@pytest.fixture
def topic_name(request: pytest.FixtureRequest) -> str:
    return f"test.{request.session.startpath.name}.{next(NUMBERS)}.v1"


@pytest.fixture
async def topic(log: EventLog, topic_name: str) -> str:
    await log.create_topics([topic_name])
    return topic_name


@pytest.fixture
async def grid(fresh_database: FreshDatabases, tmp_path: Path) -> AsyncIterator[Running]:
    """A service to try the chassis on; its background work does not run."""
    async with running_grid(fresh_database, tmp_path) as service:
        yield service


@pytest.fixture
async def database_url(fresh_database: FreshDatabases) -> str:
    """A service's own database, empty."""

    async def migrated(url: str) -> None:
        await upgrade("grid", url)

    return await fresh_database(template="template_grid", prepare=migrated)
