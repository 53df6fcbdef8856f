"""A link that is handed on, or moves, in the middle of a week: who is told what of its visit."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Any

import pytest

from services.chassis.deadlines.calendar import SHANGHAI
from services.grid.duty.rules import WEEK, week_of
from tests.grid.field import GRID, made, stepped
from tests.grid.visiting import linked, new_member, red
from tests.support.grid import AREAS
from tests.support.people import DISTRICT
from tests.support.running import Running

NEXT_DOOR = f"{GRID[:12]}002"
TODAY = datetime.now(SHANGHAI).date()
MONDAY = TODAY - timedelta(days=TODAY.weekday()) - WEEK


def on(day: int) -> dict[str, str]:
    """In last week."""
    return {"occurred_at": datetime.combine(MONDAY + timedelta(day), time(9), SHANGHAI).isoformat()}


async def told(grid: Running, *members: Mapping[str, Any]) -> list[tuple[int, int]]:
    """Of each what is due and what is done, as they see it themselves."""
    found = []
    for member in members:
        who, week = red(member["account"]), week_of(MONDAY)
        answer = await grid.call(who, "GET", "/v1/grid/duty", week=week)
        found.append((answer.json()["due"], answer.json()["done"]))
    return found


@pytest.mark.parametrize(
    ("handed", "visited", "old", "new"),
    [
        (3, 0, (1, 1), (0, 0)),
        (4, 5, (0, 0), (1, 1)),
        (4, 0, (1, 1), (0, 0)),
        (3, 5, (0, 0), (1, 1)),
        (3, None, (0, 0), (1, 0)),
        (4, None, (1, 0), (0, 0)),
    ],
)
async def test_a_visit_of_before_the_handover_is_not_asked_for_again(
    grid: Running, handed: int, visited: int | None, old: tuple[int, int], new: tuple[int, int]
) -> None:
    _, giving, home = await linked(grid)
    taking = await new_member(grid)
    pair = {"from_member": giving["id"], "to_member": taking["id"]}
    call = {"household_id": home["id"], "mode": "IN_PERSON"}
    if visited is not None and visited < handed:
        await made(grid, red(giving["account"]), "visits", **call, **on(visited))
    await made(grid, DISTRICT, "handovers", **pair, **on(handed))
    if visited is not None and visited > handed:
        await made(grid, red(taking["account"]), "visits", **call, **on(visited))
    assert await told(grid, giving, taking) == [old, new]


async def test_what_was_visited_before_the_handover_was_entered_is_not_asked_for_again(
    grid: Running,
) -> None:
    _, giving, home = await linked(grid)
    taking = await new_member(grid)
    call = {"household_id": home["id"], "mode": "IN_PERSON"}
    await made(grid, red(giving["account"]), "visits", **call, **on(5))
    pair = {"from_member": giving["id"], "to_member": taking["id"]}
    await made(grid, DISTRICT, "handovers", **pair, **on(0))
    assert await told(grid, giving, taking) == [(0, 0), (1, 1)]


async def test_who_is_handed_a_link_twice_on_counts_once(grid: Running) -> None:
    _, first, home = await linked(grid)
    others = [await new_member(grid) for _ in range(2)]
    for source, target, day in ((first, others[0], 2), (others[0], others[1], 4)):
        pair = {"from_member": source["id"], "to_member": target["id"]}
        await made(grid, DISTRICT, "handovers", **pair, **on(day))
    assert await told(grid, first, *others) == [(0, 0), (0, 0), (1, 0)]
    call = {"household_id": home["id"], "mode": "IN_PERSON"}
    await made(grid, red(others[0]["account"]), "visits", **call, **on(3))
    assert await told(grid, first, *others) == [(0, 0), (1, 1), (0, 0)]


async def test_a_household_visited_before_it_moved_is_not_owed_a_visit_in_its_new_grid(
    grid: Running,
) -> None:
    rows = {"rows": [AREAS[-1] | {"code": NEXT_DOOR, "name": "示范二网格"}]}
    assert (await grid.call(DISTRICT, "PUT", "/v1/grid/areas/import", rows)).is_success
    _, member, home = await linked(grid)
    call = {"household_id": home["id"], "mode": "IN_PERSON"}
    await made(grid, red(member["account"]), "visits", **call, **on(0))
    await stepped(grid, DISTRICT, "households", home, "move", area_code=NEXT_DOOR, **on(2))
    who, week = red(member["account"]), week_of(MONDAY)
    answer = await grid.call(who, "GET", "/v1/grid/duty", week=week, by="grid")
    [line] = answer.json()["items"]
    assert (line["key"], line["due"], line["done"]) == (GRID, 1, 1)
