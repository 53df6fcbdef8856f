from collections.abc import AsyncIterator

import pytest

from tests.grid.endpoints.furnished import Furnished, furnish
from tests.support.grid import running_grid
from tests.support.postgres import TestServer, fresh_databases


@pytest.fixture(scope="package")
async def township(
    postgres_server: TestServer, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Furnished]:
    """One service for all modules here, in which nothing is to change."""
    folder = tmp_path_factory.mktemp("township")
    async with fresh_databases(postgres_server) as fresh, running_grid(fresh, folder) as grid:
        yield Furnished(grid, await furnish(grid))
