"""Households move to another grid and take their links along; what was before stays where it was."""

import json
from collections import Counter
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.chassis.deadlines.calendar import SHANGHAI
from services.chassis.identity.caller import Caller
from services.contracts import roles
from services.grid.duty.rules import week_of
from tests.grid.field import GRID, OTHER_TOWN, listed, made, seen, step, stepped
from tests.grid.visiting import ago, household, links_of, member
from tests.support.grid import AREAS, batch, refusal
from tests.support.people import DISTRICT, OTHER_TOWNSHIP, RED_MEMBER, TOWNSHIP, caller
from tests.support.running import Running

NEW = f"{GRID[:12]}002"
TODAY = datetime.now(SHANGHAI).date()


@pytest.fixture(autouse=True)
async def second_grid(grid: Running) -> None:
    rows = {"rows": [AREAS[-1] | {"code": NEW, "name": "示范二网格"}]}
    assert (await grid.call(DISTRICT, "PUT", "/v1/grid/areas/import", rows)).is_success


def walker(account: str) -> Caller:
    return caller(roles.RED_GRID_MEMBER, GRID, NEW, subject=account)


async def linked(grid: Running, **facts: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """The receipts of a member, with the account, and of a household linked with them for twenty days."""
    body = member()
    person = await made(grid, DISTRICT, "members", **body) | {"account": body["account"]}
    home = await made(grid, DISTRICT, "households", **household(member_id=person["id"], **facts))
    return person, home


async def test_its_links_go_on_in_the_new_grid(grid: Running) -> None:
    person, home = await linked(grid)
    moved = await stepped(
        grid, DISTRICT, "households", home, "move", area_code=NEW, occurred_at=ago(days=10)
    )
    old, now = await grid.fetch(
        "select * from household_link where household_id = $1::uuid order by since_on", home["id"]
    )
    assert (old["area_code"], old["until_on"]) == (GRID, TODAY - timedelta(days=10))
    assert (now["area_code"], now["since_on"], now["until_on"]) == (NEW, old["until_on"], None)
    assert (now["tie_id"], now["member_id"]) == (old["tie_id"], old["member_id"])
    told = await seen(grid, "households", home)
    assert (told["area_code"], [s["area_code"] for s in told["stays"]]) == (NEW, [GRID])
    for days, where in ((15, GRID), (5, NEW)):
        when = {"household_id": home["id"], "mode": "IN_PERSON", "occurred_at": ago(days=days)}
        visit = await made(grid, walker(person["account"]), "visits", **when)
        assert (await seen(grid, "visits", visit))["area_code"] == where
    [tie] = {link["tie_id"] for link in await links_of(grid, household_id=home["id"])}
    await stepped(grid, DISTRICT, "households", moved, "unlink", tie_id=str(tie))
    assert all(link["until_on"] for link in await links_of(grid, household_id=home["id"]))


async def test_events_tell_the_grid_of_each_time(grid: Running) -> None:
    _, home = await linked(grid)
    when = {"occurred_at": ago(days=10)}
    await stepped(grid, DISTRICT, "households", home, "move", area_code=NEW, **when)
    [row] = await grid.fetch(
        "select body from outbox where aggregate_id = $1::uuid and version = 2", home["id"]
    )
    moved = (TODAY - timedelta(days=10)).isoformat()
    began = (TODAY - timedelta(days=20)).isoformat()
    told = json.loads(row["body"])
    assert told["area_code"] == GRID[:12]  # both lie in it
    assert told["linked"] == [
        {"starts_on": began, "ends_on": moved, "area_code": GRID},
        {"starts_on": moved, "ends_on": None, "area_code": NEW},
    ]


async def test_the_weekly_duty_goes_with_it(grid: Running) -> None:
    _, home = await linked(grid)
    monday = TODAY - timedelta(days=TODAY.weekday())
    last, first = monday - timedelta(days=14), monday - timedelta(days=7)

    async def due(week: date) -> Counter[str]:
        path, area = "/v1/grid/duty", GRID[:12]
        told = await grid.call(DISTRICT, "GET", path, week=week_of(week), by="grid", area=area)
        return Counter({row["key"]: row["due"] for row in told.json()["items"]})

    then, now = await due(last), await due(first)
    moved = datetime.combine(first, time(9), SHANGHAI).isoformat()
    await stepped(grid, DISTRICT, "households", home, "move", area_code=NEW, occurred_at=moved)
    assert await due(last) == then
    assert await due(first) == now + Counter({NEW: 1}) - Counter({GRID: 1})


@pytest.mark.parametrize(
    ("who", "to", "expected"),
    [
        (TOWNSHIP, GRID, (409, "same_grid", "/area_code")),
        (TOWNSHIP, f"{GRID[:12]}009", (422, "area_unknown", "/area_code")),
        (TOWNSHIP, f"{OTHER_TOWN}201001", (403, "outside_scope", "/area_code")),
        (TOWNSHIP, GRID[:12], (422, "invalid_request", "/area_code")),
        (OTHER_TOWNSHIP, NEW, (404, "not_found")),
        (RED_MEMBER, NEW, (403, "permission_missing")),
    ],
)
async def test_what_is_no_move(
    grid: Running, who: Caller, to: str, expected: tuple[Any, ...]
) -> None:
    _, home = await linked(grid)
    answer = await step(grid, who, "households", home, "move", area_code=to)
    assert refusal(answer)[: len(expected)] == expected
    assert (await seen(grid, "households", home))["area_code"] == GRID


async def test_of_two_at_once_that_move_to_one_number_one_does(grid: Running) -> None:
    homes = [(await linked(grid, household_no=str(n)))[1] for n in (71, 72)]
    items = [
        {
            "operation": "move_household",
            "id": home["id"],
            "key": home["id"],
            "body": {"area_code": NEW, "household_no": "73"},
        }
        for home in homes
    ]
    told = await batch(grid, DISTRICT, *items)
    assert [result["outcome"] for result in told] == ["applied", "conflict"]
    assert told[1]["code"] == "number_taken"


async def test_what_a_redraw_left_behind_is_found_and_moved(grid: Running) -> None:
    """A grid is split; its households and members wait to be told where they belong."""
    old, one, other = (f"{GRID[:12]}01{n}" for n in range(3))
    rows = {"rows": [AREAS[-1] | {"code": old, "name": "待拆网格"}]}
    assert (await grid.call(DISTRICT, "PUT", "/v1/grid/areas/import", rows)).is_success
    body = member(area_code=old, grids=[old])
    person = await made(grid, DISTRICT, "members", **body)
    homes = [
        await made(grid, DISTRICT, "households", **household(area_code=old, member_id=person["id"]))
        for _ in range(4)
    ]
    opens = [{"code": code, "name": code, "kind": "GRID"} for code in (one, other)]
    redraw = {
        "on": TODAY.isoformat(),
        "closes": [{"code": old, "heir": one}],
        "opens": [o | {"predecessors": [old]} for o in opens],
    }
    historian = replace(DISTRICT, roles=DISTRICT.roles | {roles.DATA_IMPORTER})
    answer = await grid.call(historian, "PUT", "/v1/grid/areas/redraw", redraw)
    assert answer.is_success, answer.text

    async def behind(path: str) -> set[str]:
        found = await listed(grid, path, grid_closed=True, limit=200)
        return {row["id"] for row in found if row["area_code"] == old}

    assert await behind("households") == {home["id"] for home in homes}
    assert await behind("members") == {person["id"]}
    items = [
        {
            "operation": "move_household",
            "id": home["id"],
            "key": home["id"],
            "body": {"area_code": to},
        }
        for home, to in zip(homes, (one, one, other, other), strict=True)
    ]
    assert {r["outcome"] for r in await batch(grid, TOWNSHIP, *items)} == {"applied"}
    person = await stepped(grid, TOWNSHIP, "members", person, "appoint", grid_code=one)
    person = await stepped(grid, TOWNSHIP, "members", person, "release", grid_code=old)
    await stepped(grid, TOWNSHIP, "members", person, "change", area_code=one)
    assert await behind("households") == await behind("members") == set()
    leader = caller(roles.GRID_LEADER, one, subject="leader-of-one")
    assert {row["id"] for row in await listed(grid, "households", leader)} == {
        home["id"] for home in homes[:2]
    }
    assert [row["id"] for row in await listed(grid, "members", leader)] == [person["id"]]


async def test_a_member_belongs_only_where_there_is_an_area(grid: Running) -> None:
    person, _ = await linked(grid)
    for code in (f"{GRID[:12]}009", OTHER_TOWN):
        answer = await step(grid, TOWNSHIP, "members", person, "change", area_code=code)
        assert refusal(answer) == (422, "grid_unknown", "/area_code")


def moving(area_code: str, days: float) -> tuple[str, dict[str, Any]]:
    return "move_household", {"area_code": area_code, "occurred_at": ago(days=days)}


def linking(other: str, days: float) -> tuple[str, dict[str, Any]]:
    told = {"member_id": other, "is_primary": False, "occurred_at": ago(days=days)}
    return "link_household", told


LIVES = {
    "registered and moved": [moving(NEW, 12)],
    "there and back": [moving(NEW, 12), moving(GRID, 8), moving(NEW, 4)],
    "twice on a day": [moving(NEW, 12), moving(GRID, 12)],
    "linked between": [moving(NEW, 12), linking("other", 10), moving(GRID, 5)],
    "linked and unlinked": [
        linking("other", 18),
        moving(NEW, 12),
        ("unlink_household", {"tie_id": "first", "occurred_at": ago(days=9)}),
        moving(GRID, 5),
    ],
    "unlinked before": [
        ("unlink_household", {"tie_id": "first", "occurred_at": ago(days=15)}),
        moving(NEW, 12),
        linking("other", 3),
    ],
}


@pytest.mark.parametrize("name", LIVES)
async def test_links_are_the_same_however_its_steps_are_sent(grid: Running, name: str) -> None:
    """One by one, all at once, and the first two apart from the others."""
    found = []
    for at_once in (1, 2, 100):
        persons = [await made(grid, DISTRICT, "members", **member()) for _ in range(2)]
        home = household(member_id=persons[0]["id"], id=str(uuid4()))
        steps = [("register_household", home), *LIVES[name]]
        ids = {"other": persons[1]["id"]}
        if "unlink" in str(steps):  # of a link whose id is known
            await made(grid, DISTRICT, "households", **steps.pop(0)[1])
            [link] = await links_of(grid, household_id=home["id"])
            ids["first"] = str(link["tie_id"])
        items = [
            {"operation": operation, "id": home["id"], "key": f"{home['id']}-{n}"}
            | {"body": {k: ids.get(str(v), v) for k, v in body.items()}}
            for n, (operation, body) in enumerate(steps)
        ]
        for first in range(0, len(items), at_once):
            results = await batch(grid, DISTRICT, *items[first : first + at_once])
            assert [r["outcome"] for r in results] == ["applied"] * len(results), results
        rows = await grid.fetch(
            "select * from household_link where household_id = $1::uuid", home["id"]
        )
        number = {UUID(person["id"]): n for n, person in enumerate(persons)}
        found.append(
            sorted(
                (
                    row["since_on"],
                    row["until_on"] or date.max,
                    row["area_code"],
                    number[row["member_id"]],
                )
                for row in rows
                if row["since_on"] != row["until_on"]
            )
        )
    assert found[0]
    assert found == [found[0]] * 3
