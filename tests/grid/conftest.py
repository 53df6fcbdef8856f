from collections.abc import AsyncIterator

import pytest

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
