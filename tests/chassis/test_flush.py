"""The one statement that writes: all of it, or nothing."""

from datetime import UTC, datetime
from uuid import UUID, uuid4

import asyncpg
import pytest

from services.chassis import outbox
from services.chassis.database import driver
from services.chassis.flush import Changes, KeysLost, flush
from services.grid.areas.models import Area
from tests.support.running import Running

NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)


def make_area(name: str = "新村", code: str = "330703105292") -> Area:
    return Area(
        id=uuid4(),
        area_code=code,
        correlation_id=uuid4(),
        name=name,
        kind="VILLAGE",
        valid_from=NOW.date(),
        predecessors=["330703105290"],
        occurred_at=NOW,
        created_at=NOW,
        updated_at=NOW,
    )


def make_changes(area: Area, *, new: bool = True, keys: tuple[str, ...] = ("a",)) -> Changes:
    place = ("area", area.id)
    answers = [("who", "put_area", key, b"", area.id, 1, "ACTIVE", None, NOW) for key in keys]
    clock = (*place, "accept", NOW, None, None, None)
    changes = Changes({place: area}, {place} if new else set(), answers)
    changes.clocks[*place, "accept"] = clock
    return changes


async def write(grid: Running, changes: Changes) -> None:
    async with grid.runtime.database.transaction() as connection:
        await flush(await driver(connection), changes)


async def counts(grid: Running, id: UUID) -> tuple[int, ...]:
    row = await grid.fetch(
        "select (select count(*) from area where id = $1), (select count(*) from clock), "
        "(select count(*) from answer)",
        id,
    )
    return tuple(row[0])


async def test_a_row_its_clock_and_its_answer_are_written_together(grid: Running) -> None:
    area = make_area()
    await write(grid, make_changes(area))
    assert await counts(grid, area.id) == (1, 1, 1)
    stored = (await grid.fetch("select * from area where id = $1", area.id))[0]
    assert stored["predecessors"] == '["330703105290"]'
    assert (stored["created_at"], stored["valid_to"]) == (NOW, None)


async def test_one_lost_key_leaves_nothing(grid: Running) -> None:
    await write(grid, make_changes(make_area(), keys=("taken",)))
    area = make_area(code="330703105293")
    with pytest.raises(KeysLost):
        await write(grid, make_changes(area, keys=("free", "taken")))
    assert await counts(grid, area.id) == (0, 1, 1)


async def test_a_known_row_is_replaced_by_its_final_state(grid: Running) -> None:
    area = make_area()
    await write(grid, make_changes(area))
    area.name, area.valid_to = "旧村", NOW.date()
    await write(grid, make_changes(area, new=False, keys=()))
    rows = await grid.fetch("select name, valid_to from area where id = $1", area.id)
    assert [tuple(row) for row in rows] == [("旧村", NOW.date())]
    assert await counts(grid, area.id) == (1, 1, 1)


async def test_events_are_written_in_one_order_whatever_was_decided_first(grid: Running) -> None:
    """An event's place is unique, so it is also a lock: two batches must take it in the same order."""
    places = [(uuid4(), version) for _ in range(5) for version in (1, 2)]
    areas = [make_area(code=f"33070310529{n}") for n in range(10)]
    changes = Changes()
    for (id_, version), area in zip(places, areas, strict=True):
        told = area.snapshot()
        event = outbox.frozen(told, told.topic, id_, version, epoch=1, at=NOW, trace=None)
        changes.events.insert(0, event)
    await grid.fetch("truncate outbox")
    await write(grid, changes)
    rows = await grid.fetch("select aggregate_id, version from outbox order by id")
    assert [tuple(row) for row in rows] == sorted(places)


async def test_a_text_that_is_too_long_is_an_error_and_never_cut(grid: Running) -> None:
    area = make_area(code="3" * 16)
    with pytest.raises(asyncpg.StringDataRightTruncationError):
        await write(grid, make_changes(area))
    assert await counts(grid, area.id) == (0, 0, 0)


async def test_statements_of_the_driver_join_the_transaction(grid: Running) -> None:
    async with grid.runtime.database.connection() as connection:
        transaction = await connection.begin()
        await (await driver(connection)).execute("delete from area")
        await transaction.rollback()
    assert (await grid.fetch("select count(*) from area"))[0][0] == 5
