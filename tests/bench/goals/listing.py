"""P3: a page of 50 of a million reports, filtered by area and status; first, and deep within."""

import json
from functools import partial
from urllib.parse import quote

import httpx

from tests.bench.bench import Bench, Measure
from tests.bench.district import OPERATOR, TOWNSHIPS
from tests.bench.figures import Row, ratios
from tests.bench.filling import filled
from tests.bench.load import Plan, request
from tests.bench.place import Place

REPORTS, DEPTH = 1_000_000, 900_000
CONNECTIONS = 8
PATH = "/v1/grid/reports"
CLOSED = f"area={TOWNSHIPS[3]}&status=CLOSED"
OPEN = f"area={TOWNSHIPS[3]}&status=REPORTED"


async def measure(bench: Bench) -> list[Row]:
    async with bench.fresh() as place:
        return await _measured(bench, place)


async def _measured(bench: Bench, place: Place) -> list[Row]:
    bench.say("P3 a million reports")
    await filled(place, REPORTS)
    grid, django = place.service("grid"), place.django("grid")
    bare = place.bare("bare", "bare:reads", "grid")

    async def pages(server: str, port: int, query: str) -> float:
        text = request("GET", f"{PATH}?{query}", place.internal(OPERATOR))
        return (await bench.loaded(server, Plan(port, [[text]] * CONNECTIONS, bench.seconds))).rate

    async with place.running([grid, bare, django]):
        bench.say(f"P3 walking to depth {DEPTH:,}")
        deep = f"{CLOSED}&after={await cursor_at(place, grid.port)}"
        measures: dict[str, Measure] = {
            server.name: partial(pages, server.name, server.port, CLOSED)
            for server in (grid, bare, django)
        }
        for name, query in (("deep", deep), ("open", OPEN)):
            measures[name] = partial(pages, "grid", grid.port, query)
        found = await bench.interleaved("P3", measures)
    told = f"{bench.middle(found)}; {bench.costing('grid', 'bare', 'django')}"
    first = found["grid"]
    return [
        Row("P3 page of 50 ÷ bare ASGI and raw rows", ratios(first, found["bare"]), 0.5, told=told),
        Row("P3 page of 50 ÷ DRF's cursor", ratios(first, found["django"]), 8, told=told),
        Row(
            f"P3 page at depth {DEPTH:,} ÷ first page",
            ratios(found["deep"], first),
            0.9,
            told=told,
        ),
        Row(
            "P3 open reports of a township ÷ its closed ones",
            ratios(found["open"], first),
            told=told,
        ),
    ]


async def cursor_at(place: Place, port: int) -> str:
    """Go through the list, page by page, until `DEPTH` reports are newer than the last one."""
    (row,) = await place.fetch(
        "grid", "select id from report order by created_at desc offset $1 limit 1", DEPTH
    )
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=30) as client:
        after = ""
        while True:
            headers = place.internal(OPERATOR)
            found = await client.get(f"{PATH}?{CLOSED}&limit=200{after}", headers=headers)
            page = json.loads(found.raise_for_status().content)
            if page["items"][-1]["id"] < str(row["id"]):  # UUIDs of version 7: in the order of time
                return quote(page["next"])
            after = f"&after={quote(page['next'])}"
