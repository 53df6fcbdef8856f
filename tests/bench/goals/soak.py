"""Memory under a steady, mixed load through the gateway: it must stay where it is after warming up."""

import asyncio
import os
from collections.abc import Mapping
from statistics import median

from services.contracts import roles
from tests.bench.bench import Bench
from tests.bench.district import report
from tests.bench.figures import Row
from tests.bench.goals.start import memory_row
from tests.bench.load import UNIQUE, Plan, request, sent
from tests.bench.year import Year

SECONDS = float(os.environ.get("SOAK_SECONDS") or 600)
WARM_SHARE = 0.2
SHARE = 0.3
"""Of what the gateway takes at most of this mixture."""
CONNECTIONS = 16
EVERY_SECONDS = 5.0
AT_ONCE = 5
"""So many samples make one figure."""
FLAT = 1.05
REPORTS, DASHBOARD = "/v1/grid/reports", "/v1/districts/330703/dashboard"


async def measure(bench: Bench) -> list[Row]:
    year = await bench.played_year()
    streams = await _mixture(year)
    bench.say("soak: capacity")
    gateway = year.ports["gateway"]
    most = await sent(Plan(gateway, streams, bench.seconds), 200, 201)
    load = asyncio.create_task(
        sent(Plan(gateway, streams, SECONDS, rate=SHARE * most.rate), 200, 201)
    )
    samples: list[dict[str, float]] = []
    while not load.done():
        await asyncio.wait({load}, timeout=EVERY_SECONDS)
        samples.append(year.memory())
        bench.say(f"soak {len(samples) * EVERY_SECONDS:.0f}/{SECONDS:.0f} s")
    done = load.result()
    warm = int(WARM_SHARE * len(samples))
    before, after = samples[warm : warm + AT_ONCE], samples[-AT_ONCE:]
    growth = {name: _middle(after, name) / _middle(before, name) for name in samples[0]}
    told = " · ".join(f"{name} {value:.3f}" for name, value in growth.items())
    how = f"{done.answers:,} answers at {SHARE * most.rate:.0f}/s in {SECONDS:.0f} s"
    return [
        Row(
            "soak: memory at the end ÷ after warm-up, the worst service",
            [max(growth.values())],
            FLAT,
            at_most=True,
            told=f"{told}; {how}",
        ),
        memory_row("after the soak", after),
    ]


def _middle(samples: list[dict[str, float]], name: str) -> float:
    return median(sample[name] for sample in samples)


async def _mixture(year: Year) -> list[list[str]]:
    """Of ten requests three are new reports, three read one, three a list, and one the dashboard."""
    bearer: Mapping[str, str] = await year.bearer(roles.DISTRICT_OPERATOR, areas=("330703",))
    rows = await year.fetch(
        "grid", "select id from report order by created_at limit $1", CONNECTIONS
    )
    grids = await year.grids(CONNECTIONS)
    key = {"Idempotency-Key": UNIQUE}
    streams = []
    for grid, row in zip(grids, rows, strict=True):
        write = request("POST", REPORTS, {**bearer, **key}, report(grid))
        one = request("GET", f"{REPORTS}/{row['id']}", bearer)
        page = request("GET", f"{REPORTS}?area={grid[:9]}&status=CLOSED", bearer)
        figures = request("GET", f"{DASHBOARD}?from=2017-01-01&to=2017-12-31", bearer)
        streams.append([write, one, page] * 3 + [figures])
    return streams
