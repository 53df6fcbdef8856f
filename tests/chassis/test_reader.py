"""Every record is settled once; what cannot be read does not stop what can."""

import asyncio
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager

import asyncpg
import pytest

from services.chassis import metrics
from services.chassis.background import in_background
from services.chassis.errors import NotFound, reason_of
from services.chassis.eventlog.port import EventLog, Partition, StoredRecord
from services.chassis.reader import (
    WAIT_SECONDS,
    Dead,
    LogReader,
    OffsetMoved,
    behind_a_dead_letter,
    move,
    put_aside,
)
from services.chassis.session import dsn
from tests.chassis.eventlog.adapters import Adapter, Embedded
from tests.chassis.eventlog.records import make_record
from tests.chassis.outboxes import connected
from tests.support.running import eventually

NAME = "test"


class Settler:
    """Keeps what it is given, in the transaction that moves the place."""

    def __init__(self, url: str) -> None:
        self.url, self.failures = url, 0

    async def __call__(self, records: Sequence[StoredRecord]) -> None:
        async with connected(self.url) as connection, connection.transaction():
            await connection.executemany(
                "insert into settled values ($1)", [(record.value,) for record in records]
            )
            if self.failures:
                self.failures -= 1
                raise RuntimeError("a mistake in the consumer")
            await move(connection, NAME, records)

    async def settled(self) -> list[str]:
        async with connected(self.url) as connection:
            rows = await connection.fetch("select value from settled order by value")
        return [bytes(row["value"]).decode() for row in rows]


@pytest.fixture
async def settler(database_url: str) -> Settler:
    async with connected(database_url) as connection:
        await connection.execute("create table settled (value bytea)")
    return Settler(database_url)


@asynccontextmanager
async def reading(
    settler: Settler, log: EventLog, topic: str, count: int = 1
) -> AsyncIterator[None]:
    readers = [LogReader(NAME, [topic], settler.url, log, settler) for _ in range(count)]
    async with AsyncExitStack() as stack:
        in_background(stack, [reader.run for reader in readers])
        yield


async def append(log: EventLog, topic: str, *names: str) -> None:
    await log.append(
        [make_record(topic, name.encode(), partition=n % 12) for n, name in enumerate(names)]
    )


async def all_settled(settler: Settler, names: Sequence[str]) -> None:
    async def done() -> bool:
        return len(await settler.settled()) >= len(names)

    await eventually(done, 30)
    assert await settler.settled() == sorted(names)


def incidents(kind: str) -> float:
    return float(metrics.INCIDENTS.labels(kind)._value.get())


async def test_two_readers_settle_every_record_once(
    settler: Settler, log: EventLog, topic: str
) -> None:
    names = [f"{n:03}" for n in range(200)]
    async with reading(settler, log, topic, count=2):
        for start in range(0, 200, 20):
            await append(log, topic, *names[start : start + 20])
        await all_settled(settler, names)


async def test_a_reader_that_lost_its_place_cannot_write(
    settler: Settler, log: EventLog, topic: str
) -> None:
    await append(log, topic, "a")
    async with reading(settler, log, topic):
        await all_settled(settler, ["a"])
    stale = StoredRecord(Partition(topic, 0), b"key", (), b"a", 0)
    with pytest.raises(OffsetMoved):
        await settler([stale])
    assert await settler.settled() == ["a"]


async def test_a_mistake_in_the_consumer_is_not_the_end(
    settler: Settler, log: EventLog, topic: str
) -> None:
    settler.failures = 1
    await append(log, topic, "a", "b")
    async with reading(settler, log, topic):
        await all_settled(settler, ["a", "b"])


async def test_the_partitions_of_a_killed_session_are_taken_again(
    settler: Settler, log: EventLog, topic: str
) -> None:
    async with reading(settler, log, topic), connected(settler.url) as connection:
        await append(log, topic, "a")
        await all_settled(settler, ["a"])
        await connection.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity "
            "where application_name = 'jinding-test' and datname = current_database()"
        )
        await append(log, topic, "b", "c")
        await all_settled(settler, ["a", "b", "c"])


async def test_another_log_is_noticed_and_read_from_its_start(
    settler: Settler, embedded: Embedded, topic_name: str
) -> None:
    log, rebuilt = embedded.open(), embedded.open()
    await log.start()
    await rebuilt.start()
    before = incidents("log_replaced")
    try:
        await log.create_topics([topic_name])
        async with reading(settler, log, topic_name):
            await append(log, topic_name, "a", "b")
            await all_settled(settler, ["a", "b"])
            await embedded.delete_topic(topic_name)
            await log.create_topics([topic_name])
            await append(rebuilt, topic_name, "c", "d", "e")
            await all_settled(settler, ["a", "b", "c", "d", "e"])
    finally:
        await log.stop()
        await rebuilt.stop()
    assert incidents("log_replaced") > before


async def test_expired_records_are_skipped_and_counted(
    settler: Settler, adapter: Adapter, log: EventLog, topic: str
) -> None:
    before = incidents("offsets_expired")
    for name in ("a", "b", "c"):
        await append(log, topic, name)
    await adapter.delete_before(Partition(topic, 0), 2)
    async with reading(settler, log, topic):
        await all_settled(settler, ["c"])
    assert incidents("offsets_expired") == before + 1


