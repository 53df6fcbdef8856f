"""The runner behind the real log: restarts and twins."""

from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import pytest

from services.chassis.background import in_background
from services.chassis.eventlog.embedded import EmbeddedLog
from services.chassis.eventlog.port import Record, StoredRecord
from services.gateway.projections.fold import Fact
from services.gateway.projections.runner import readers
from tests.gateway.projections.histories import STEPS, History, Moves
from tests.gateway.projections.projecting import Known, Projecting, trainee
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
async def reading(gateway: Projecting, log: EmbeddedLog, settle: Any) -> AsyncIterator[None]:
    url = gateway.database.engine.url.render_as_string(hide_password=False)
    async with AsyncExitStack() as stack:
        in_background(stack, [reader.run for reader in readers(settle, url, log)])
        yield


async def append(gateway: Projecting, log: EmbeddedLog, facts: Iterable[Fact]) -> None:
    for record in gateway.records(facts):
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
        await append(gateway, log, history.facts)
        await archived(gateway, len(history.facts))
    assert await gateway.wrong(history) == []
    assert await gateway.letters() == []


async def test_a_runner_goes_on_where_it_was_interrupted(
    gateway: Projecting, log: EmbeddedLog
) -> None:
    history = History(YEAR)
    half = len(history.facts) // 2
    await append(gateway, log, history.facts[:half])
    async with reading(gateway, log, Settling(gateway, history, breaks=1)):
        await archived(gateway, half)
    await append(gateway, log, history.facts[half:])
    async with reading(gateway, log, Settling(gateway, history)):
        await archived(gateway, len(history.facts))
    assert await gateway.wrong(history) == []
    assert await gateway.letters() == []


async def test_a_service_that_is_missed_halts_nobody_else(
    gateway: Projecting, log: EmbeddedLog
) -> None:
    history = History(YEAR)
    known: Any = Known(history.snapshots, away=True)
    gap = history.facts[-1:]
    await append(gateway, log, [*gap, trainee(9)])
    async with reading(gateway, log, gateway.runner(known).settle):
        await archived(gateway, 1)
        assert await gateway.versions() == {9: 1}
        known.away = False
        await archived(gateway, 2)
