"""A small district for the benchmarks: eight townships of four villages of two grids, and who works there."""

import json
from datetime import UTC, datetime
from typing import Any

from services.chassis.identity.caller import Caller
from services.contracts import roles
from tests.bench.load import Plan, request, sent
from tests.bench.place import Place

DISTRICT = "330703"
TOWNSHIPS = [f"{DISTRICT}{number}" for number in range(101, 109)]
VILLAGES = [f"{township}{number}" for township in TOWNSHIPS for number in range(201, 205)]
GRIDS = [f"{village}{number:03}" for village in VILLAGES for number in (1, 2)]
REPORT = {
    "category": "ENVIRONMENT",
    "title": "河边堆放垃圾",
    "description": "河边有一堆建筑垃圾",
    "place": "村口桥边",
}
OPERATOR = Caller("bench-office", frozenset({roles.DISTRICT_OPERATOR}), (DISTRICT,))


PHOTO = {"kind": "PHOTO", "media_type": "image/jpeg", "size": 1_800_000, "sha256": "5d" * 32}
COMPLETE = REPORT | {
    "category": "DISPUTE",
    "subcategory": "NEIGHBOUR",
    "title": "邻里排水纠纷",
    "description": "两户因屋后排水沟走向发生争执，村干部已到场劝解，双方要求调解。",
    "details": {},
    "parties": [
        {"name": "王小明", "phone": "13800138001"},
        {"name": "李大山", "phone": "13900139002"},
    ],
}
"""All that a report of a dispute may tell: its parties are sealed, its photos declared."""


def complete(grid: str, *photos: str) -> dict[str, Any]:
    """The body of a complete report, with the ids of its photos."""
    at = datetime.now(UTC).isoformat()
    place = {"lng": 119.69, "lat": 29.1, "datum": "CGCS2000", "accuracy_m": 8, "captured_at": at}
    told = COMPLETE | {"area_code": grid, "position": place}
    return told | {"attachments": [PHOTO | {"id": id_, "taken_at": at} for id_ in photos]}


def member(grid: str) -> Caller:
    return Caller(f"red-{grid}", frozenset({roles.RED_GRID_MEMBER}), (grid,))


def report(grid: str) -> str:
    """The body of a new report."""
    return json.dumps(REPORT | {"area_code": grid}, ensure_ascii=False)


def areas() -> list[dict[str, Any]]:
    levels = [("DISTRICT", [DISTRICT]), ("TOWN", TOWNSHIPS), ("VILLAGE", VILLAGES), ("GRID", GRIDS)]
    return [
        {
            "code": code,
            "name": f"示范{code}",
            "kind": kind,
            "parent": code[:-3] if kind != "DISTRICT" else None,
            "valid_from": "2000-12-31",
            "demo": kind != "DISTRICT",
        }
        for kind, codes in levels
        for code in codes
    ]


async def imported(place: Place) -> None:
    """The areas, through the API of a grid service that runs."""
    path, headers = "/v1/grid/areas/import", place.internal(OPERATOR)
    text = request("PUT", path, headers, json.dumps({"rows": areas()}, ensure_ascii=False))
    await sent(Plan(place.ports["grid"], [[text]], once=True), 200)
