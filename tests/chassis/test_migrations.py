"""A revision keeps what the tables held before it."""

from pathlib import Path
from typing import Any

import pytest
from alembic import command
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.ext.asyncio import create_async_engine

from services.chassis.migrations import _config, upgrade
from tests.support.postgres import FreshDatabases

EVENTS = """
    insert into outbox (event_id, topic, partition, aggregate_id, version, lane, headers, body,
        created_at, published_at)
    select gen_random_uuid(), 't', 0, gen_random_uuid(), 1, n, '{}', '', now(),
        case when n <> 2 then now() end from generate_series(1, 3) n"""
ATTENDANCES = """
    insert into card (noun, id, area_code, epoch, version, data)
    select 'attendance', gen_random_uuid(), area, 1, 1,
        '{"attended_on": "2017-05-01", "trainee_id": "a"}'
    from unnest(array['330703101', '330703101', '330703102']) area"""


async def upgraded_over(
    url: str, service: str, revision: str, statement: str, keyring: Path | None = None
) -> None:
    """To `revision`; then `statement`; then to the newest."""
    engine = create_async_engine(url)
    async with engine.begin() as connection:
        config = _config(service)

        def first(sync: Any) -> None:
            config.attributes["connection"] = sync
            command.upgrade(config, revision)

        await connection.run_sync(first)
        await connection.exec_driver_sql(statement)
    await engine.dispose()
    await upgrade(service, url, keyring)


async def fetched(url: str, query: str) -> list[tuple[Any, ...]]:
    engine = create_async_engine(url)
    async with engine.connect() as connection:
        found = [tuple(row) for row in await connection.exec_driver_sql(query)]
    await engine.dispose()
    return found


async def test_what_was_not_published_is_published_after_the_upgrade(
    fresh_database: FreshDatabases,
) -> None:
    url = await fresh_database()
    await upgraded_over(url, "grid", "0003", EVENTS)
    assert await fetched(url, "select lane, id from unpublished") == [(2, 2)]


async def test_a_writer_of_before_that_still_runs_fails_and_loses_nothing(
    fresh_database: FreshDatabases,
) -> None:
    url = await fresh_database()
    await upgrade("grid", url)
    of_before = EVENTS.replace(", published_at", "").replace(
        ",\n        case when n <> 2 then now() end", ""
    )
    with pytest.raises(ProgrammingError, match="event_id"):
        await fetched(url, of_before)


async def test_persons_of_old_attendances_are_counted_at_each_level(
    fresh_database: FreshDatabases,
) -> None:
    url = await fresh_database()
    await upgraded_over(url, "gateway", "0005", ATTENDANCES)
    query = "select area_code, dimension, n from tally where metric = 'attendances_of_person' order by 1"
    counted = [("330703", "a", 3), ("330703101", "a", 2), ("330703102", "a", 1)]
    assert await fetched(url, query) == counted


REPORTS = """
    insert into report (id, version, area_code, correlation_id, occurred_at, created_at, updated_at,
        late_entry, number, status, category, urgency, finder, title, description, place, reporter,
        handlers, reported_at, accept_due_at, accepted_at, resolve_due_at, closed_at)
    select gen_random_uuid(), 1, '330703105', gen_random_uuid(), at, at, at, false, name, name,
        'ENVIRONMENT', 'NORMAL', 'OTHER', '', '', '', 'somebody', '[]', at, at + interval '2 days',
        case when name <> 'REPORTED' then at end, at + interval '7 days',
        case when name = 'CLOSED' then at + interval '1 day' end
    from unnest(array['REPORTED', 'PROCESSING', 'CLOSED']) name,
        (select timestamptz '2026-03-02 01:00Z') t(at)"""


async def test_a_report_of_before_gets_a_ledger_from_its_times(
    fresh_database: FreshDatabases,
) -> None:
    url = await fresh_database()
    await upgraded_over(url, "grid", "0011", REPORTS)
    found = await fetched(url, "select number, ledger, close_kind from report order by 1 desc")
    told = {
        number: [(e["clock"], e["kind"], e.get("allowance")) for e in ledger]
        for number, ledger, _ in found
    }
    accepted = [("accept", "STARTED", "2wd"), ("accept", "STOPPED", None)]
    resolving = [*accepted, ("resolve", "STARTED", "7wd")]
    assert told == {
        "REPORTED": accepted[:1],
        "PROCESSING": resolving,
        "CLOSED": [*resolving, ("resolve", "STOPPED", None)],
    }
    assert [kind for *_, kind in found] == [None, None, "CENTRE"]
