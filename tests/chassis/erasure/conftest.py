from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from services.disputes.main import create_app
from tests.support.postgres import FreshDatabases
from tests.support.running import Running, running


@pytest.fixture
async def disputes(fresh_database: FreshDatabases, tmp_path: Path) -> AsyncIterator[Running]:
    async with running("disputes", create_app, fresh_database, tmp_path) as service:
        yield service
