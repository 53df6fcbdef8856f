"""Whatever order things come in, and however often: in the end the same has happened."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.grid.device.offline import devices, emptied, played, state
from tests.support.running import Running

START = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=30)
PLAIN = 0
"""The seed that the others are compared with."""


@pytest.fixture(scope="module")
async def once(grid: Running) -> Mapping[str, Any]:
    return await ended(grid, PLAIN)


async def ended(grid: Running, seed: int) -> dict[str, Any]:
    await emptied(grid)
    all_ = await played(grid, START, seed)
    told = {key: end for device in all_ for key, end in device.ended.items()}
    return {**await state(grid), "told": told}


def test_five_hundred_operations_of_twenty_devices() -> None:
    all_ = devices(START)
    assert (len(all_), sum(len(device.queue) for device in all_)) == (20, 500)


async def test_it_is_what_was_done(once: Mapping[str, Any]) -> None:
    """Else any order could end in the same nothing."""
    assert len(once["told"]) == 500
    assert len(once["report"]) == 16 * 5 + 4
    assert len(once["attachment"]) == 16 * 5
    assert (len(once["patrol"]), len(once["demolition"])) == (16 * 6, 16 * 5)
    assert len(once["parked"]) == 2 * 16
    versions = [[version for version, *_ in events] for events in once["events"].values()]
    assert all(told == [*range(1, len(told) + 1)] for told in versions)
    assert sum(map(len, versions)) == 500 - 2 * 16


@pytest.mark.parametrize("seed", [1])
async def test_any_order_ends_in_the_same_state(
    grid: Running, once: Mapping[str, Any], seed: int
) -> None:
    assert await ended(grid, seed) == once


@pytest.mark.proof
@pytest.mark.parametrize("seed", range(2, 24))
async def test_many_more_orders_end_in_the_same_state(
    grid: Running, once: Mapping[str, Any], seed: int
) -> None:
    assert await ended(grid, seed) == once
