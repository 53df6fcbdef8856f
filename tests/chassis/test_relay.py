"""From the outbox to the log: nothing lost, nothing skipped, in order per aggregate."""

import asyncio
from collections import defaultdict
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, cast
from uuid import UUID, uuid4

import pytest

from services.chassis import relay, session
from services.chassis.background import in_background
from services.chassis.database import DriverConnection
from services.chassis.eventlog.port import MAX_RECORD_BYTES, EventLog
from services.chassis.outbox import LANES, lane_of
from services.chassis.relay import Marks, Relay
from tests.chassis.eventlog.records import first_occurrences, from_the_start, read_all
from tests.chassis.outboxes import Valve, add, connected, relaying, unpublished
from tests.support.running import REPLAY, eventually
from tests.support.waiting import until


async def nothing_left(url: str, left: int = 0) -> None:
    async def done() -> bool:
        now = await unpublished(url)
        assert now >= left
        return now == left

    await eventually(done, 30)


async def in_the_log(log: EventLog, topic: str) -> dict[str, list[int]]:
    """The versions of each aggregate, in the order in which they first came."""
    count = sum((await log.ends([topic])).values())
    told = first_occurrences(await read_all(log, from_the_start(topic), count))
    versions = defaultdict(list)
    for value in told:
        id_, _, version = (value or b"").decode().partition("/")
        versions[id_].append(int(version))
    return versions


async def test_rows_are_published_in_order_and_marked(
    database_url: str, log: EventLog, topic: str
) -> None:
    ids = [uuid4() for _ in range(40)]
    async with connected(database_url) as connection:
        for version in (1, 2, 3):
            for id_ in ids:
                await add(connection, topic, id_, version)
    async with relaying(database_url, log):
        await nothing_left(database_url)
    assert await in_the_log(log, topic) == {str(id_): [1, 2, 3] for id_ in ids}
    record = (await read_all(log, from_the_start(topic), 1))[0]
    assert record.headers == (("ce_type", b"told.v1"),)


async def test_a_late_commit_is_not_skipped(database_url: str, log: EventLog, topic: str) -> None:
    late, early = uuid4(), uuid4()
    async with connected(database_url) as slow, connected(database_url) as fast:
        transaction = slow.transaction()
        await transaction.start()
        await add(slow, topic, late, 1)
        await add(fast, topic, early, 1)
        async with relaying(database_url, log):
            await nothing_left(database_url)
            await transaction.commit()
            assert await unpublished(database_url) == 1
            await nothing_left(database_url)
    assert await in_the_log(log, topic) == {str(early): [1], str(late): [1]}


async def test_two_relays_keep_the_order_of_every_aggregate(
    database_url: str, log: EventLog, topic: str
) -> None:
    async def write(ids: list[UUID]) -> None:
        async with connected(database_url) as connection:
            for version in range(1, 21):
                for id_ in ids:
                    await add(connection, topic, id_, version)

    writers = [[uuid4() for _ in range(5)] for _ in range(4)]
    async with relaying(database_url, log, log):
        await asyncio.gather(*(write(ids) for ids in writers))
        await nothing_left(database_url)
    every = {str(id_): list(range(1, 21)) for ids in writers for id_ in ids}
    assert await in_the_log(log, topic) == every


class Watched(Relay):
    """Counts its reads of the outbox, and its turns."""

    reads = looks = 0

    async def _pending(self, connection: DriverConnection, on_their_way: Marks) -> list[Any]:
        try:
            return await super()._pending(connection, on_their_way)
        finally:
            self.reads += 1

    async def _pump(self, connection: DriverConnection) -> bool:
        try:
            return await super()._pump(connection)
        finally:
            self.looks += 1


async def test_what_a_slow_relay_holds_is_sent_by_no_other(
    database_url: str, log: EventLog, topic: str
) -> None:
    """The first relay has read version 1 and waits for the log when version 2 is written."""
    valve, id_ = Valve(log), uuid4()
    valve.open.clear()
    async with connected(database_url) as connection, AsyncExitStack() as stack:
        await add(connection, topic, id_, 1)
        first = Watched(database_url, cast(EventLog, valve), asyncio.Event())
        in_background(stack, [first.run])
        await until(lambda: (valve.asked, first.reads) == (1, 2))  # it has read ahead, too
        await add(connection, topic, id_, 2)
        second = Watched(database_url, log, asyncio.Event())
        in_background(stack, [second.run])
        await until(lambda: second.looks >= 2)
        valve.open.set()
        await until(lambda: first.looks >= 1)
        await nothing_left(database_url)
    assert await in_the_log(log, topic) == {str(id_): [1, 2]}
    assert sum((await log.ends([topic])).values()) == 2  # nor was anything sent twice


async def test_a_replay_is_byte_for_byte_what_was_published_first(
    database_url: str, log: EventLog, topic: str
) -> None:
    async with connected(database_url) as connection:
        await add(connection, topic, uuid4(), 1, 2)
        async with relaying(database_url, log):
            await nothing_left(database_url)
            await connection.execute(REPLAY)
            await nothing_left(database_url)
    first, second, *again = await read_all(log, from_the_start(topic), 4)
    assert [replace(record, offset=record.offset - 2) for record in again] == [first, second]


