"""Dashboards by the present tree: what it costs to show the past of areas that are no more where they are today."""

import json
import os
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from functools import partial

import httpx

from services.chassis.deadlines.calendar import local_day
from services.chassis.identity.caller import Caller
from services.contracts import roles
from tests.bench.bench import Bench
from tests.bench.district import DISTRICT, GRIDS
from tests.bench.figures import Row, ratios
from tests.bench.goals.growth import grown
from tests.bench.load import Refused
from tests.bench.place import Place
from tests.support.running import eventually

REPORTS = int(os.environ.get("ROWS") or 100_000)
DAYS_AGO = 10
"""Since when there are no new reports: what was recorded in an area keeps it from ending before."""
CLOSED = GRIDS[::2]
IMPORTER = Caller(
    "bench-redraw", frozenset({roles.DISTRICT_OPERATOR, roles.DATA_IMPORTER}), (DISTRICT,)
)
ENDED = "select count(*) from card where noun = 'area' and data ->> 'valid_to' is not null"


async def measure(bench: Bench) -> list[Row]:
    async with AsyncExitStack() as stack:
        system = await grown(bench, stack, REPORTS, days_ago=DAYS_AGO)
        await _redrawn(system.place)
        found = await bench.interleaved(
            "trees",
            {
                "as it was": system.dashboard,
                "as it is": partial(system.dashboard, "tree=as_is"),
                "townships as they were": partial(system.dashboard, "group_by=township"),
                "townships as they are": partial(system.dashboard, "group_by=township&tree=as_is"),
            },
        )
    told = f"{bench.middle(found, ' ms')}; {len(CLOSED)} of {len(GRIDS)} grids redrawn"
    whole = ratios(found["as it is"], found["as it was"])
    parts = ratios(found["townships as they are"], found["townships as they were"])
    return [
        Row("trees: a dashboard as it is ÷ as it was", whole, at_most=True, told=told),
        Row("trees: by township, as they are ÷ as they were", parts, at_most=True, told=told),
    ]


async def _redrawn(place: Place) -> None:
    """Every other grid ends today, and another one takes its place."""
    opens = [
        {"code": f"{code[:-2]}9{code[-1]}", "name": code, "kind": "GRID", "predecessors": [code]}
        for code in CLOSED
    ]
    today = local_day(datetime.now(UTC)).isoformat()
    body = {"on": today, "closes": [{"code": code} for code in CLOSED], "opens": opens}
    url = f"http://127.0.0.1:{place.ports['grid']}/v1/grid/areas/redraw"
    async with httpx.AsyncClient(timeout=60) as client:
        answer = await client.put(url, json=body, headers=place.internal(IMPORTER))
    if answer.is_error or json.loads(answer.content)["closed"] != len(CLOSED):
        raise Refused(answer.text)

    async def told() -> bool:
        [row] = await place.fetch("gateway", ENDED)
        return bool(row[0] == len(CLOSED))

    await eventually(told, 60.0)
