from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.gateway.agencies.feeding import Fed, feeding
from tests.support.postgres import FreshDatabases


@pytest.fixture
async def fed(fresh_database: FreshDatabases, tmp_path: Path) -> AsyncIterator[Fed]:
    async with feeding(fresh_database, tmp_path) as made:
        yield made
