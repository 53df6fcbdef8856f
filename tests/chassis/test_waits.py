"""Whoever needs what another holds waits a while, and is then told to come again."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest

from services.chassis.database import DatabaseUnavailable
from services.chassis.decision import Receipt
from services.chassis.errors import StillRunning
from services.chassis.operation import Item
from services.grid.reports.operations import create_report
from services.grid.reports.schemas import ReportIn
from tests.chassis.outboxes import connected
from tests.support.grid import BATCH, REPORT, REPORTS, acceptance, batch, creation, reported
from tests.support.people import DISTRICT, RED_MEMBER, TOWNSHIP
from tests.support.running import Running

TWIN = """
    insert into answer values ($1, 'create_report', $2, 'x', gen_random_uuid(), 1, 'REPORTED', null, now())"""
ROW = "select from report where id = $1::uuid for update"


@pytest.fixture(autouse=True)
def impatient(grid: Running) -> None:
    """As the service is, but for how long it waits."""
    assert grid.runtime.unit.patience == "5s"
    grid.runtime.unit = replace(grid.runtime.unit, patience="300ms")
    grid.runtime.together.unit = grid.runtime.unit


@asynccontextmanager
async def held(grid: Running, statement: str, *arguments: Any) -> AsyncIterator[None]:
    """What `statement` locks, by a transaction that does not end."""
    async with connected(grid.database_url) as connection:
        transaction = connection.transaction()
        await transaction.start()
        await connection.execute(statement, *arguments)
        yield
        await transaction.rollback()


async def test_a_creation_waits_for_its_twin_only_for_a_while(grid: Running) -> None:
    key = {"Idempotency-Key": "one"}
    async with held(grid, TWIN, RED_MEMBER.subject, "one"):
        began = time.monotonic()
        answer = await grid.call(RED_MEMBER, "POST", REPORTS, REPORT, key)
        waited = time.monotonic() - began
    assert (answer.status_code, answer.json()["code"]) == (409, "still_running")
    assert 0.3 <= waited < 5
    assert (await grid.call(RED_MEMBER, "POST", REPORTS, REPORT, key)).status_code == 201


async def test_a_step_waits_for_its_record_only_for_a_while(grid: Running) -> None:
    receipt = await reported(grid)
    path, match = f"{REPORTS}/{receipt['id']}/accept", {"If-Match": '"1"'}
    async with held(grid, ROW, receipt["id"]):
        answer = await grid.call(TOWNSHIP, "POST", path, {}, match)
    assert (answer.status_code, answer.json()["code"]) == (409, "still_running")
    assert (await grid.call(TOWNSHIP, "POST", path, {}, match)).status_code == 200


async def test_a_batch_does_what_nobody_holds_and_waits_once(grid: Running) -> None:
    busy = [await reported(grid, title=f"事项{n}") for n in range(40)]
    free = await reported(grid)
    items = [acceptance(f"{n}", receipt["id"]) for n, receipt in enumerate([*busy, free])]
    ids = [receipt["id"] for receipt in busy]
    async with held(grid, "select from report where id = any($1::uuid[]) for update", ids):
        began = time.monotonic()
        results = await batch(grid, DISTRICT, *items, creation("a"))
        assert time.monotonic() - began < 10
    assert {(r["outcome"], r["code"]) for r in results[:40]} == {("conflict", "still_running")}
    assert [r["outcome"] for r in results[40:]] == ["applied", "applied"]
    again = await batch(grid, DISTRICT, *items)
    assert [r["outcome"] for r in again] == ["applied"] * 40 + ["duplicate"]


async def test_a_job_that_met_somebody_else_comes_again(grid: Running) -> None:
    async def also(*_: object) -> None: ...

    item = Item(create_report, uuid4(), ReportIn.model_validate(REPORT), "one")
    async with held(grid, TWIN, RED_MEMBER.subject, "one"):
        with pytest.raises(StillRunning):
            await grid.runtime.unit.run([item], RED_MEMBER, also=also)
    (result,) = await grid.runtime.unit.run([item], RED_MEMBER, also=also)
    assert isinstance(result, Receipt)


async def test_the_wait_is_nobody_elses(grid: Running) -> None:
    """The connection goes back to the pool as it was."""
    await asyncio.gather(*(reported(grid) for _ in range(8)))
    async with grid.runtime.database.connection() as connection:
        told = await connection.exec_driver_sql("show lock_timeout")
        assert told.scalar() == "0"


async def test_a_server_that_only_reads_is_unavailable(grid: Running) -> None:
    receipt = await reported(grid)
    (name,) = (await grid.fetch("select current_database()"))[0]
    await grid.fetch(f'alter database "{name}" set default_transaction_read_only = on')
    await grid.runtime.database.engine.dispose()
    for path, body in ((REPORTS, REPORT), (BATCH, {"items": [creation("a"), creation("b")]})):
        answer = await grid.call(RED_MEMBER, "POST", path, body)
        assert (answer.status_code, answer.json()["code"]) == (503, "database_unavailable")
    with pytest.raises(DatabaseUnavailable):
        async with grid.runtime.database.transaction() as connection:
            await connection.exec_driver_sql("delete from report")
    path = f"{REPORTS}/{receipt['id']}"
    assert (await grid.call(DISTRICT, "GET", path)).status_code == 200
