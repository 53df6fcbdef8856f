"""The shortest ways to the records of work in the field."""

from typing import Any

from httpx import Response

from services.chassis.identity.caller import Caller
from services.contracts import roles
from tests.support.people import DISTRICT, caller
from tests.support.running import Running

TOWN, OTHER_TOWN, GRID = "330703105", "330703101", "330703105291001"
PLAIN = "2026-03-02T09:00:00+08:00"
MEMBER = caller(roles.FULL_TIME_GRID_MEMBER, GRID, subject="member-1")
MATE = caller(roles.FULL_TIME_GRID_MEMBER, GRID, subject="member-2")


async def post(grid: Running, who: Caller, path: str, **body: Any) -> Response:
    return await grid.call(who, "POST", f"/v1/grid/{path}", body)


async def made(grid: Running, who: Caller, path: str, **body: Any) -> dict[str, Any]:
    """The receipt of a new record."""
    answer = await post(grid, who, path, **body)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def step(
    grid: Running, who: Caller, path: str, receipt: dict[str, Any], name: str, **body: Any
) -> Response:
    match = {"If-Match": f'"{receipt["version"]}"'}
    return await grid.call(who, "POST", f"/v1/grid/{path}/{receipt['id']}/{name}", body, match)


async def stepped(
    grid: Running, who: Caller, path: str, receipt: dict[str, Any], name: str, **body: Any
) -> dict[str, Any]:
    """The receipt after the step `name`."""
    answer = await step(grid, who, path, receipt, name, **body)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def seen(
    grid: Running, path: str, receipt: dict[str, Any], who: Caller = DISTRICT
) -> dict[str, Any]:
    """The record as `who` sees it."""
    answer = await grid.call(who, "GET", f"/v1/grid/{path}/{receipt['id']}")
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def listed(grid: Running, path: str, who: Caller = DISTRICT, **query: Any) -> list[Any]:
    answer = await grid.call(who, "GET", f"/v1/grid/{path}", **query)
    assert answer.status_code == 200, answer.text
    return list(answer.json()["items"])


async def imported(grid: Running, source: str = "台账") -> str:
    """An import batch that is open."""
    importer = caller(roles.DATA_IMPORTER)
    answer = await grid.call(importer, "POST", "/v1/grid/imports", {"source": source})
    return str(answer.json()["id"])
