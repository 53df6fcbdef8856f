"""A real broker for the tests marked `kafka`: KAFKA_BOOTSTRAP names one that runs, else one is started."""

import os
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import TypeVar

import pytest

from jinding.kafka.services import prepare
from services.chassis.eventlog.port import EventLog
from tests.chassis.eventlog.adapters import Adapter, Kafka, embedded_log
from tests.support.kafka.broker import Broker
from tests.support.kafka.jars import NoKafka
from tests.support.kafka.secured import SecuredBroker
from tests.support.postgres import FreshDatabases

B = TypeVar("B", bound=Broker)


@pytest.fixture(scope="session")
def kafka_bootstrap(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    if named := os.environ.get("KAFKA_BOOTSTRAP"):
        yield named
        return
    broker = start_broker(tmp_path_factory.mktemp("kafka"))
    yield broker.bootstrap
    broker.stop()


@pytest.fixture(scope="session")
async def secured_kafka(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[SecuredBroker]:
    """A broker that knows its users, prepared for the services."""
    folder = tmp_path_factory.mktemp("secured")
    broker = started(lambda: SecuredBroker(folder))
    try:
        await prepare(broker.settings)
        yield broker
    finally:
        broker.stop()


@pytest.fixture(params=["embedded", pytest.param("kafka", marks=pytest.mark.kafka)])
async def adapter(request: pytest.FixtureRequest, fresh_database: FreshDatabases) -> Adapter:
    """Every test that asks for it holds for both logs."""
    if request.param == "kafka":
        return Kafka(request.getfixturevalue("kafka_bootstrap"))
    return await embedded_log(fresh_database)


@pytest.fixture
async def log(adapter: Adapter) -> AsyncIterator[EventLog]:
    log = adapter.open()
    await log.start()
    yield log
    await log.stop()


def start_broker(folder: Path, *, auto_create: bool = False) -> Broker:
    """A running broker that takes everybody."""
    return started(lambda: Broker(folder, auto_create=auto_create))


def started(make: Callable[[], B]) -> B:
    """A running broker; where none can run the test is skipped, or fails under REQUIRE_KAFKA=1."""
    try:
        broker = make()
        broker.start()
    except NoKafka as reason:
        if os.environ.get("REQUIRE_KAFKA") == "1":
            pytest.fail(f"Kafka is required: {reason}", pytrace=False)
        pytest.skip(f"no Kafka: {reason}")
    return broker
