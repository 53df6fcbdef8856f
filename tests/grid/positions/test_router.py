"""Positions that prove nothing of where and when something was, as reports and patrols tell them."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.grid.field import GRID, listed, made, seen, stepped
from tests.grid.visiting import ago, new_member
from tests.support.grid import AREAS
from tests.support.people import DISTRICT
from tests.support.running import Running

MIDDLE = {"lng": 119.7, "lat": 29.1, "datum": "WGS84"}
AWAY: dict[str, Any] = {"lat": 29.15}  # 5.6 km to the north
DOUBTS: list[tuple[dict[str, Any], list[str]]] = [
    ({}, []),
    ({"minutes": 149}, []),
    ({"minutes": 151}, ["STALE"]),
    ({"minutes": 1}, []),
    ({"lat": 29.14}, []),
    (AWAY, ["FAR"]),
    (AWAY | {"datum": "GCJ02"}, []),
    (AWAY | {"minutes": 1800}, ["STALE", "FAR"]),
]


@pytest.fixture(autouse=True, scope="module")
async def centred(grid: Running) -> AsyncIterator[None]:
    """The grid has its middle there."""
    for told in (MIDDLE, None):
        rows = [{**area, "centroid": told} if area["kind"] == "GRID" else area for area in AREAS]
        answer = await grid.call(DISTRICT, "PUT", "/v1/grid/areas/import", {"rows": rows})
        assert answer.is_success
        if told:
            yield


async def patrol(grid: Running, **facts: Any) -> dict[str, Any]:
    """The receipt of one by some member that began two hours ago."""
    walkers = [(await new_member(grid))["account"]]
    usual = {"area_code": GRID, "participants": walkers, "occurred_at": ago(hours=2)}
    return await made(grid, DISTRICT, "patrols", **usual | facts)


def position(minutes: float = 120, **facts: Any) -> dict[str, Any]:
    """Captured so many minutes ago."""
    return MIDDLE | {"accuracy_m": 8, "captured_at": ago(minutes=minutes)} | facts


@pytest.mark.parametrize(("facts", "doubts"), DOUBTS)
async def test_a_report_tells_of_then_and_there(
    grid: Running, facts: dict[str, Any], doubts: list[str]
) -> None:
    told = {"category": "ENVIRONMENT", "title": "河边堆放垃圾", "area_code": GRID}
    when = {"occurred_at": ago(hours=2), "position": position(**facts)}
    receipt = await made(grid, DISTRICT, "reports", **told, **when)
    assert (await seen(grid, "reports", receipt))["suspicions"] == doubts
    for suspicious in (True, False):
        lines = await listed(grid, "reports", suspicious=suspicious, limit=200)
        assert (receipt["id"] in [line["id"] for line in lines]) is (suspicious is bool(doubts))


@pytest.mark.parametrize(("facts", "doubts"), DOUBTS)
async def test_a_patrol_covers_its_grid_then_and_there(
    grid: Running, facts: dict[str, Any], doubts: list[str]
) -> None:
    receipt = await patrol(grid, position=position(**facts), ended_at=ago(hours=1))
    assert (await seen(grid, "patrols", receipt))["suspicions"] == doubts
    [row] = await grid.fetch("select body from outbox where aggregate_id = $1", receipt["id"])
    assert json.loads(row["body"])["is_covering"] is not bool(doubts)


async def test_the_end_of_a_patrol_is_judged_by_its_own_time_and_the_patrols_grid(
    grid: Running,
) -> None:
    receipt = await patrol(grid, position=position())
    last = position(**AWAY)  # captured when it began
    receipt = await stepped(grid, DISTRICT, "patrols", receipt, "finish", position=last)
    told = await seen(grid, "patrols", receipt)
    assert (told["start_position"]["suspicions"], told["suspicions"]) == ([], ["STALE", "FAR"])


async def test_an_area_that_is_no_grid_has_no_middle(grid: Running) -> None:
    receipt = await patrol(grid, area_code=GRID[:12], position=position(**AWAY))
    assert (await seen(grid, "patrols", receipt))["suspicions"] == []
