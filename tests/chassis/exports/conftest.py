from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.grid import running_grid
from tests.support.postgres import FreshDatabases
from tests.support.running import Running


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "exports"


@pytest.fixture
async def grid(
    fresh_database: FreshDatabases, tmp_path: Path, folder: Path
) -> AsyncIterator[Running]:
    """No worker runs by itself."""
    async with running_grid(fresh_database, tmp_path, exports_folder=folder) as service:
        yield service
