"""The runner behind the real log: restarts and twins."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import pytest

from services.chassis.eventlog.embedded import EmbeddedLog
from services.chassis.eventlog.port import Record, StoredRecord
from services.chassis.reader import LogReader
from services.gateway.projections.registry import BY_TOPIC
from services.gateway.projections.runner import NAME
from tests.gateway.projections.histories import STEPS, History, Moves
from tests.gateway.projections.projecting import Known, Projecting
from tests.support.postgres import FreshDatabases
from tests.support.running import eventually, fresh_log

YEAR: Moves = [(number % 3, step, 1) for number in range(3) for step in STEPS[2:9]]


@pytest.fixture
async def log(fresh_database: FreshDatabases) -> AsyncIterator[EmbeddedLog]:
    opened = EmbeddedLog(await fresh_log(fresh_database))
    await opened.start()
    yield opened
    await opened.stop()


class Settling:
    """A runner that may be told to break off before its `breaks`-th batch ends."""

    def __init__(self, gateway: Projecting, history: History, breaks: int = 0) -> None:
        self.runner, self.left = gateway.runner(Known(history.snapshots)), breaks

    async def __call__(self, records: Sequence[StoredRecord]) -> None:
        self.left -= 1
        if self.left == 0:
            raise RuntimeError("killed in the middle")
        await self.runner.settle(records)


@asynccontextmanager
async def reading(gateway: Projecting, log: EmbeddedLog, settling: Any) -> AsyncIterator[None]:
    url = gateway.database.engine.url.render_as_string(hide_password=False)
    task = asyncio.create_task(LogReader(NAME, BY_TOPIC, url, log, settling).run())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait([task])


async def append(gateway: Projecting, log: EmbeddedLog, history: History) -> None:
    for record in gateway.records(history.facts):
        await log.append([Record(record.partition, record.key, record.headers, record.value)])


async def archived(gateway: Projecting, count: int) -> None:
    async def all_there() -> bool:
        return await gateway.fetch("select count(*) from archive") == [(count,)]

    await eventually(all_there)


async def test_two_runners_share_the_work_and_count_each_event_once(
    gateway: Projecting, log: EmbeddedLog
) -> None:
    history = History(YEAR)
    first, second = Settling(gateway, history), Settling(gateway, history)
    async with reading(gateway, log, first), reading(gateway, log, second):
        await append(gateway, log, history)
        await archived(gateway, len(history.facts))
    assert await gateway.wrong(history) == []
    assert await gateway.letters() == []


async def test_a_runner_goes_on_where_it_was_interrupted(
    gateway: Projecting, log: EmbeddedLog
) -> None:
    history = History(YEAR)
    half = len(history.facts) // 2
    early, late = History([]), History([])
    early.facts, late.facts = history.facts[:half], history.facts[half:]
    await append(gateway, log, early)
    async with reading(gateway, log, Settling(gateway, history, breaks=1)):
        await archived(gateway, half)
    await append(gateway, log, late)
    async with reading(gateway, log, Settling(gateway, history)):
        await archived(gateway, len(history.facts))
    assert await gateway.wrong(history) == []
    assert await gateway.letters() == []
