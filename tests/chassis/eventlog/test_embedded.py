import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import asyncpg
import pytest

from services.chassis.eventlog.embedded import EmbeddedLog, migrate, reader
from services.chassis.eventlog.embedded import log as embedded_log
from services.chassis.eventlog.embedded.headers import pack, unpack
from services.chassis.eventlog.embedded.schema import STEPS
from services.chassis.eventlog.port import PARTITIONS, OffsetOutOfRange, Partition
from services.chassis.session import dsn
from tests.chassis.eventlog.adapters import Embedded
from tests.chassis.eventlog.records import (
    by_partition,
    from_the_start,
    make_record,
    read,
    read_all,
    values,
)
from tests.support.postgres import FreshDatabases

LOCK_ONE_HEAD = """
UPDATE heads SET next_offset = next_offset + 1 FROM topics
WHERE heads.topic = topics.topic AND name = $1 AND partition = $2 RETURNING heads.topic
"""


@pytest.fixture
def adapter(embedded: Embedded) -> Embedded:
    return embedded


@pytest.fixture
async def connection(embedded: Embedded) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(dsn(embedded.url))
    yield connection
    await connection.close()


async def test_migrating_again_or_at_the_same_time_changes_nothing(
    fresh_database: FreshDatabases,
) -> None:
    url = await fresh_database()
    steps = await asyncio.gather(*(migrate(url) for _ in range(4)))
    assert sorted(steps) == [0, 0, 0, len(STEPS)]
    assert await migrate(url) == 0


async def test_an_append_that_commits_late_is_not_overtaken(
    connection: asyncpg.Connection, log: EmbeddedLog, topic: str
) -> None:
    reading = log.reader()
    await reading.assign({Partition(topic, 0): 0})
    late = connection.transaction()
    await late.start()
    number = await connection.fetchval(LOCK_ONE_HEAD, topic, 0)
    await connection.execute("INSERT INTO records VALUES ($1, 0, 0, 'k', '', 'late')", number)
    overtaker = asyncio.create_task(log.append([make_record(topic, b"later")]))
    assert await reading.poll(10, 0.1) == []
    assert not overtaker.done()
    await late.commit()
    await overtaker
    assert values(await read(reading, 2)) == [b"late", b"later"]


async def test_an_append_wakes_a_reader_at_once(
    monkeypatch: pytest.MonkeyPatch, log: EmbeddedLog, topic: str
) -> None:
    monkeypatch.setattr(reader, "POLL_SECONDS", 60)
    reading = log.reader()
    await reading.assign(from_the_start(topic))
    waiting = asyncio.create_task(reading.poll(10, 60))
    await asyncio.sleep(0)
    await log.append([make_record(topic, b"news")])
    assert values(await asyncio.wait_for(waiting, 10)) == [b"news"]


async def test_a_reader_that_hears_nothing_still_finds_out(
    embedded: Embedded, log: EmbeddedLog, topic: str
) -> None:
    reading = log.reader()
    await reading.assign(from_the_start(topic))
    waiting = asyncio.create_task(reading.poll(10, 60))
    await log.append([make_record(topic, b"unheard")])
    assert values(await asyncio.wait_for(waiting, 10)) == [b"unheard"]
    # deaf: every connection is cut, the listening one included
    await embedded.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE application_name = 'event log' AND datname = current_database()"
    )
    other = embedded.open()
    await other.start()
    await other.append([make_record(topic, b"still")])
    await other.stop()
    assert values(await read(reading, 1)) == [b"still"]


async def test_a_long_partition_does_not_starve_the_others(log: EmbeddedLog, topic: str) -> None:
    await log.append([make_record(topic, b"much")] * 1000 + [make_record(topic, b"", partition=1)])
    reading = log.reader()
    await reading.assign(from_the_start(topic))
    polled = [record for _ in range(PARTITIONS) for record in await reading.poll(10, 1)]
    assert len(by_partition(polled)[Partition(topic, 1)]) == 1


async def test_a_topic_made_anew_is_out_of_range_for_a_running_reader(
    embedded: Embedded, log: EmbeddedLog, topic: str
) -> None:
    reading = log.reader()
    await reading.assign({Partition(topic, 0): 0})
    await embedded.delete_topic(topic)
    await log.create_topics([topic])
    with pytest.raises(OffsetOutOfRange):
        await reading.poll(10, 1)


async def test_expiry_deletes_in_chunks_and_only_what_is_old(
    monkeypatch: pytest.MonkeyPatch, embedded: Embedded, log: EmbeddedLog, topic: str
) -> None:
    monkeypatch.setattr(embedded_log, "EXPIRE_CHUNK", 10)
    await log.append([make_record(topic, b"old")] * 25)
    await embedded.execute("UPDATE records SET appended_at = now() - interval '2 days'")
    await log.append([make_record(topic, b"new")] * 5)
    assert await log.expire(timedelta(days=3)) == 0
    assert await log.expire(timedelta(days=1)) == 25
    assert await log.expire(timedelta(days=1)) == 0
    stored = await read_all(log, {Partition(topic, 0): 25}, 5)
    assert [(r.offset, r.value) for r in stored] == [(n, b"new") for n in range(25, 30)]


def test_headers_are_packed_and_unpacked() -> None:
    headers = (("a", b""), ("标头", bytes(range(256))), ("a", b"again"))
    assert unpack(pack(headers)) == headers
    assert unpack(pack(())) == ()
