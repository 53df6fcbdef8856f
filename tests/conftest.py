import gc
from collections.abc import AsyncIterator

import pytest
from hypothesis import settings

from tests.support.postgres import (
    FreshDatabases,
    TestServer,
    fresh_databases,
    running_test_server,
)

pytest_plugins = ["tests.support.kafka.fixtures"]
gc.disable()
settings.register_profile("untimed", settings.default, deadline=None)  # a busy machine is no fault
settings.load_profile("untimed")


@pytest.fixture(scope="session")
async def postgres_server() -> AsyncIterator[TestServer]:
    async with running_test_server() as server:
        yield server


@pytest.fixture
async def fresh_database(postgres_server: TestServer) -> AsyncIterator[FreshDatabases]:
    async with fresh_databases(postgres_server) as fresh:
        yield fresh


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What needs a broker takes long, so that it is a proof."""
    for item in items:
        if item.get_closest_marker("kafka"):
            item.add_marker(pytest.mark.proof)


def pytest_collection_finish() -> None:
    """What was loaded and collected stays: looking through it for garbage again and again would be in vain."""
    gc.freeze()
    gc.enable()
