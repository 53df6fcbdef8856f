from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from services.grid.main import create_app
from tests.support.people import DISTRICT
from tests.support.postgres import FreshDatabases
from tests.support.running import Running, running

AREAS = [
    {"code": "330703", "name": "金东区", "kind": "DISTRICT", "valid_from": "2000-12-31"},
    {
        "code": "330703105",
        "name": "岭下镇",
        "kind": "TOWN",
        "parent": "330703",
        "valid_from": "2000-12-31",
    },
    {
        "code": "330703101",
        "name": "孝顺镇",
        "kind": "TOWN",
        "parent": "330703",
        "valid_from": "2000-12-31",
    },
    {
        "code": "330703105291",
        "name": "示范村",
        "kind": "VILLAGE",
        "parent": "330703105",
        "valid_from": "2000-12-31",
        "demo": True,
    },
    {
        "code": "330703105291001",
        "name": "示范网格",
        "kind": "GRID",
        "parent": "330703105291",
        "valid_from": "2016-01-01",
        "demo": True,
    },
]


@pytest.fixture
async def grid(fresh_database: FreshDatabases, tmp_path: Path) -> AsyncIterator[Running]:
    """The grid service with a small district."""
    async with running("grid", create_app, fresh_database, tmp_path) as service:
        answer = await service.call(DISTRICT, "PUT", "/v1/grid/areas/import", {"rows": AREAS})
        assert answer.json() == {"created": 5, "changed": 0, "unchanged": 0}, answer.text
        yield service
