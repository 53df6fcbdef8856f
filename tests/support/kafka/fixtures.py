"""A real broker for the tests marked `kafka`: KAFKA_BOOTSTRAP names one that runs, else one is started."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.kafka.broker import Broker
from tests.support.kafka.jars import NoKafka


@pytest.fixture(scope="session")
def kafka_bootstrap(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    if named := os.environ.get("KAFKA_BOOTSTRAP"):
        yield named
        return
    broker = start_broker(tmp_path_factory.mktemp("kafka"))
    yield broker.bootstrap
    broker.stop()


def start_broker(folder: Path, *, auto_create: bool = False) -> Broker:
    """A running broker; where none can run the test is skipped, or fails under REQUIRE_KAFKA=1."""
    try:
        broker = Broker(folder, auto_create=auto_create)
        broker.start()
    except NoKafka as reason:
        if os.environ.get("REQUIRE_KAFKA") == "1":
            pytest.fail(f"Kafka is required: {reason}", pytrace=False)
        pytest.skip(f"no Kafka: {reason}")
    return broker
