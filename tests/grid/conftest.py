from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.grid import running_grid
from tests.support.postgres import FreshDatabases
from tests.support.running import Running


@pytest.fixture
async def grid(fresh_database: FreshDatabases, tmp_path: Path) -> AsyncIterator[Running]:
    async with running_grid(fresh_database, tmp_path) as service:
        yield service
