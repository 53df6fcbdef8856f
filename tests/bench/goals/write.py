"""P1: one report at the grid service, against the same two inserts without a framework and with Django's; and one
that tells all it may: parties, who are sealed, a position, two photos declared.
"""

import json
from collections.abc import Callable
from functools import partial

from tests.bench.bench import Bench
from tests.bench.district import GRIDS, complete, imported, member, report
from tests.bench.figures import Row, ratios
from tests.bench.load import UNIQUE, Plan, each, request
from tests.bench.place import Place

CONNECTIONS = 16
Body = Callable[[str], str]
"""Of a new report of that grid."""
PATH = "/v1/grid/reports"


async def measure(bench: Bench) -> list[Row]:
    async with bench.fresh() as place:
        return await _measured(bench, place)


async def _measured(bench: Bench, place: Place) -> list[Row]:
    """The service as `make run` starts it, its relay and consumer within; and a replica that leaves the relaying
    to the other."""
    grid = place.service("grid")
    replica = place.twin("grid", "replica", RUN_RELAY="false")
    bare, django = place.bare("bare", "bare:writes"), place.django()
    servers = [grid, replica, bare, django]

    async def posts(server: str, port: int, body: Body = report) -> float:
        key = {"Idempotency-Key": UNIQUE}
        texts = [
            request("POST", PATH, place.internal(member(area)) | key, body(area))
            for area in GRIDS[:: len(GRIDS) // CONNECTIONS]
        ]
        return (await bench.loaded(server, Plan(port, each(texts), bench.seconds), 201)).rate

    async with place.running(servers):
        await imported(place)
        measures = {server.name: partial(posts, server.name, server.port) for server in servers}
        measures["complete"] = partial(posts, grid.name, grid.port, whole)
        found = await bench.interleaved("P1", measures)
    told = f"{bench.middle(found)}; {bench.costing(*(server.name for server in servers))}"
    relayed_elsewhere = ratios(found["replica"], found["bare"])
    return [
        Row("P1 POST ÷ bare ASGI", ratios(found["grid"], found["bare"]), 0.5, told=told),
        Row("P1 POST ÷ DRF", ratios(found["grid"], found["django"]), 5, told=told),
        Row("P1 POST ÷ bare ASGI, relay in another process", relayed_elsewhere, told=told),
        Row(
            "P1 complete report ÷ bare ASGI",
            ratios(found["complete"], found["bare"]),
            0.5,
            told=told,
        ),
        Row("P1 complete report ÷ DRF", ratios(found["complete"], found["django"]), 5, told=told),
    ]


def whole(area: str) -> str:
    """A complete report; its photos get ids of their own each time it is sent."""
    photos = (f"0191d7a0000{n}{UNIQUE}" for n in (1, 2))
    return json.dumps(complete(area, *photos), ensure_ascii=False)
