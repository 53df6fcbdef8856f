"""How a write, a list, the dashboard and a rebuild grow from ten thousand reports to a million. Three systems side
by side, so that all sizes are measured in turns."""

import asyncio
import os
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from functools import partial
from itertools import islice, product
from statistics import median

import aiohttp

from services.contracts import roles
from tests.bench.bench import Bench, Measure
from tests.bench.district import DISTRICT, GRIDS, OPERATOR, TOWNSHIPS, imported, report
from tests.bench.figures import Row, ratios
from tests.bench.filling import filled
from tests.bench.load import UNIQUE, Plan, Refused, request, sent
from tests.bench.place import Place, prepared, settings
from tests.bench.year import LIMITS

SIZES = (10_000, 100_000, 1_000_000)
SAMPLES = 200
FLAT = 1.25
PATH = "/v1/grid/reports"
NAMES = ("write", "list", "dashboard", "rebuild")


async def measure(bench: Bench) -> list[Row]:
    async with AsyncExitStack() as stack:
        systems = [await grown(bench, stack, size) for size in SIZES]
        measures: dict[str, Measure] = {
            f"{name} {system.size:,}": partial(getattr(system, name))
            for name in NAMES
            for system in systems
        }
        found = await bench.interleaved("growth", measures)
    return [_row(name, found) for name in NAMES]


def _row(name: str, found: Mapping[str, list[float]]) -> Row:
    """From the smallest to the largest; a rebuild by report, from the middle size on."""
    told = " · ".join(f"{size:,}: {median(found[f'{name} {size:,}']):.2f}" for size in SIZES)
    low, middle, high = (found[f"{name} {size:,}"] for size in SIZES)
    if name == "rebuild":
        by_report = [one * SIZES[1] / SIZES[2] for one in ratios(high, middle)]
        return Row(
            "growth of a rebuild by report, 10⁵ → 10⁶",
            by_report,
            FLAT,
            at_most=True,
            told=f"{told} s",
        )
    target = None if name == "write" else FLAT
    return Row(
        f"growth of a {name}, 10⁴ → 10⁶ reports",
        ratios(high, low),
        target,
        at_most=True,
        told=f"{told} ms (p50)",
    )


async def grown(bench: Bench, stack: AsyncExitStack, size: int, *, days_ago: int = 0) -> "System":
    """A system of its own with so many reports, the newest of them so old."""
    bench.say(f"growth: {size:,} reports")
    named = settings(f"bench-{size}")
    place = await stack.enter_async_context(prepared(named, {}))
    gateway = place.service("gateway", **LIMITS)
    await filled(place, size, days_ago=days_ago)
    await stack.enter_async_context(place.running([place.service("grid"), gateway]))
    await imported(place)
    system = System(place, size)
    await system.rebuild()
    return system


def _periods() -> Iterator[str]:
    days = product(range(1, 29), (1, 2, 3), range(1, 29), (7, 8, 9))
    return (f"from=2025-{m:02}-{d:02}&to=2025-{n:02}-{e:02}" for d, m, e, n in days)


@dataclass
class System:
    """Grid and gateway with so many reports; every measure is milliseconds but the rebuild's seconds."""

    place: Place
    size: int
    periods: Iterator[str] = field(default_factory=_periods)

    async def write(self) -> float:
        headers = self.place.internal(OPERATOR) | {"Idempotency-Key": UNIQUE}
        texts = [request("POST", PATH, headers, report(GRIDS[0]))] * SAMPLES
        return (await sent(Plan(self.place.ports["grid"], [texts], once=True), 201)).milliseconds[
            "p50"
        ]

    async def list(self) -> float:
        query = f"{PATH}?area={TOWNSHIPS[3]}&status=CLOSED"
        texts = [request("GET", query, self.place.internal(OPERATOR))] * SAMPLES
        return (await sent(Plan(self.place.ports["grid"], [texts], once=True), 200)).milliseconds[
            "p50"
        ]

    async def dashboard(self, more: str = "") -> float:
        """Recomputed: no question was asked before."""
        bearer = {"Authorization": f"Bearer {await self._token()}"}
        path = f"/v1/districts/{DISTRICT}/dashboard"
        texts = [
            request("GET", f"{path}?{period}&{more}", bearer)
            for period in islice(self.periods, SAMPLES)
        ]
        return (
            await sent(Plan(self.place.ports["gateway"], [texts], once=True), 200)
        ).milliseconds["p50"]

    async def rebuild(self) -> float:
        began = time.monotonic()
        named = {f"{name.upper()}_PORT": str(port) for name, port in self.place.ports.items()}
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "jinding", "rebuild", "--service", "grid"),
            env={**os.environ, **named, "DATA_FOLDER": str(self.place.settings.folder)},
            stdout=asyncio.subprocess.DEVNULL,
        )
        if await process.wait():
            raise Refused("the rebuild failed; see above")
        return time.monotonic() - began

    async def _token(self) -> str:
        body = {"roles": [roles.DISTRICT_OPERATOR], "areas": [DISTRICT], "subject": "bench"}
        url = f"http://127.0.0.1:{self.place.ports['gateway']}/dev/token"
        async with aiohttp.ClientSession() as session, session.post(url, json=body) as answer:
            return str((await answer.json())["access_token"])
