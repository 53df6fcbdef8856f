from collections.abc import AsyncIterator

import pytest

from tests.gateway.district import District, district
from tests.gateway.projections.projecting import Projecting, projecting
from tests.support.postgres import FreshDatabases, TestServer, fresh_databases


@pytest.fixture
async def gateway(fresh_database: FreshDatabases) -> AsyncIterator[Projecting]:
    made = await projecting(fresh_database)
    yield made
    await made.database.close()


@pytest.fixture(scope="module")
async def jindong(
    postgres_server: TestServer, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[District]:
    """Grid and gateway with two townships and what they reported; tests leave it as it is."""
    async with (
        fresh_databases(postgres_server) as fresh,
        district(fresh, tmp_path_factory.mktemp("jindong")) as made,
    ):
        yield made
