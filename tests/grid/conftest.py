import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.grid import statuses
from tests.support.grid import running_grid
from tests.support.postgres import TestServer, fresh_databases
from tests.support.running import Running


@pytest.fixture(scope="module")
async def grid(
    postgres_server: TestServer, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Running]:
    """One service for all tests of a module: each looks at records of its own."""
    async with (
        fresh_databases(postgres_server) as fresh,
        running_grid(fresh, tmp_path_factory.mktemp("grid")) as service,
    ):
        yield service


def pytest_sessionfinish() -> None:
    """Each process of a run that is asked to tells which statuses its tests met (`python -m tests.grid.statuses`)."""
    if folder := os.environ.get("STATUSES"):
        statuses.keep(Path(folder, f"{os.getpid()}.txt"))
