"""A small district behind the gateway: two townships, and reports of early 2026 known day by day."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from httpx import Response

from tests.support.grid import AREAS, REPORT
from tests.support.postgres import FreshDatabases
from tests.support.running import eventually
from tests.support.stack import Stack, stack

DISTRICT, LINGXIA, XIAOSHUN = "330703", "330703105", "330703101"
VILLAGE, GRID = "330703105291", "330703105291001"
MORE_AREAS = [
    {
        "code": "330703101201",
        "name": "第二示范村",
        "kind": "VILLAGE",
        "parent": XIAOSHUN,
        "valid_from": "2000-12-31",
    },
    {
        "code": "330703101201001",
        "name": "第二示范网格",
        "kind": "GRID",
        "parent": "330703101201",
        "valid_from": "2016-01-01",
    },
]
ORGANISATIONS = [
    {
        "code": f"330703-{name}",
        "name": label,
        "kind": "DEPARTMENT",
        "area_code": DISTRICT,
        "valid_from": "2000-12-31",
    }
    for name, label in (("enforcement", "区综合行政执法局"), ("police", "区公安分局"))
]
WHOLE = ("accept", "assign", "start", "resolve", "verify", "close")
REPORTED: list[tuple[str, str, str, Sequence[str]]] = [
    # grid, reported on, found by, steps (a day each)
    (GRID, "2026-01-05", "RED_MEMBER", WHOLE),
    (GRID, "2026-01-05", "RED_MEMBER", ("accept",)),
    (GRID, "2026-01-06", "RESIDENT", ()),
    (GRID, "2026-02-02", "RED_MEMBER", ("accept", "assign", "start")),
    ("330703101201001", "2026-01-07", "GRID_MEMBER", WHOLE),
    ("330703101201001", "2026-01-08", "RED_MEMBER", ("cancel",)),
]


@dataclass
class District:
    system: Stack
    reports: list[UUID]

    async def get(
        self, path: str, role: str = "district_operator", of: str = DISTRICT, **parameters: Any
    ) -> Response:
        token = await self.system.token(role, areas=[of])
        return await self.system.call(token, "GET", path, **parameters)

    async def post(self, path: str, role: str, body: Any = None) -> Response:
        return await self.system.call(await self.system.token(role), "POST", path, body)

    async def figures(self, area: str = DISTRICT, **parameters: Any) -> dict[str, Any]:
        """The values of the grid section."""
        answer = await self.get(f"/v1/areas/{area}/dashboard", **parameters)
        assert answer.status_code == 200, answer.text
        return values(answer.json()["sections"])


def values(sections: dict[str, Any]) -> dict[str, Any]:
    return {name: told["value"] for name, told in sections["grid"]["figures"].items()}


@asynccontextmanager
async def district(
    fresh: FreshDatabases, folder: Path, names: Sequence[str] = ("grid",)
) -> AsyncIterator[District]:
    async with stack(fresh, folder, names) as system:
        importer = await system.token("data_importer")
        for noun, rows in (("areas", [*AREAS, *MORE_AREAS]), ("organisations", ORGANISATIONS)):
            answer = await system.call(importer, "PUT", f"/v1/grid/{noun}/import", {"rows": rows})
            assert answer.status_code == 200, answer.text
        made = District(system, await _reported(system, importer))
        await eventually(lambda: _told(made))
        yield made


async def _reported(system: Stack, importer: str) -> list[UUID]:
    opened = await system.call(importer, "POST", "/v1/grid/imports", {"source": "台账"})
    ids = [UUID(int=number + 1) for number in range(len(REPORTED))]
    items = [
        item for id_, told in zip(ids, REPORTED, strict=True) for item in _items(str(id_), *told)
    ]
    body = {"import_batch": opened.json()["id"], "items": items}
    answer = await system.call(importer, "POST", "/v1/grid/batch", body)
    outcomes = {result["outcome"] for result in answer.json()["results"]}
    assert outcomes == {"applied"}, answer.text
    path = f"/v1/grid/imports/{opened.json()['id']}/complete"
    assert (await system.call(importer, "POST", path)).status_code == 200
    return ids


def _items(id_: str, grid: str, day: str, finder: str, steps: Sequence[str]) -> list[Any]:
    more = {
        "assign": {"organisation": "330703-enforcement"},
        "resolve": {"opinion": "已清理"},
        "cancel": {"reason": "DUPLICATE", "duplicate_of": str(UUID(int=1))},
    }
    facts = {**REPORT, "area_code": grid, "finder": finder, "id": id_}
    wishes = [("create", facts), *((step, more.get(step, {})) for step in steps)]
    return [
        {
            "operation": f"{step}_report",
            "id": id_,
            "key": f"{id_}/{step}",
            "body": {
                **facts,
                "occurred_at": f"{day[:8]}{int(day[8:]) + number:02d}T10:00:00+08:00",
                "on_behalf_of": f"{step}-somebody",
            },
        }
        for number, (step, facts) in enumerate(wishes)
    ]


async def _told(made: District) -> bool:
    """What is overdue is recorded as such, and everything was read."""
    running = "select 1 from clock where stopped_at is null and fired_at is null and due_at < now()"
    if await made.system.fetch("grid", running):
        return False
    [changed] = await made.system.fetch("grid", "select sum(version) from report")
    [read] = await made.system.fetch(
        "gateway", "select sum(version) from card where noun = 'report'"
    )
    answer = await made.get("/v1/districts/330703/dashboard", **{"from": "2026-01-01"})
    if read != changed or answer.status_code != 200:
        return False
    sections = answer.json()["sections"]
    return bool(sections["grid"]["status"] == "fresh" and values(sections)["reports_filed"] == 5)
