"""What must hold while somebody waits for a lock: whoever comes second is judged on what the first has left.
The lock is held by the test, so that the interleaving is not a matter of luck."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from httpx import Response

from tests.chassis.outboxes import connected
from tests.chassis.test_waits import TWIN
from tests.support.grid import REPORT, REPORTS, reported
from tests.support.people import RED_MEMBER, TOWNSHIP
from tests.support.running import Running, eventually

WAITING = (
    "select 1 from pg_stat_activity where datname = current_database() "
    "and wait_event_type = 'Lock' having count(*) = $1"
)
TABLES = ("report", "outbox", "clock", "answer")
REFUSING = """
    create function refuse() returns trigger language plpgsql as
    $$ begin raise exception 'refused for a test'; end $$"""


@asynccontextmanager
async def waiting(grid: Running, receipt: dict[str, Any], count: int) -> AsyncIterator[None]:
    """The report is locked until `count` others wait for it."""
    async with connected(grid.database_url) as connection, connection.transaction():
        await connection.execute("select from report where id = $1::uuid for update", receipt["id"])
        yield
        await eventually(lambda: grid.fetch(WAITING, count))


async def accepted_twice(grid: Running, *headers: dict[str, str]) -> list[Response]:
    """The answers to two acceptances that have waited for the same lock."""
    receipt = await reported(grid)
    path = f"{REPORTS}/{receipt['id']}/accept"
    async with waiting(grid, receipt, len(headers)):
        told = [{"If-Match": '"1"'} | more for more in headers]
        steps = [asyncio.create_task(grid.call(TOWNSHIP, "POST", path, {}, h)) for h in told]
    return list(await asyncio.gather(*steps))


async def written(grid: Running) -> dict[str, int]:
    """How many rows each table has that a change is written to."""
    counts = (f"(select count(*) from {table}) as {table}" for table in TABLES)
    (row,) = await grid.fetch(f"select {', '.join(counts)}")
    return dict(row)


async def test_a_retry_that_waited_for_the_lock_is_replayed(grid: Running) -> None:
    key, before = {"Idempotency-Key": "step"}, await written(grid)
    first, second = await accepted_twice(grid, key, key)
    assert (first.status_code, second.status_code) == (200, 200)
    assert first.content == second.content
    assert (await written(grid))["outbox"] == before["outbox"] + 2


async def test_a_condition_is_judged_on_the_version_that_was_locked(grid: Running) -> None:
    answers = await accepted_twice(grid, {}, {})
    told = sorted((a.status_code, a.json().get("code"), a.headers.get("ETag")) for a in answers)
    assert told == [(200, None, '"2"'), (412, "precondition_failed", '"2"')]


async def test_a_creation_that_lost_its_key_writes_nothing(grid: Running) -> None:
    """A twin holds the key while the creation is on its way; it was another request, as it turns out."""
    before, key = await written(grid), {"Idempotency-Key": "one"}
    async with connected(grid.database_url) as connection, connection.transaction():
        await connection.execute(TWIN, RED_MEMBER.subject, "one")
        late = asyncio.create_task(grid.call(RED_MEMBER, "POST", REPORTS, REPORT, key))
        await eventually(lambda: grid.fetch(WAITING, 1))
    answer = await late
    assert (answer.status_code, answer.json().get("code")) == (422, "key_reused")
    assert await written(grid) == before | {"answer": before["answer"] + 1}


@pytest.mark.parametrize("table", TABLES)
async def test_a_change_is_written_whole_or_not_at_all(grid: Running, table: str) -> None:
    await grid.fetch(REFUSING)
    when = f"create trigger refused before insert on {table} for each row"
    before = await written(grid)
    await grid.fetch(f"{when} execute function refuse()")
    key = {"Idempotency-Key": "one"}
    assert (await grid.call(RED_MEMBER, "POST", REPORTS, REPORT, key)).status_code == 500
    assert await written(grid) == before
    await grid.fetch(f"drop trigger refused on {table}")
    assert (await grid.call(RED_MEMBER, "POST", REPORTS, REPORT, key)).status_code == 201
