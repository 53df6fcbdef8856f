"""A deadline that passes is recorded once, as of the moment when it passed."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

from services.chassis.deadlines.sweeper import Sweeper
from services.grid.main import DEFINITION
from tests.support.grid import acceptance, batch, creation, reported, step
from tests.support.people import IMPORTER, RED_MEMBER, TOWNSHIP
from tests.support.running import Running

LATER = timedelta(days=40)
OVERDUE = "grid.report.overdue.v1"


def sweeper(grid: Running) -> Sweeper:
    return Sweeper(grid.runtime.database, grid.runtime.unit, DEFINITION.nouns, 3600)


async def sweep(grid: Running, after: timedelta = LATER) -> bool:
    return await sweeper(grid).sweep(datetime.now(UTC) + after)


async def overdue_events(grid: Running) -> int:
    return [name for name, _ in await grid.events()].count(OVERDUE)


async def clocks(grid: Running) -> dict[str, Any]:
    rows = await grid.fetch("select kind, due_at, stopped_at, fired_at, held_by from clock")
    return {row["kind"]: row for row in rows}


async def test_a_passed_deadline_is_recorded_as_of_its_moment(grid: Running) -> None:
    receipt = await reported(grid, urgency="EMERGENCY")
    assert await sweep(grid, timedelta(minutes=9)) is False
    assert await overdue_events(grid) == 0
    await sweep(grid)
    due = (await clocks(grid))["accept"]["due_at"]
    assert (await clocks(grid))["accept"]["fired_at"] == due
    (row,) = await grid.fetch("select * from report")
    assert (str(row["id"]), row["accept_overdue_at"]) == (receipt["id"], due)
    assert row["occurred_at"] == row["reported_at"]  # time's doing, nobody's step


async def test_a_clock_fires_once_however_many_sweep(grid: Running) -> None:
    for n in range(5):
        await reported(grid, title=f"事项{n}")
    await asyncio.gather(*(sweep(grid) for _ in range(4)))
    while await sweep(grid):
        pass
    assert await overdue_events(grid) == 5


async def test_one_sweeper_works_at_a_time(grid: Running) -> None:
    await reported(grid)
    async with grid.runtime.database.transaction() as connection:
        await connection.exec_driver_sql("select pg_advisory_xact_lock(1245970434)")
        assert await sweep(grid) is False
        assert await overdue_events(grid) == 0
    await sweep(grid)
    assert await overdue_events(grid) == 1


async def test_a_stopped_clock_never_fires(grid: Running) -> None:
    receipt = await step(grid, TOWNSHIP, await reported(grid), "accept")
    await step(grid, TOWNSHIP, receipt, "cancel", reason="INVALID")
    await sweep(grid)
    assert await overdue_events(grid) == 0


async def test_a_fired_clock_starts_afresh_with_a_new_deadline(grid: Running) -> None:
    receipt = await reported(grid, urgency="EMERGENCY")
    await sweep(grid, timedelta(minutes=11))
    receipt = await step(grid, TOWNSHIP, receipt | {"version": 2}, "return", reason="地点不清")
    assert (await clocks(grid))["accept"]["stopped_at"] is not None
    await step(grid, RED_MEMBER, receipt, "resubmit", description="村口桥边")
    await sweep(grid, timedelta(minutes=11))
    assert await overdue_events(grid) == 2


async def test_an_import_holds_its_clocks_until_it_is_completed(grid: Running) -> None:
    opened = (await grid.call(IMPORTER, "POST", "/v1/grid/imports", {"source": "旧系统"})).json()
    long_ago = (datetime.now(UTC) - timedelta(days=300)).isoformat()
    id_ = "0191d7a0-0000-7000-8000-000000000001"
    results = await batch(
        grid,
        IMPORTER,
        creation("a", occurred_at=long_ago, title="没有受理"),
        creation("b", occurred_at=long_ago, id=id_),
        acceptance("c", id_, body={"occurred_at": long_ago}),
        import_batch=opened["id"],
    )
    assert {result["outcome"] for result in results} == {"applied"}
    await sweep(grid)
    assert await overdue_events(grid) == 0
    await grid.call(IMPORTER, "POST", f"/v1/grid/imports/{opened['id']}/complete")
    await sweep(grid)
    assert await overdue_events(grid) == 2  # one never accepted; one accepted in time, not closed


async def test_a_clock_without_effect_is_stopped_and_hides_nobody(grid: Running) -> None:
    await reported(grid)
    await grid.fetch(
        "insert into clock (noun, aggregate_id, kind, due_at) "
        "values ('report', gen_random_uuid(), 'accept', '2000-01-01'), "
        "('unknown', gen_random_uuid(), 'accept', '2000-01-01')"
    )
    await sweep(grid)
    assert await overdue_events(grid) == 1
    rows = await grid.fetch("select noun from clock where stopped_at is null and fired_at is null")
    assert [row["noun"] for row in rows] == ["unknown"]