async def test_a_truncated_log_stops_its_partition_and_no_place_goes_back(
    settler: Settler, embedded: Embedded, topic_name: str
) -> None:
    """The log came back from an older copy: the same, but shorter."""
    before = incidents("log_truncated")
    log = embedded.open()
    await log.start()
    await log.create_topics([topic_name])
    for name in ("a", "b", "c"):
        await append(log, topic_name, name)
    async with reading(settler, log, topic_name):
        await all_settled(settler, ["a", "b", "c"])
        await embedded.execute('delete from records where "offset" >= 1')
        await embedded.execute("update heads set next_offset = 1 where partition = 0")

        async def stopped() -> bool:
            return incidents("log_truncated") == before + 1

        await eventually(stopped)
        await log.append([make_record(topic_name, b"other", partition=1)])
        for name in ("B", "C", "D"):
            await append(log, topic_name, name)
        await all_settled(settler, ["a", "b", "c", "other"])
    async with reading(settler, log, topic_name):  # nor after a restart
        await log.append([make_record(topic_name, b"another", partition=1)])
        await all_settled(settler, ["a", "b", "c", "other", "another"])
        async with connected(settler.url) as operator:
            place = "from consumer_offset where partition = 0"
            assert await operator.fetchval(f"select next_offset {place}") == 3
            await operator.execute("update consumer_offset set stopped_at = null, next_offset = 1")
        await all_settled(settler, ["a", "b", "c", "other", "another", "B", "C", "D"])
    assert incidents("log_truncated") == before + 1
    await log.stop()


HANGING = """
import asyncio, sys
from services.chassis import session
from services.chassis.eventlog.embedded import EmbeddedLog
from services.chassis.reader import LogReader

async def main(url, log_url, topic):
    session.TAKEOVER_SECONDS = 1
    log = EmbeddedLog(log_url)
    await log.start()

    async def settle(records):
        print(len(reader.positions), flush=True)
        await asyncio.Event().wait()

    reader = LogReader("test", [topic], url, log, settle)
    await reader.run()

asyncio.run(main(*sys.argv[1:]))
"""


async def test_a_hung_reader_is_replaced(
    settler: Settler, embedded: Embedded, topic_name: str
) -> None:
    log = embedded.open()
    await log.start()
    await log.create_topics([topic_name])
    await append(log, topic_name, "a")
    command = [sys.executable, "-c", HANGING, settler.url, embedded.url, topic_name]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert await asyncio.to_thread(process.stdout.readline) == b"12\n"
        await asyncio.sleep(2)  # it is slow, which costs nothing
        async with reading(settler, log, topic_name):
            await asyncio.sleep(0.5)
            assert await settler.settled() == []
            process.send_signal(signal.SIGSTOP)
            began = time.monotonic()
            await all_settled(settler, ["a"])
            assert time.monotonic() - began < 1 + 2 * WAIT_SECONDS + 1
        process.kill()
    await log.stop()


async def test_a_reason_quotes_nothing_that_a_row_or_a_record_holds(database_url: str) -> None:
    async with connected(database_url) as connection:
        await connection.execute("create table t (name text constraint polite check (name = ''))")
        with pytest.raises(asyncpg.CheckViolationError, match="张三") as refused:
            await connection.execute("insert into t values ('张三')")
        with pytest.raises(asyncpg.DataError, match="张三") as unfit:
            await connection.fetch("select $1::int", "张三")
    assert reason_of(refused.value) == "CheckViolationError: 23514 polite"
    assert reason_of(unfit.value) == "DataError: 22000"
    with pytest.raises(ValueError, match="张三") as quoting:
        int("张三")
    assert reason_of(quoting.value) == "ValueError"
    assert reason_of(ZeroDivisionError("张三")) == "ZeroDivisionError"
    assert reason_of(ValueError("an event without ce_id")) == "ValueError: an event without ce_id"
    assert reason_of(NotFound()) == "NotFound: No such record."


async def test_a_record_put_aside_stops_its_aggregate(database_url: str) -> None:
    record = StoredRecord(Partition("t", 1), b"key", (("ce_type", b"x"),), b"{", 7)
    connection = await asyncpg.connect(dsn(database_url))
    await put_aside(connection, NAME, [Dead(record, "unreadable")])
    rows = await connection.fetch('select topic, "offset", reason from dead_letter')
    assert [tuple(row) for row in rows] == [("t", 7, "unreadable")]
    assert await behind_a_dead_letter(connection, NAME) == {("t", b"key")}
    assert await behind_a_dead_letter(connection, "another") == set()
    await connection.close()


async def test_a_letter_at_the_offset_of_one_of_a_replaced_log_is_kept_beside_it(
    database_url: str,
) -> None:
    async with connected(database_url) as connection:
        for reason in ("of the log before", "of the log now"):
            record = StoredRecord(Partition("t", 1), reason.encode(), (), b"{", 7)
            await put_aside(connection, NAME, [Dead(record, reason)])
        rows = await connection.fetch("select reason from dead_letter order by parked_at")
    assert [row["reason"] for row in rows] == ["of the log before", "of the log now"]
