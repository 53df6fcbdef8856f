"""Whoever takes turns of several kinds takes them in one order."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from tests.chassis.test_unit_races import deadlocks
from tests.grid.field import GRID
from tests.grid.materials.test_router import entry, furnished
from tests.grid.patrols.walking import enrolled
from tests.support.grid import batch
from tests.support.people import DISTRICT
from tests.support.running import Running


async def test_batches_that_name_the_same_in_another_order_do_not_wait_for_each_other(
    grid: Running,
) -> None:
    item_id = await furnished(grid, stock=300, issued=200)
    await enrolled(grid, "walker")
    begun = datetime.now(UTC) - timedelta(hours=30)

    def wish(operation: str, body: dict[str, Any]) -> dict[str, Any]:
        id_ = str(uuid4())
        return {"operation": operation, "id": id_, "key": id_, "body": body}

    def device(number: int) -> list[dict[str, Any]]:
        start = begun + timedelta(hours=number)
        times = {
            "occurred_at": start.isoformat(),
            "ended_at": (start + timedelta(hours=1)).isoformat(),
        }
        patrol = {"area_code": GRID, "participants": ["walker"], **times}
        told = [wish("record_patrol", patrol)]
        told += [wish("enter_material", entry("DISTRIBUTION", item_id, 1)) for _ in range(3)]
        return told if number % 2 else told[::-1]

    results = await asyncio.gather(*(batch(grid, DISTRICT, *device(n)) for n in range(16)))
    assert {result["outcome"] for told in results for result in told} == {"applied"}
    assert await deadlocks(grid) == 0
