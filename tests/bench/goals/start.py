"""How soon `make run` serves, the first time and later, and what it needs before anybody asks."""

import asyncio
import os
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from statistics import median

import aiohttp

from jinding.processes import SERVICES
from jinding.removal import remove_data
from tests.bench.bench import Bench
from tests.bench.figures import Row
from tests.bench.processes import megabytes, services
from tests.support.ports import free_ports
from tests.support.running import eventually

MEMORY = 450.0
"""Megabytes of the five services, their relays within."""
SETTLED_SECONDS = 10.0
PATIENCE_SECONDS = 120.0


async def measure(bench: Bench) -> list[Row]:
    bench.say("start")
    with tempfile.TemporaryDirectory(prefix="bench-", dir=Path.cwd() / "build") as folder:
        data = Path(folder)
        async with _running(data) as (first, _):
            pass
        async with _running(data) as (later, pid):
            await asyncio.sleep(SETTLED_SECONDS)
            idle = {name: megabytes(each) for name, each in services(pid).items()}
        remove_data(data)
    return [
        Row(
            "make run ready, seconds, the first time", [first], told="initdb and migrations within"
        ),
        Row("make run ready, seconds, later", [later]),
        memory_row("idle", [idle]),
    ]


def memory_row(when: str, told: Sequence[Mapping[str, float]]) -> Row:
    each = (f"{name} {median(one[name] for one in told):.0f}" for name in told[0])
    totals = [sum(one.values()) for one in told]
    goal = f"memory {when}, MB of five services"
    return Row(goal, totals, MEMORY, at_most=True, told=f"PSS: {' · '.join(each)}")


@asynccontextmanager
async def _running(data: Path) -> AsyncIterator[tuple[float, int]]:
    """`jinding run` on `data`: seconds until the gateway was ready, and its process."""
    ports = dict(zip(SERVICES, free_ports(len(SERVICES)), strict=True))
    named = {f"{name.upper()}_PORT": str(port) for name, port in ports.items()}
    began = time.monotonic()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "jinding", "run"),
        env={**os.environ, **named, "DATA_FOLDER": str(data)},
        stdout=asyncio.subprocess.DEVNULL,
    )
    try:
        await eventually(lambda: _ready(ports["gateway"]), PATIENCE_SECONDS)
        yield time.monotonic() - began, process.pid
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


async def _ready(port: int) -> bool:
    try:
        async with (
            aiohttp.ClientSession() as session,
            session.get(f"http://127.0.0.1:{port}/readyz") as answer,
        ):
            return answer.status == 200
    except (aiohttp.ClientError, OSError):
        return False
