"""The grid service with a small district, and the shortest ways to its reports."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from services.chassis.identity.caller import Caller
from services.grid.main import create_app
from tests.support.people import DISTRICT, RED_MEMBER
from tests.support.postgres import FreshDatabases
from tests.support.running import Running, running

AREAS: list[dict[str, Any]] = [
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
REPORT: dict[str, Any] = {
    "area_code": "330703105291001",
    "category": "ENVIRONMENT",
    "title": "河边堆放垃圾",
    "description": "河边有一堆建筑垃圾",
}
REPORTS = "/v1/grid/reports"
BATCH = "/v1/grid/batch"


@asynccontextmanager
async def running_grid(
    fresh_database: FreshDatabases, folder: Path, **settings: Any
) -> AsyncIterator[Running]:
    async with running("grid", create_app, fresh_database, folder, **settings) as service:
        answer = await service.call(DISTRICT, "PUT", "/v1/grid/areas/import", {"rows": AREAS})
        assert answer.json() == {"created": 5, "changed": 0, "unchanged": 0}, answer.text
        yield service


async def reported(grid: Running, caller: Caller = RED_MEMBER, **facts: Any) -> dict[str, Any]:
    """The receipt of a new report."""
    answer = await grid.call(caller, "POST", REPORTS, REPORT | facts)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def step(
    grid: Running, caller: Caller, receipt: dict[str, Any], name: str, **body: Any
) -> dict[str, Any]:
    """The receipt after the step `name`."""
    path = f"{REPORTS}/{receipt['id']}/{name}"
    answer = await grid.call(caller, "POST", path, body, {"If-Match": f'"{receipt["version"]}"'})
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def batch(grid: Running, caller: Caller, *items: dict[str, Any], **more: Any) -> list[Any]:
    """The results of a batch."""
    answer = await grid.call(caller, "POST", BATCH, {"items": items, **more})
    assert answer.status_code == 200, answer.text
    return list(answer.json()["results"])


def creation(key: str, **facts: Any) -> dict[str, Any]:
    id_ = {"id": facts.pop("id")} if "id" in facts else {}
    return {"operation": "create_report", "key": key, "body": REPORT | facts, **id_}


def acceptance(key: str, id: str, **more: Any) -> dict[str, Any]:
    return {"operation": "accept_report", "key": key, "id": id, **more}
