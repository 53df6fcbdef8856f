"""P7: from the moment a report is sent until the dashboard shows it, against the time of the sending itself."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from statistics import median
from typing import Any

import aiohttp

from services.contracts import roles
from tests.bench.bench import Bench
from tests.bench.district import report
from tests.bench.figures import Row, ratios
from tests.bench.load import UNIQUE, Plan, each, request, sent
from tests.bench.year import Year

PATH = "/v1/grid/reports"
CONNECTIONS = 8
SHARE = 0.3
"""Of what the gateway takes at most, sent by others meanwhile."""
PROBES = 60
PATIENCE_SECONDS = 30.0


async def measure(bench: Bench) -> list[Row]:
    year = await bench.played_year()
    watched, *others = await year.grids(1 + CONNECTIONS)
    bearer = await year.bearer(roles.DISTRICT_OPERATOR, areas=("330703",))
    texts = [
        request("POST", PATH, bearer | {"Idempotency-Key": UNIQUE}, report(grid)) for grid in others
    ]
    bench.say("P7 capacity")
    most = await sent(Plan(year.ports["gateway"], each(texts), bench.seconds / 2), 201)
    posts: list[float] = []
    shown: list[float] = []
    async with _probe(year, bearer, watched) as probe:
        for turn in range(bench.rounds + 1):
            bench.say(f"P7 {turn}/{bench.rounds}" if turn else "P7 warm-up")
            async with _others(year, texts, SHARE * most.rate):
                times = [await probe.once() for _ in range(PROBES)]
            if turn:
                posts.append(1000 * median(post for post, _ in times))
                shown.append(1000 * median(visible for _, visible in times))
    told = f"POST {median(posts):.1f} ms · shown {median(shown):.1f} ms (p50), {SHARE * most.rate:.0f}/s by others"
    return [
        Row("P7 POST until shown ÷ POST, p50", ratios(shown, posts), 5, at_most=True, told=told)
    ]


@asynccontextmanager
async def _others(year: Year, texts: list[str], rate: float) -> AsyncIterator[None]:
    """Reports at a rate, from others and of other grids."""
    plan = Plan(year.ports["gateway"], each(texts), PATIENCE_SECONDS * 4, rate=rate)
    load = asyncio.create_task(sent(plan, 201))
    try:
        yield
    finally:
        load.cancel()
        await asyncio.gather(load, return_exceptions=True)


class Probe:
    """Reports a matter in a grid where nobody else does, and looks until it is counted."""

    def __init__(self, session: aiohttp.ClientSession, grid: str) -> None:
        self.session, self.grid = session, grid

    async def once(self) -> tuple[float, float]:
        """Seconds until the answer, and until it was shown."""
        before = await self.count()
        began = time.perf_counter()
        headers = {"Idempotency-Key": str(time.time_ns()), "Content-Type": "application/json"}
        async with self.session.post(
            PATH, data=report(self.grid).encode(), headers=headers
        ) as done:
            done.raise_for_status()
            await done.read()
        answered = time.perf_counter() - began
        while await self.count() == before:
            if time.perf_counter() > began + PATIENCE_SECONDS:
                raise TimeoutError("the dashboard never showed it")
        return answered, time.perf_counter() - began

    async def count(self) -> Any:
        async with self.session.get(f"/v1/areas/{self.grid}/dashboard") as answer:
            answer.raise_for_status()
            told = json.loads(await answer.read())
        return told["sections"]["grid"]["figures"]["reports_filed"]["value"]


@asynccontextmanager
async def _probe(year: Year, bearer: Mapping[str, str], grid: str) -> AsyncIterator[Probe]:
    url = f"http://127.0.0.1:{year.ports['gateway']}"
    async with aiohttp.ClientSession(url, headers=dict(bearer)) as session:
        yield Probe(session, grid)
