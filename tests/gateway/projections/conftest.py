from collections.abc import AsyncIterator

import pytest

from tests.gateway.projections.projecting import Projecting, projecting
from tests.support.postgres import FreshDatabases


@pytest.fixture
async def gateway(fresh_database: FreshDatabases) -> AsyncIterator[Projecting]:
    made = await projecting(fresh_database)
    yield made
    await made.database.close()
