import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from itertools import count
from time import monotonic

import pytest

from services.chassis.eventlog.embedded import migrate
from services.chassis.eventlog.port import (
    EventLog,
    LogUnavailable,
    Partition,
    Reader,
    Record,
    StoredRecord,
)
from tests.chassis.eventlog.outages import Breakable, BreakableKafka, breakable_postgres
from tests.chassis.eventlog.records import first_occurrences, from_the_start, make_record, read

SERVERS = ["embedded", pytest.param("kafka", marks=pytest.mark.kafka)]
pytestmark = pytest.mark.proof


@pytest.fixture(scope="module", params=SERVERS)
async def server(request: pytest.FixtureRequest) -> AsyncIterator[Breakable]:
    if request.param == "kafka":
        yield BreakableKafka(request.getfixturevalue("own_broker"))
        return
    with breakable_postgres() as postgres:
        await migrate(postgres.url)
        yield postgres


@pytest.fixture
async def log(server: Breakable) -> AsyncIterator[EventLog]:
    log = server.open()
    await log.start()
    yield log
    await log.stop()


async def test_without_a_server_a_log_starts_fails_plainly_and_stops(server: Breakable) -> None:
    log = server.open_nowhere()
    async with asyncio.timeout(15):
        await log.start()
        for call in (log.append([make_record("t")]), log.ends(["t"]), log.identity("t")):
            with pytest.raises(LogUnavailable):
                await call
        with pytest.raises(LogUnavailable):
            await log.reader().assign({Partition("t", 0): 0})
        await log.stop()


async def test_an_outage_loses_nothing_and_ends_by_itself(
    server: Breakable, log: EventLog, topic: str
) -> None:
    reader = log.reader()
    await reader.assign(from_the_start(topic))
    await log.append([make_record(topic, b"1")])
    (stored,) = await read(reader, 1)
    await server.crash()
    with pytest.raises(LogUnavailable):
        await log.append([make_record(topic, b"2")])
    restored = asyncio.create_task(server.restore())
    await append_in_the_end(log, [make_record(topic, b"2"), make_record(topic, b"3")])
    await restored
    await append_in_the_end(log, [make_record(topic, b"4")])
    read_after = await read_until(reader, b"4")
    assert first_occurrences([stored, *read_after]) == [b"1", b"2", b"3", b"4"]
    offsets = [record.offset for record in [stored, *read_after]]
    assert offsets == list(range(len(offsets)))
    await reader.close()


async def test_a_crash_amid_appends_loses_nothing_acknowledged(
    server: Breakable, log: EventLog, topic: str
) -> None:
    acknowledgements: asyncio.Queue[bytes | None] = asyncio.Queue()
    writing = asyncio.create_task(write_steadily(log, topic, acknowledgements))
    acknowledged = [await acknowledgements.get() for _ in range(200)]
    await server.crash()
    await server.restore()
    acknowledged += [acknowledgements.get_nowait() for _ in range(acknowledgements.qsize())]
    acknowledged += [await acknowledgements.get() for _ in range(200)]
    writing.cancel()
    with suppress(asyncio.CancelledError):
        await writing
    reader = log.reader()
    await reader.assign(from_the_start(topic))
    stored = await read_until(reader, acknowledged[-1])
    assert first_occurrences(stored)[: len(acknowledged)] == acknowledged
    await reader.close()


async def test_a_log_stops_in_bounded_time_during_an_outage(server: Breakable, topic: str) -> None:
    log = server.open()
    await log.start()
    reader = log.reader()
    await reader.assign(from_the_start(topic))
    await log.append([make_record(topic)])
    await read(reader, 1)
    pending = asyncio.create_task(log.append([make_record(topic)] * 1000))
    await server.crash()
    try:
        async with asyncio.timeout(10):
            await log.stop()
    finally:
        pending.cancel()
        await asyncio.wait({pending})
        await server.restore()


async def append_in_the_end(log: EventLog, records: list[Record]) -> None:
    deadline = monotonic() + 30
    while True:
        try:
            return await log.append(records)
        except LogUnavailable:
            assert monotonic() < deadline
            await asyncio.sleep(0.05)


async def read_until(reader: Reader, value: bytes | None) -> list[StoredRecord]:
    records: list[StoredRecord] = []
    deadline = monotonic() + 30
    while value not in {record.value for record in records}:
        assert monotonic() < deadline
        with suppress(LogUnavailable):
            records += await reader.poll(1000, 1)
    return records


async def write_steadily(
    log: EventLog, topic: str, acknowledgements: asyncio.Queue[bytes | None]
) -> None:
    for turn in count():
        batch = [make_record(topic, b"%d" % (turn * 10 + n)) for n in range(10)]
        await append_in_the_end(log, batch)
        for record in batch:
            acknowledgements.put_nowait(record.value)