async def test_a_row_that_no_log_takes_parks_its_aggregate_only(
    database_url: str, log: EventLog, topic: str
) -> None:
    bad, good = uuid4(), uuid4()
    async with connected(database_url) as connection:
        await add(connection, topic, bad, 1)
        await add(connection, topic, bad, 2, body=b"x" * (MAX_RECORD_BYTES + 1))
        await add(connection, topic, bad, 3)
        await add(connection, topic, good, 1, 2)
        async with relaying(database_url, log):
            await nothing_left(database_url, left=2)
            await add(connection, topic, good, 3)
            await nothing_left(database_url, left=2)
        parked = await connection.fetch("select version, parked from outbox where parked <> ''")
        await connection.execute("update outbox set created_at = created_at - interval '1 hour'")
        now = await connection.fetchval("select now()")
        assert await relay.published_through(connection) > now
    assert [row["version"] for row in parked] == [2]
    assert await in_the_log(log, topic) == {str(bad): [1], str(good): [1, 2, 3]}


async def test_the_lanes_of_a_killed_relay_are_taken_over(
    database_url: str, log: EventLog, topic: str
) -> None:
    async with connected(database_url) as connection, relaying(database_url, log) as [first]:

        async def holds_all() -> bool:
            return len(first.lanes) == LANES

        await eventually(holds_all)
        async with relaying(database_url, log) as [second]:
            await connection.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity "
                "where application_name = 'jinding-relay' and datname = current_database()"
            )

            async def shared() -> bool:
                return len(first.lanes) + len(second.lanes) == LANES

            await eventually(shared)
            await add(connection, topic, uuid4(), 1, 2, 3)
            await nothing_left(database_url)
    assert list((await in_the_log(log, topic)).values()) == [[1, 2, 3]]


async def test_a_relay_that_is_never_idle_takes_what_another_leaves(
    database_url: str, log: EventLog, topic: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relay, "BATCH", 1)
    id_ = uuid4()
    lane = (lane_of(id_) + 1) % LANES
    async with connected(database_url) as connection, AsyncExitStack() as stack:
        await add(connection, topic, id_, *range(1, 201))
        await connection.execute("select pg_advisory_lock($1, $2)", relay.LOCK_CLASS, lane)
        valve = Valve(log)
        busy = Watched(database_url, cast(EventLog, valve), asyncio.Event())
        in_background(stack, [busy.run])
        await until(lambda: valve.asked > 2)
        assert len(busy.lanes) == LANES - 1
        await connection.execute("select pg_advisory_unlock($1, $2)", relay.LOCK_CLASS, lane)
        await until(lambda: len(busy.lanes) == LANES)
        assert busy.looks == 0
        await nothing_left(database_url)
    assert await in_the_log(log, topic) == {str(id_): list(range(1, 201))}


async def test_rows_stay_while_the_log_is_down(
    database_url: str, log: EventLog, topic: str
) -> None:
    valve = Valve(log)
    valve.down = True
    async with connected(database_url) as connection:
        await add(connection, topic, uuid4(), 1, 2)
    async with relaying(database_url, cast(EventLog, valve)):

        async def tried_twice() -> bool:
            return valve.asked >= 2

        await eventually(tried_twice)
        assert await unpublished(database_url) == 2
        valve.down = False
        await nothing_left(database_url)
    assert list((await in_the_log(log, topic)).values()) == [[1, 2]]


async def test_a_slow_log_does_not_cost_the_lanes(
    database_url: str, log: EventLog, topic: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session, "TAKEOVER_SECONDS", 1)
    valve = Valve(log)
    valve.open.clear()
    async with connected(database_url) as connection:
        await add(connection, topic, uuid4(), 1)
        async with relaying(database_url, cast(EventLog, valve)):

            async def outlived_the_timeout() -> bool:
                return bool(
                    await connection.fetchval(
                        "select clock_timestamp() - backend_start > interval '1.6 s' "
                        "from pg_stat_activity where application_name = 'jinding-relay' "
                        "and datname = current_database()"
                    )
                )

            await eventually(outlived_the_timeout)
            valve.open.set()
            await nothing_left(database_url)
    assert valve.asked == 1


async def test_the_watermark_waits_for_rows_and_open_transactions(
    database_url: str, topic_name: str
) -> None:
    async with connected(database_url) as connection, connected(database_url) as writer:
        before: datetime = await connection.fetchval("select clock_timestamp()")
        assert await relay.published_through(connection) > before
        transaction = writer.transaction()
        await transaction.start()
        await add(writer, topic_name, uuid4(), 1)
        since = await writer.fetchval("select now()")
        assert await relay.published_through(connection) == since
        await transaction.commit()
        assert await relay.published_through(connection) == since
        await connection.execute("delete from unpublished")
        assert await relay.published_through(connection) > since + timedelta(microseconds=1)
