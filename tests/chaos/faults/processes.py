"""Faults of processes: they are killed, they hang, their clock is wrong. The supervisor starts them again."""

import asyncio
import signal

from jinding.processes import SERVICES
from services.chassis.relay import LOCK_CLASS
from services.chassis.session import TAKEOVER_SECONDS
from tests.chaos.faults.stage import Stage
from tests.chaos.system import READERS, RECORDS, RELAYS, WITH_CLOCKS

HOLDERS = """
    select pid from pg_locks where locktype = 'advisory' and granted and classid = $1::int
    and database = (select oid from pg_database where datname = current_database())"""


async def kill_service(stage: Stage) -> str:
    return _killed(stage, stage.random.choice(SERVICES))


async def kill_relay(stage: Stage) -> str:
    service, which = stage.random.choice(RECORDS), stage.random.choice(RELAYS)
    return _killed(stage, f"relay-{service}-{which}")


async def kill_subscriber(stage: Stage) -> str:
    return _killed(stage, f"consume-{stage.random.choice([r for r in READERS if r != 'gateway'])}")


async def kill_projection(stage: Stage) -> str:
    return _killed(stage, "consume-gateway")


async def hang_relay(stage: Stage) -> str:
    """For longer than it takes another to take over; whichever of the two publishes now."""
    service = stage.random.choice(RECORDS)
    before = await _holders(stage, service)
    for which in stage.random.sample(RELAYS, len(RELAYS)):
        name = f"relay-{service}-{which}"
        stage.signal(name, signal.SIGSTOP)
        try:
            await asyncio.sleep(TAKEOVER_SECONDS + stage.seconds(2, 5))
            after = await _holders(stage, service)
        finally:
            stage.signal(name, signal.SIGCONT)
        if after - before:
            return f"{name}: the other took over"
    return f"{service}: nobody took over"


async def step_clock(stage: Stage) -> str:
    service = stage.random.choice(WITH_CLOCKS)
    return service if stage.signal(f"sweep-{service}", signal.SIGUSR1) else "nobody there"


def _killed(stage: Stage, name: str) -> str:
    return name if stage.signal(name, signal.SIGKILL) else f"{name}: not there yet"


async def _holders(stage: Stage, service: str) -> set[int]:
    async with stage.system.direct(service) as connection:
        return {row["pid"] for row in await connection.fetch(HOLDERS, LOCK_CLASS)}
