"""P9: a million reports as a file. What it takes of memory above the idle service, how long it lasts, and how long
reads and writes take meanwhile."""

import json
import os
from datetime import datetime
from typing import Any

import httpx

from tests.bench.bench import Bench
from tests.bench.district import GRIDS, OPERATOR, TOWNSHIPS, imported, report
from tests.bench.figures import Row
from tests.bench.filling import filled
from tests.bench.load import UNIQUE, Load, Plan, request, sent
from tests.bench.place import Place
from tests.bench.processes import PROC

REPORTS = int(os.environ.get("ROWS") or 1_000_000)
MEGABYTES = 50.0
RATE, SECONDS = 100.0, 5.0
"""Reads and writes in turns meanwhile; as many as a large district has at its peak hour, and more."""
LIST, EXPORTS = "/v1/grid/reports", "/v1/grid/exports"


async def measure(bench: Bench) -> list[Row]:
    async with bench.fresh() as place:
        bench.say(f"P9 {REPORTS:,} reports")
        await filled(place, REPORTS)
        return [row for format in ("csv", "xlsx") for row in await _of(bench, place, format)]


async def _of(bench: Bench, place: Place, format: str) -> list[Row]:
    """By a service that was just started, and is idle but for the load."""
    grid = place.service("grid")
    async with place.running([grid]):
        await imported(place)
        bench.say(f"P9 {format}: idle")
        before = await _loaded(place)
        pid = bench.pids["grid"]
        idle = _peak(pid)
        job = await _ask(place, format)
        loads: list[Load] = []
        while job["state"] in ("QUEUED", "RUNNING"):
            bench.say(f"P9 {format}: {job['rows']:,} rows")
            loads.append(await _loaded(place))
            job = await _called(place, "GET", f"{EXPORTS}/{job['id']}")
        over = _peak(pid) - idle
    if job["state"] != "DONE" or job["rows"] < REPORTS:
        raise RuntimeError(f"{job['state']}, {job['rows']} rows: {job['reason']}")
    p99 = [load.milliseconds["p99"] for load in loads]
    told = (
        f"{job['rows']:,} rows, {job['bytes'] / 1e6:.0f} MB in {_lasted(job):.0f} s; idle {idle:.0f} MB; "
        f"meanwhile {RATE:.0f} requests/s, p99 {before.milliseconds['p99']:.1f} ms before"
    )
    return [
        Row(f"P9 {format}: peak memory over idle, in MB", [over], MEGABYTES, True, told),
        Row(f"P9 {format}: p99 of reads and writes meanwhile, in ms", p99, told=told),
    ]


def _lasted(job: dict[str, Any]) -> float:
    started, finished = (
        datetime.fromisoformat(job[name]) for name in ("started_at", "finished_at")
    )
    return (finished - started).total_seconds()


def _peak(pid: int) -> float:
    """The most that the process has held since it was asked last, in MB."""
    lines = (PROC / f"{pid}/status").read_text().splitlines()
    (PROC / f"{pid}/clear_refs").write_text("5")
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024


async def _loaded(place: Place) -> Load:
    headers = place.internal(OPERATOR)
    write = request("POST", LIST, headers | {"Idempotency-Key": UNIQUE}, report(GRIDS[0]))
    read = request("GET", f"{LIST}?area={TOWNSHIPS[3]}&status=CLOSED", headers)
    return await sent(Plan(place.ports["grid"], [[write, read]] * 4, SECONDS, rate=RATE), 200, 201)


async def _ask(place: Place, format: str) -> dict[str, Any]:
    body = {"list": "reports", "format": format, "purpose": "bench"}
    return await _called(place, "POST", EXPORTS, body)


async def _called(place: Place, method: str, path: str, body: Any = None) -> dict[str, Any]:
    url = f"http://127.0.0.1:{place.ports['grid']}{path}"
    async with httpx.AsyncClient(timeout=30) as client:
        answer = await client.request(method, url, json=body, headers=place.internal(OPERATOR))
        return dict(json.loads(answer.raise_for_status().content))
