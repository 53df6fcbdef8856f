"""What has been kept long enough goes; what may still be asked for stays."""

import time
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from prometheus_client import REGISTRY

from services.chassis import retention
from services.chassis.eventlog.embedded import EmbeddedLog
from services.chassis.eventlog.port import RETENTION_DAYS, Partition
from services.chassis.retention import Retention
from services.chassis.session import session
from tests.chassis.eventlog.adapters import Embedded
from tests.chassis.eventlog.records import make_record
from tests.chassis.outboxes import add, connected

ANSWER = """
    insert into answer (subject, operation, key, body_hash, aggregate_id, version, status, created_at)
    select $1, 'op', n::text, '', gen_random_uuid(), 1, 'S', now() - make_interval(days => $2)
    from generate_series(1, $3::int) n"""
AGED = """
    update outbox set created_at = now() - make_interval(days => $1) where id between $2 and $3"""


@pytest.fixture
async def log(embedded: Embedded) -> EmbeddedLog:
    return embedded.open()


async def purge(url: str, log: EmbeddedLog) -> None:
    await log.start()
    async with session(url, "test") as connection:
        await Retention(url, log, 30).delete(connection, datetime.now(UTC))
    await log.stop()


async def test_published_events_go_after_thirty_days(
    database_url: str, log: EmbeddedLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "CHUNK", 4)
    async with connected(database_url) as connection:
        await add(connection, "t", uuid4(), *range(1, 21))
        await connection.execute(AGED, 31, 1, 12)
        await connection.execute(AGED, 29, 13, 20)
        await connection.execute("delete from unpublished where id <> 5")
        await purge(database_url, log)
        rows = await connection.fetch("select id from outbox order by id")
    assert [row["id"] for row in rows] == [5, *range(13, 21)]


async def test_answers_go_as_set_and_those_of_subscriptions_outlive_the_log(
    database_url: str, log: EmbeddedLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "CHUNK", 4)
    async with connected(database_url) as connection:
        for subject, days in (("a", 31), ("b", 29), ("svc:c", 89), ("svc:d", 91)):
            await connection.execute(ANSWER, subject, days, 10)
        await purge(database_url, log)
        rows = await connection.fetch("select subject, count(*) from answer group by 1 order by 1")
    assert [tuple(row) for row in rows] == [("b", 10), ("svc:c", 10)]
    done = REGISTRY.get_sample_value("retention_last_success_timestamp_seconds")
    assert done is not None
    assert time.time() - done < 60


async def test_the_embedded_log_is_expired_and_one_works_at_a_time(
    database_url: str, embedded: Embedded, topic_name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "EVERY_SECONDS", 0)
    log = embedded.open()
    await log.start()
    await log.create_topics([topic_name])
    await log.append([make_record(topic_name)] * 3)
    await embedded.execute("update records set appended_at = now() - interval '31 days'")
    await log.append([make_record(topic_name)])

    async def start() -> int:
        async with connected(embedded.url) as connection:
            return int(await connection.fetchval("select start_offset from heads order by 1 desc"))

    async with connected(database_url) as another:
        await another.execute("select pg_advisory_lock($1)", retention.LOCK)
        await Retention(database_url, log, 30).run()
        assert await start() == 0
    await Retention(database_url, log, 30).run()
    assert (await start(), (await log.ends([topic_name]))[Partition(topic_name, 0)]) == (3, 4)
    await log.stop()


def test_what_a_subscription_has_read_is_known_while_it_may_come_again() -> None:
    again = timedelta(days=retention.OUTBOX_DAYS + RETENTION_DAYS)
    assert timedelta(days=retention.INBOX_DAYS) > again
