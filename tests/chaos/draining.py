"""Waits until nothing is left to do: no deadline, no event, no record, no consequence of one."""

import asyncio
from contextlib import suppress
from time import monotonic

import aiohttp

from jinding.processes import SERVICES
from jinding.settings import HOST
from services.chassis.eventlog.port import LogUnavailable, Partition
from services.contracts.topics import TOPICS
from tests.chaos.sampling import PASSING
from tests.chaos.system import RECORDS, WITH_CLOCKS, System, names

SECONDS, READY_SECONDS = 300.0, 5.0
DUE = """
    select count(*) from clock where due_at <= now() + interval '20 seconds'
      and stopped_at is null and fired_at is null and held_by is null"""
UNPUBLISHED = "select count(*) from unpublished join outbox using (id) where parked is null"
PLACES = "select topic, partition, next_offset from consumer_offset"


class NotDrained(Exception):
    """What is left after a long time."""


async def drained(system: System, seconds: float = SECONDS) -> None:
    """Twice in a row there was nothing: what one look sees may have caused something behind its back."""
    deadline, quiet, left = monotonic() + seconds, 0, "?"
    while quiet < 2:
        if monotonic() > deadline:
            raise NotDrained(left)
        await asyncio.sleep(0.5)
        with suppress(*PASSING, LogUnavailable):
            left = await _left(system)
            quiet = 0 if left else quiet + 1


async def _left(system: System) -> str:
    for name in names():
        if system.pid(name) is None:
            return f"{name}: not running"
    for name in SERVICES:
        if not await _serves(system.settings.ports[name]):
            return f"{name}: not ready"
    for name in WITH_CLOCKS:
        async with system.direct(name) as connection:
            if due := await connection.fetchval(DUE):
                return f"{name}: {due} deadlines"
    for name in RECORDS:
        async with system.direct(name) as connection:
            if rows := await connection.fetchval(UNPUBLISHED):
                return f"{name}: {rows} events unpublished"
    ends = await asyncio.wait_for(system.log.ends(TOPICS), 5)
    for name in SERVICES:
        async with system.direct(name) as connection:
            for topic, number, at in await connection.fetch(PLACES):
                if at < ends[Partition(topic, number)]:
                    return f"{name}: {topic} {number} read up to {at}"
    return ""


async def _serves(port: int) -> bool:
    try:
        within = aiohttp.ClientTimeout(READY_SECONDS)
        url = f"http://{HOST}:{port}/readyz"
        async with aiohttp.request("GET", url, timeout=within) as answer:
            return answer.status == 200
    except aiohttp.ClientError:
        return False
