from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from services.training.main import create_app
from tests.support.postgres import FreshDatabases
from tests.support.running import Running, running


@pytest.fixture
async def training(fresh_database: FreshDatabases, tmp_path: Path) -> AsyncIterator[Running]:
    """The training service, empty."""
    async with running("training", create_app, fresh_database, tmp_path) as service:
        yield service
