from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from services.inspection.main import create_app
from tests.inspection.doing import Inspection
from tests.support.postgres import FreshDatabases
from tests.support.running import running


@pytest.fixture
async def inspection(fresh_database: FreshDatabases, tmp_path: Path) -> AsyncIterator[Inspection]:
    """The inspection service, empty."""
    async with running("inspection", create_app, fresh_database, tmp_path) as service:
        yield Inspection(service)
