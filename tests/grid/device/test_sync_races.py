"""Nothing is missed, whatever is written meanwhile: transactions end in another order than they began in."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from random import Random
from uuid import UUID

import asyncpg
import pytest

from tests.grid.device.holding import Device, lines, listed
from tests.support.grid import reported, step
from tests.support.people import RED_MEMBER, TOWNSHIP
from tests.support.running import Running

TITLE = "update report set title = $2 where id = $1"


@asynccontextmanager
async def session(grid: Running) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
    connection = await asyncpg.connect(grid.database_url.replace("+asyncpg", ""))
    try:
        yield connection
    finally:
        await connection.close()


async def test_what_commits_late_is_told_late_but_told(grid: Running) -> None:
    slow, quick = await reported(grid), await reported(grid)
    device = Device(TOWNSHIP)
    await device.sync(grid)
    async with session(grid) as connection:
        open_ = connection.transaction()
        await open_.start()
        await connection.execute(TITLE, UUID(slow["id"]), "迟交的事务")
        await step(grid, TOWNSHIP, quick, "accept")
        await device.sync(grid)
        assert [row["id"] for row in device.news()] == [quick["id"]]
        await open_.commit()
    await device.sync(grid)
    assert [(row["id"], row["title"]) for row in device.news()] == [(slow["id"], "迟交的事务")]


async def test_one_that_is_open_holds_up_nobody_and_what_is_undone_is_not_told(
    grid: Running,
) -> None:
    receipt = await reported(grid)
    device = Device(TOWNSHIP)
    async with session(grid) as connection:
        open_ = connection.transaction()
        await open_.start()
        await connection.execute(TITLE, UUID(receipt["id"]), "后来撤销")
        await device.sync(grid)
        for _ in range(3):
            new = await reported(grid)
            await device.sync(grid)
            assert [row["id"] for row in device.news()] == [new["id"]]
        await open_.rollback()
    await device.sync(grid)
    assert device.news() == []
    assert device.held["report"][receipt["id"]]["title"] != "后来撤销"


async def test_what_is_made_while_a_device_turns_its_pages_follows(grid: Running) -> None:
    device = Device(TOWNSHIP, limit=2)
    for _ in range(4):
        await reported(grid)
    await device.page(grid)
    async with session(grid) as connection:
        open_ = connection.transaction()
        await open_.start()
        held = await connection.fetchval("select id from report order by created_at limit 1")
        await connection.execute(TITLE, held, "翻页中修改")
        for _ in range(5):
            await reported(grid)
            await device.page(grid)
        await open_.commit()
    while device.told[-1]["more"]:
        await device.page(grid)
    await device.sync(grid)
    assert device.held["report"] == lines(await listed(grid, TOWNSHIP))


async def test_what_departs_late_is_told_late(grid: Running) -> None:
    receipt = await reported(grid)
    device = Device(TOWNSHIP)
    await device.sync(grid)
    async with session(grid) as connection:
        open_ = connection.transaction()
        await open_.start()
        await connection.execute("delete from report where id = $1", UUID(receipt["id"]))
        await reported(grid)
        await device.sync(grid)
        assert device.news("gone") == []
        await open_.commit()
    await device.sync(grid)
    assert device.news("gone") == [receipt["id"]]


async def write(grid: Running, random: Random, ids: list[UUID]) -> None:
    """Transactions of several rows that take their time, and are sometimes undone."""
    async with session(grid) as connection:
        for number in range(12):
            open_ = connection.transaction()
            await open_.start()
            for id_ in sorted(random.sample(ids, 2)):
                await connection.execute(TITLE, id_, f"第 {number} 次 {random.random()}")
                await asyncio.sleep(random.random() / 100)
            await (open_.rollback() if random.random() < 0.2 else open_.commit())


async def follow(grid: Running, device: Device, done: asyncio.Event) -> None:
    while not done.is_set():
        await device.sync(grid)
        await asyncio.sleep(0.001)
    await device.sync(grid)


@pytest.mark.parametrize("seed", range(3))
async def test_devices_end_with_what_is_there_however_many_write(grid: Running, seed: int) -> None:
    random = Random(seed)
    ids = [UUID((await reported(grid, RED_MEMBER))["id"]) for _ in range(12)]
    devices = [Device(TOWNSHIP, limit) for limit in (1, 3, 200)]
    done = asyncio.Event()
    following = [asyncio.create_task(follow(grid, device, done)) for device in devices]
    await asyncio.gather(*(write(grid, Random(random.random()), ids) for _ in range(6)))
    done.set()
    await asyncio.gather(*following)
    for device in devices:
        assert device.held["report"] == lines(await listed(grid, TOWNSHIP)), device.limit
