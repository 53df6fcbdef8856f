"""How long a POST takes at 70 % of what the grid service can do: due at a rate, so that nothing is left out."""

from statistics import median

from tests.bench.bench import Bench
from tests.bench.district import GRIDS, imported, member, report
from tests.bench.figures import Row
from tests.bench.load import UNIQUE, Load, Plan, each, request
from tests.bench.place import Place

SHARE, CONNECTIONS = 0.7, 32
PATH = "/v1/grid/reports"
TIMES = 2
"""So many seconds longer than others: the thousandth part of few answers is one of them."""


async def measure(bench: Bench) -> list[Row]:
    async with bench.fresh() as place, place.running([grid := place.service("grid")]):
        await imported(place)
        bench.say("latency: capacity")
        await bench.loaded("grid", _plan(place, grid.port, bench.seconds / 2), 201)
        most = await bench.loaded("grid", _plan(place, grid.port, bench.seconds), 201)
        loads: list[Load] = []
        for turn in range(bench.rounds):
            bench.say(f"latency {turn + 1}/{bench.rounds}")
            plan = _plan(place, grid.port, TIMES * bench.seconds, SHARE * most.rate)
            loads.append(await bench.loaded("grid", plan, 201))
    told = f"{SHARE * most.rate:.0f}/s of {most.rate:.0f}/s, Poisson, {median(load.answers for load in loads):.0f} a round"
    return [
        Row(
            f"POST at 70 % of capacity, {name} in ms",
            [load.milliseconds[key] for load in loads],
            told=told,
        )
        for key, name in (("p50", "p50"), ("p99", "p99"), ("p999", "p99.9"))
    ]


def _plan(place: Place, port: int, seconds: float, rate: float | None = None) -> Plan:
    texts = [
        request(
            "POST", PATH, place.internal(member(grid)) | {"Idempotency-Key": UNIQUE}, report(grid)
        )
        for grid in GRIDS[:: len(GRIDS) // CONNECTIONS]
    ]
    return Plan(port, each(texts), seconds, rate=rate)
