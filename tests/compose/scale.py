"""More of each service on one host: every replica serves, and what a killed relay published another goes on with."""

import asyncio
import subprocess
import time
from collections.abc import Callable
from typing import NamedTuple

from prometheus_client.parser import text_string_to_metric_families
from rich.console import Console

from services.chassis.outbox import LANES
from services.chassis.relay import LOCK_CLASS
from services.chassis.session import TAKEOVER_SECONDS
from tests.compose.account import Counts, sql
from tests.compose.faults import BACK_SECONDS, account_of
from tests.compose.load import loaded
from tests.compose.stack import Stack

REPLICAS = {"grid": 3, "disputes": 2, "inspection": 2, "training": 2}
RELAYS = 2
KILLS = 2
SERVED_SECONDS = 120.0
METRICS = (
    "import urllib.request as u; print(u.urlopen('http://127.0.0.1:9000/metrics').read().decode())"
)
HELD = (
    "select pid, host(client_addr), count(*) from pg_locks join pg_stat_activity using (pid) "
    f"where locktype = 'advisory' and classid = {LOCK_CLASS} and granted "
    "and datname = current_database() group by 1, 2 order by 3 desc"
)
SESSIONS = (
    "select count(*) from pg_stat_activity "
    "where datname = current_database() and application_name = 'jinding-relay'"
)


class Holder(NamedTuple):
    """A relay's session, and how many lanes it has."""

    pid: int
    address: str
    lanes: int


async def scaled(stack: Stack, console: Console) -> Counts:
    """Under load: three of `grid` and two of each other service, and two relays of `grid` beside them."""
    counts: Counts = {}
    async with loaded(stack) as load:
        await load.goes_on(BACK_SECONDS)
        await asyncio.to_thread(_grow, stack)
        seconds = await _until(lambda: all(_served(stack)), SERVED_SECONDS)
        console.print(f"三份都有请求 · each of three served: {seconds:.1f} s", highlight=False)
        counts["grid: replicas that serve"] = sum(map(bool, _served(stack))), REPLICAS["grid"]
        relays = REPLICAS["grid"] + RELAYS
        await _until(lambda: _relays(stack) >= relays, BACK_SECONDS)
        counts["grid: relays"] = _relays(stack), relays
        for turn in range(1, KILLS + 1):
            killed, seconds = await _kill_the_first(stack)
            console.print(
                f"kill -9 {killed}: {LANES} 条通道 {seconds:.1f} s 后被接管 · lanes taken over",
                highlight=False,
            )
            slow = int(seconds > TAKEOVER_SECONDS)
            counts[f"kill {turn}: over {TAKEOVER_SECONDS} s until taken over"] = slow, 0
            await load.goes_on(BACK_SECONDS)
    console.print(f"{len(load.answered):,} 件已应答 · acknowledged", highlight=False)
    return counts | await account_of(stack, load)


def _grow(stack: Stack) -> None:
    more = [part for name, n in REPLICAS.items() for part in ("--scale", f"{name}={n}")]
    stack.compose("up", "-d", "--wait", "--no-recreate", *more, *REPLICAS)
    for _ in range(RELAYS):
        stack.compose("run", "-d", "--no-deps", "-T", "grid", "jinding", "relay", "grid")


def _served(stack: Stack) -> list[float]:
    """How many reports each replica of `grid` has taken."""
    ids = stack.compose("ps", "-q", "grid").split()
    return [_reports(_docker("exec", id_, "python", "-c", METRICS)) for id_ in ids]


def _reports(told: str) -> float:
    return sum(
        sample.value
        for family in text_string_to_metric_families(told)
        for sample in family.samples
        if sample.name == "http_server_request_duration_seconds_count"
        and (sample.labels["method"], sample.labels["status"]) == ("POST", "201")
    )


async def _kill_the_first(stack: Stack) -> tuple[str, float]:
    """Kill the relay that has most lanes; which it was, and how long until others have all of them."""
    first = _holders(stack)[0]
    killed = _container_at(stack, first.address)
    began = time.monotonic()
    await asyncio.to_thread(_docker, "exec", killed, "sh", "-c", "kill -9 -1", check=False)

    def taken_over() -> bool:
        held = [holder for holder in _holders(stack) if holder.pid != first.pid]
        return sum(holder.lanes for holder in held) == LANES

    await _until(taken_over, BACK_SECONDS)
    return killed, time.monotonic() - began


def _holders(stack: Stack) -> list[Holder]:
    rows = (line.split("|") for line in sql(stack, "grid", HELD))
    return [Holder(int(pid), address, int(lanes)) for pid, address, lanes in rows]


def _relays(stack: Stack) -> int:
    return int(sql(stack, "grid", SESSIONS)[0])


def _container_at(stack: Stack, address: str) -> str:
    ids = _docker("ps", "-q", "--filter", f"label=com.docker.compose.project={stack.name}").split()
    form = "{{.Name}}{{range .NetworkSettings.Networks}} {{.IPAddress}}{{end}}"
    told = [line.split() for line in _docker("inspect", "-f", form, *ids).splitlines()]
    return next(name.lstrip("/") for name, *addresses in told if address in addresses)


def _docker(*arguments: str, check: bool = True) -> str:
    done = subprocess.run(["docker", *arguments], capture_output=True, text=True, check=check)
    return done.stdout


async def _until(holds: Callable[[], bool], seconds: float) -> float:
    """Wait beside the load, which a look at the containers would hold up; how long it took."""
    began = time.monotonic()
    while not await asyncio.to_thread(holds):
        assert time.monotonic() - began < seconds, "waited in vain"
    return time.monotonic() - began
