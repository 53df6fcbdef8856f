"""The shortest ways to an export."""

import csv
from pathlib import Path
from typing import Any

from httpx import Response

from services.chassis.exports.lists import lists_of
from services.chassis.exports.worker import Exporter
from services.chassis.identity.caller import Caller
from services.grid.areas.router import router as areas
from services.grid.organisations.router import router as organisations
from services.grid.points.router import router as points
from services.grid.reports.router import router as reports
from tests.support.running import Running

EXPORTS = "/v1/grid/exports"
BODY: dict[str, Any] = {"list": "reports", "format": "csv", "purpose": "月度核对"}


def exporter(grid: Running) -> Exporter:
    """A worker that does what it is told; none runs by itself."""
    return Exporter(grid.app, lists_of((reports, points, areas, organisations)))


async def asked(grid: Running, caller: Caller, **body: Any) -> dict[str, Any]:
    answer = await grid.call(caller, "POST", EXPORTS, BODY | body)
    assert answer.status_code == 202, answer.text
    assert answer.headers["Location"] == f"{EXPORTS}/{answer.json()['id']}"
    return dict(answer.json())


async def told(grid: Running, caller: Caller, job: dict[str, Any]) -> dict[str, Any]:
    answer = await grid.call(caller, "GET", f"{EXPORTS}/{job['id']}")
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def content(grid: Running, caller: Caller, job: dict[str, Any]) -> Response:
    return await grid.call(caller, "GET", f"{EXPORTS}/{job['id']}/content")


async def exported(grid: Running, caller: Caller, **body: Any) -> bytes:
    """The file."""
    job = await asked(grid, caller, **body)
    await exporter(grid).run()
    assert (await told(grid, caller, job))["state"] == "DONE"
    answer = await content(grid, caller, job)
    assert answer.status_code == 200, answer.text
    return answer.content


def records(content: bytes) -> list[dict[str, str]]:
    """What a program reads of a CSV."""
    return list(csv.DictReader(content.decode("utf-8-sig").splitlines(keepends=True)))


def left(folder: Path) -> list[str]:
    """What lies in the folder of the exports, at any depth."""
    return sorted(path.name for path in folder.rglob("*") if path.is_file())
