"""Creations that come together: each is answered as if it had come alone, and none stays half written."""

import asyncio
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from services.chassis.flush import KeysLost
from services.chassis.operation import Item, Wish
from services.grid.reports.operations import create_report
from services.grid.reports.schemas import ReportIn
from tests.chassis.outboxes import connected
from tests.support.grid import REPORT, REPORTS
from tests.support.people import DISTRICT, OTHER_TOWNSHIP, RED_MEMBER
from tests.support.running import Running, eventually

TWIN = """insert into answer values ($1, 'create_report', $2, 'x', gen_random_uuid(), 1, 'REPORTED', null, now())"""
ORPHANS = """
    select a.key from answer a where operation = 'create_report' and key <> 'taken'
    and not exists (select from report r where r.id = a.aggregate_id)"""
COUNTS = "select (select count(*) from report), (select count(*) from answer), (select count(*) from outbox where topic = 'jinding.grid.report.v1')"
WAITING = (
    "select 1 from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()"
)


def wish(key: str, who: Any = RED_MEMBER, **facts: Any) -> Wish:
    body = ReportIn.model_validate(REPORT | facts)
    return Wish(Item(create_report, body.id or uuid4(), body, key), who)


async def post(grid: Running, key: str, who: Any = RED_MEMBER, **facts: Any) -> Any:
    return await grid.call(who, "POST", REPORTS, REPORT | facts, {"Idempotency-Key": key})


async def test_one_lost_key_leaves_nothing_of_the_others(grid: Running) -> None:
    """The key is taken between the look-up and the statement, which is its own transaction."""
    unit = grid.runtime.unit
    async with connected(grid.database_url) as connection:
        transaction = connection.transaction()
        await transaction.start()
        await connection.execute(TWIN, RED_MEMBER.subject, "taken")
        run = unit.creations([wish("free"), wish("taken"), wish("more")], "5s")
        task = asyncio.create_task(run)
        await eventually(lambda: grid.fetch(WAITING))
        await transaction.commit()
        with pytest.raises(KeysLost):
            await task
    assert [tuple(row) for row in await grid.fetch(COUNTS)] == [(0, 1, 0)]


async def test_whoever_comes_beside_a_lost_key_is_written_or_not_answered(grid: Running) -> None:
    async with connected(grid.database_url) as connection:
        transaction = connection.transaction()
        await transaction.start()
        await connection.execute(TWIN, RED_MEMBER.subject, "taken")
        posts = asyncio.gather(*(post(grid, key) for key in ["taken", *map(str, range(20))]))
        await eventually(lambda: grid.fetch(WAITING))
        await transaction.commit()
        taken, *others = await posts
    assert (taken.status_code, taken.json()["code"]) == (422, "key_reused")
    assert {answer.status_code for answer in others} == {201}
    assert await grid.fetch(ORPHANS) == []
    for answer in others:
        shown = await grid.call(DISTRICT, "GET", f"{REPORTS}/{answer.json()['id']}")
        assert shown.json()["number"] == answer.json()["number"]


async def test_each_is_answered_on_its_own_merits(grid: Running) -> None:
    known = str(uuid4())
    first = await post(grid, "known", id=known)
    again = {"id": known, "title": "另一件事"}
    answers = await asyncio.gather(
        post(grid, "a"),
        post(grid, "b", OTHER_TOWNSHIP),
        post(grid, "c", DISTRICT, area_code="330703105291999"),
        post(grid, "d", occurred_at="2100-01-01T00:00:00Z"),
        post(grid, "known", id=known),
        post(grid, "e", **again),
        post(grid, "known", title="别的内容"),
        post(grid, "a", DISTRICT, finder="GRID_MEMBER"),
        *(post(grid, f"n{n}") for n in range(10)),
    )
    told = [answer.json().get("code", answer.status_code) for answer in answers]
    assert told[:8] == [201, "outside_scope", "area_unknown", "in_the_future", 201, "already_exists", "key_reused", 201]  # fmt: skip
    assert told[8:] == [201] * 10
    assert answers[4].json() == first.json()
    numbers = [answer.json()["number"] for answer in answers if answer.status_code == 201]
    assert len(set(numbers)) == len(numbers)
    assert await grid.fetch(ORPHANS) == []


async def test_where_the_connection_is_lost_nobody_is_written_twice(grid: Running) -> None:
    """It may have been written: only who has a key may try again."""

    async def lost(*_: Any) -> Any:
        raise asyncpg.ConnectionDoesNotExistError("gone")

    runtime = grid.runtime
    runs: list[Any] = []

    class Broken:
        database, committed = runtime.unit.database, runtime.unit.committed

        async def creations(self, wishes: Any, patience: str) -> Any:
            runs.append(len(wishes))
            async with runtime.unit.database.statements():
                await lost()

        async def run(self, *_: Any, **__: Any) -> Any:
            raise AssertionError("run again")

    whole, runtime.together.unit = runtime.together.unit, Broken()
    answers = await asyncio.gather(*(post(grid, f"{n}") for n in range(5)))
    runtime.together.unit = whole
    assert {answer.json()["code"] for answer in answers} == {"database_unavailable"}
    assert sum(runs) == 5
    assert {(await post(grid, f"{n}")).status_code for n in range(5)} == {201}


async def test_who_goes_away_holds_up_nobody(grid: Running) -> None:
    async with connected(grid.database_url) as connection:
        transaction = connection.transaction()
        await transaction.start()
        await connection.execute("lock table answer in access exclusive mode")
        gone = [asyncio.create_task(post(grid, f"gone{n}")) for n in range(5)]
        await eventually(lambda: grid.fetch(WAITING))
        stays = [asyncio.create_task(post(grid, f"stays{n}")) for n in range(5)]
        for task in gone:
            task.cancel()
        await transaction.rollback()
    assert {
        answer.status_code for answer in await asyncio.wait_for(asyncio.gather(*stays), 10)
    } == {201}
    assert await grid.fetch(ORPHANS) == []
