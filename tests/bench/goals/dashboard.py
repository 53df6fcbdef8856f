"""P4: the district's dashboard through the gateway, unchanged against bytes from memory, and recomputed against
one row read by its key."""

import tempfile
import time
from functools import partial
from itertools import islice, product
from pathlib import Path
from statistics import median

import asyncpg

from services.contracts import roles
from tests.bench.baselines.cached import ONE
from tests.bench.bench import Bench
from tests.bench.figures import Row, ratios
from tests.bench.load import Plan, request
from tests.bench.place import baseline, running
from tests.bench.year import Year

CONNECTIONS, QUESTIONS, READS = 16, 200, 2000
PATH = "/v1/districts/330703/dashboard"
YEAR = "from=2017-01-01&to=2017-12-31"


async def measure(bench: Bench) -> list[Row]:
    year = await bench.played_year()
    bearer = await year.bearer(roles.DISTRICT_OPERATOR, areas=("330703",))
    answer = await year.played.client.get(f"{PATH}?{YEAR}", headers=bearer)
    with tempfile.TemporaryDirectory() as folder:
        body = Path(folder) / "dashboard.json"
        body.write_bytes(answer.raise_for_status().content)
        url = year.played.database_url("gateway")
        cached = baseline("cached", "cached:cached", {"BENCH_BODY": str(body)})
        row = baseline("row", "cached:one_row", {"BENCH_DATABASE": url})
        async with running([cached, row], Path(folder), bench.pids):
            unchanged = await _unchanged(bench, year, bearer, cached.port)
            return unchanged + await _recomputed(bench, year, bearer, row.port)


async def _unchanged(bench: Bench, year: Year, bearer: dict[str, str], port: int) -> list[Row]:
    async def asked(server: str, port: int, status: int, known: dict[str, str]) -> float:
        text = request("GET", f"{PATH}?{YEAR}", bearer | known)
        plan = Plan(port, [[text]] * CONNECTIONS, bench.seconds)
        return (await bench.loaded(server, plan, status)).rate

    gateway = year.ports["gateway"]
    answer = await year.played.client.get(f"{PATH}?{YEAR}", headers=bearer)
    found = await bench.interleaved(
        "P4",
        {
            "gateway": partial(asked, "gateway", gateway, 200, {}),
            "cached": partial(asked, "cached", port, 200, {}),
        },
    )
    told = f"{bench.middle(found)}; {bench.costing(*found)}; {len(answer.content):,} bytes"
    return [
        Row(
            "P4 unchanged dashboard ÷ cached bytes",
            ratios(found["gateway"], found["cached"]),
            0.5,
            told=told,
        )
    ]


async def _recomputed(bench: Bench, year: Year, bearer: dict[str, str], port: int) -> list[Row]:
    """Every question is new: a year that begins and ends on other days."""
    days = product(range(1, 29), (1, 2, 3), range(1, 29), (10, 11, 12))
    periods = (f"from=2017-{m:02}-{d:02}&to=2017-{n:02}-{e:02}" for d, m, e, n in days)
    ((id_,),) = await year.fetch("gateway", "select id from card where noun = 'report' limit 1")

    async def recomputed() -> float:
        texts = [
            request("GET", f"{PATH}?{period}", bearer) for period in islice(periods, QUESTIONS)
        ]
        plan = Plan(year.ports["gateway"], [texts], once=True)
        return (await bench.loaded("gateway", plan)).milliseconds["p50"]

    async def row_by_http() -> float:
        texts = [request("GET", f"/card/report/{id_}")] * READS
        return (await bench.loaded("row", Plan(port, [texts], once=True))).milliseconds["p50"]

    async def row() -> float:
        connection = await asyncpg.connect(year.played.database_url("gateway"))
        taken = []
        for _ in range(READS):
            began = time.perf_counter()
            await connection.fetchrow(ONE, "report", id_)
            taken.append(1000 * (time.perf_counter() - began))
        await connection.close()
        return median(taken)

    found = await bench.interleaved(
        "P4", {"gateway": recomputed, "row": row_by_http, "row without HTTP": row}
    )
    told = f"{bench.middle(found, ' ms')}; {bench.costing('gateway', 'row')}"
    return [
        Row(
            "P4 dashboard recomputed ÷ one row read by key, both by HTTP",
            ratios(found["gateway"], found["row"]),
            50,
            at_most=True,
            told=told,
        ),
        Row(
            "P4 the same ÷ the read itself, by asyncpg",
            ratios(found["gateway"], found["row without HTTP"]),
            told=told,
        ),
    ]
