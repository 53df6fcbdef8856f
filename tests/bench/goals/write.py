"""P1: one report at the grid service, against the same two inserts without a framework and with Django's."""

from functools import partial

from tests.bench.bench import Bench, Measure, middle
from tests.bench.district import GRIDS, imported, member, report
from tests.bench.figures import Row, ratios
from tests.bench.load import UNIQUE, Plan, each, request, sent

CONNECTIONS = 16
PATH = "/v1/grid/reports"


async def measure(bench: Bench) -> list[Row]:
    place = bench.place
    grid, quiet = place.service("grid"), place.service("grid", RUN_RELAY="false")
    bare = place.bare("bare", "tests.bench.baselines.bare:writes")
    django = place.django()

    async def posts(port: int) -> float:
        grids = GRIDS[:: len(GRIDS) // CONNECTIONS]
        key = {"Idempotency-Key": UNIQUE}
        texts = [
            request("POST", PATH, place.internal(member(area)) | key, report(area))
            for area in grids
        ]
        load = await sent(Plan(port, each(texts), bench.seconds), 201)
        bench.used(load)
        return load.rate

    async with place.running([grid, bare, django]):
        await imported(place)
        ports = {"grid": grid.port, "bare ASGI": bare.port, "DRF": django.port}
        measures: dict[str, Measure] = {name: partial(posts, port) for name, port in ports.items()}
        found = await bench.interleaved("P1", measures)
    async with place.running([quiet, bare]):
        measures = {"grid": partial(posts, grid.port), "bare ASGI": partial(posts, bare.port)}
        without = await bench.interleaved("P1 (relay apart)", measures)
    told = middle(found)
    return [
        Row("P1 POST ÷ bare ASGI", ratios(found["grid"], found["bare ASGI"]), 0.5, told=told),
        Row("P1 POST ÷ DRF", ratios(found["grid"], found["DRF"]), 5, told=told),
        Row(
            "P1 the same, relay not in the process",
            ratios(without["grid"], without["bare ASGI"]),
            told=middle(without),
        ),
    ]
