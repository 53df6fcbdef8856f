"""P3: a page of 50 of a million reports, filtered by area and status; first, and at any depth. The same of reports
that tell all they may, for a township that sees its own."""

import json
import os
from functools import partial
from urllib.parse import quote

import httpx

from services.chassis.identity.caller import Caller
from services.contracts import roles
from tests.bench.bench import Bench, Measure
from tests.bench.district import OPERATOR, TOWNSHIPS
from tests.bench.figures import Row, ratios
from tests.bench.filling import filled
from tests.bench.load import Plan, request
from tests.bench.place import Place

REPORTS = int(os.environ.get("ROWS") or 1_000_000)
DEPTHS = [REPORTS * share // 100 for share in (10, 50, 90)]
CONNECTIONS = 8
PATH = "/v1/grid/reports"
CLOSED = f"area={TOWNSHIPS[3]}&status=CLOSED"
OPEN = f"area={TOWNSHIPS[3]}&status=REPORTED"


OFFICE = Caller("bench-town", frozenset({roles.TOWNSHIP_OPERATOR}), (TOWNSHIPS[3],))


async def measure(bench: Bench) -> list[Row]:
    async with bench.fresh() as place:
        await filled(place, REPORTS)
        return await _measured(bench, place, OPERATOR, "P3 page")


async def measure_complete(bench: Bench) -> list[Row]:
    async with bench.fresh() as place:
        await filled(place, REPORTS, complete=True)
        return await _measured(bench, place, OFFICE, "P3 page of complete reports")


async def _measured(bench: Bench, place: Place, caller: Caller, what: str) -> list[Row]:
    grid, django = place.service("grid"), place.django("grid")
    bare = place.bare("bare", "bare:reads", "grid")

    async def pages(server: str, port: int, query: str) -> float:
        text = request("GET", f"{PATH}?{query}", place.internal(caller))
        return (await bench.loaded(server, Plan(port, [[text]] * CONNECTIONS, bench.seconds))).rate

    async with place.running([grid, bare, django]):
        measures: dict[str, Measure] = {
            server.name: partial(pages, server.name, server.port, CLOSED)
            for server in (grid, bare, django)
        }
        for depth in DEPTHS:
            bench.say(f"{what}: walking to depth {depth:,}")
            deep = f"{CLOSED}&after={await cursor_at(place, grid.port, caller, depth)}"
            measures[f"{depth:,}"] = partial(pages, "grid", grid.port, deep)
        measures["open"] = partial(pages, "grid", grid.port, OPEN)
        found = await bench.interleaved("P3", measures)
    told = f"{bench.middle(found)}; {bench.costing('grid', 'bare', 'django')}"
    first = found["grid"]
    depths = [ratios(found[f"{depth:,}"], first) for depth in DEPTHS]
    slowest = [min(turn) for turn in zip(*depths, strict=True)]
    return [
        Row(f"{what} ÷ bare ASGI and raw rows", ratios(first, found["bare"]), 0.5, told=told),
        Row(f"{what} ÷ DRF's cursor", ratios(first, found["django"]), 8, told=told),
        Row(f"{what} at depth {DEPTHS[-1]:,} ÷ first page", depths[-1], 0.9, told=told),
        Row(f"{what} at the slowest of {len(DEPTHS)} depths ÷ first", slowest, told=told),
        Row(
            f"{what}: open of a township ÷ its closed ones",
            ratios(found["open"], first),
            told=told,
        ),
    ]


async def cursor_at(place: Place, port: int, caller: Caller, depth: int) -> str:
    """Go through the list, page by page, until `depth` reports are newer than the last one."""
    (row,) = await place.fetch(
        "grid", "select id from report order by created_at desc offset $1 limit 1", depth
    )
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=30) as client:
        after = ""
        while True:
            headers = place.internal(caller)
            found = await client.get(f"{PATH}?{CLOSED}&limit=200{after}", headers=headers)
            page = json.loads(found.raise_for_status().content)
            if page["items"][-1]["id"] < str(row["id"]):  # UUIDs of version 7: in the order of time
                return quote(page["next"])
            after = f"&after={quote(page['next'])}"
