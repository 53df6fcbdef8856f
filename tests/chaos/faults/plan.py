"""Which fault comes when: drawn from the seed, every kind in each round."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from random import Random
from typing import NamedTuple

import aiohttp
import asyncpg

from tests.chaos.faults import brokers, databases, events, processes
from tests.chaos.faults.stage import NothingYet, Stage
from tests.chaos.history import Journal

AT_ONCE, REST_SECONDS = 3, 15.0
"""How many faults may be on at once, besides one outage of the log; and how long the log then has peace."""


class Fault(NamedTuple):
    zh: str
    en: str
    play: Callable[[Stage], Awaitable[str]]


EITHER = (
    Fault("杀死服务", "service killed", processes.kill_service),
    Fault("杀死发布进程", "relay killed", processes.kill_relay),
    Fault("杀死订阅进程", "subscriber killed", processes.kill_subscriber),
    Fault("杀死投影进程", "projection killed", processes.kill_projection),
    Fault("发布进程挂起", "relay hangs", processes.hang_relay),
    Fault("时钟跳变", "clock steps", processes.step_clock),
    Fault("数据库崩溃", "database crashes", databases.crash_database),
    Fault("连接池占满", "pool is full", databases.fill_pool),
    Fault("数据库连接耗尽", "no connections left", databases.refuse_connections),
    Fault("重放事件", "events replayed", events.replay),
    Fault("毒消息", "poison appended", events.poison),
)
OUTAGES = {
    "embedded": (
        Fault("日志连接中断", "log cut off", databases.cut_log),
        Fault("日志被锁", "log locked", databases.lock_log),
    ),
    "kafka": (
        Fault("Kafka 停 8 秒", "Kafka killed for 8 s", brokers.kill_broker),
        Fault("Kafka 停 30 秒", "Kafka killed for 30 s", brokers.kill_broker_for_long),
        Fault("Kafka 挂起", "Kafka hangs", brokers.hang_broker),
        Fault("Kafka 网络拒绝", "Kafka refused", brokers.refuse_broker),
    ),
}
ATTEMPTS, AGAIN_SECONDS = 20, 0.5
CUT_SHORT = (
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    aiohttp.ClientError,
    OSError,
    NothingYet,
)
"""What one fault may do to another, and the load not yet for one."""


def kinds(log: str) -> set[str]:
    return {fault.en for fault in (*EITHER, *OUTAGES[log])}


def rounds(faults: Sequence[Fault], random: Random) -> Iterator[Fault]:
    """Each of them, in another order each time."""
    while True:
        yield from random.sample(faults, len(faults))


async def play(log: str, stage: Stage, journal: Journal, pause: tuple[float, float]) -> None:
    """One fault after another until cancelled; a new one does not wait for the last to be over."""
    random, clock = Random(stage.random.random()), asyncio.get_running_loop().time
    others, outages = rounds(EITHER, random), rounds(OUTAGES[log], random)
    gate, quiet_until = asyncio.Semaphore(AT_ONCE), 0.0

    async def outage(fault: Fault) -> None:
        nonlocal quiet_until
        await _played(fault, stage, journal)
        quiet_until = clock() + REST_SECONDS

    async def other(fault: Fault) -> None:
        async with gate:
            await _played(fault, stage, journal)

    async with asyncio.TaskGroup() as group:
        while True:
            if clock() > quiet_until:
                quiet_until = float("inf")
                group.create_task(outage(next(outages)))
            elif not gate.locked():
                group.create_task(other(next(others)))
            await asyncio.sleep(stage.seconds(*pause))


async def _played(fault: Fault, stage: Stage, journal: Journal) -> None:
    """Another fault may be in the way of this one, for a while."""
    began, detail = time.time(), "cut short by the end"
    try:
        for _ in range(ATTEMPTS):
            began = time.time()
            try:
                detail = await fault.play(stage)
            except CUT_SHORT as error:
                detail = f"cut short: {type(error).__name__}"
                await asyncio.sleep(AGAIN_SECONDS)
            else:
                stage.played.add(fault.en)
                return
    finally:
        journal.write("fault", zh=fault.zh, en=fault.en, began=began, detail=detail)
