"""A handover moves all links of a member by one operation, and nothing is lost, whoever is faster."""

import asyncio
import json
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.chassis.deadlines.calendar import local_day
from tests.grid.field import listed, made, post, seen
from tests.grid.people import AUDITOR, ELSEWHERE
from tests.grid.visiting import VILLAGE_CADRE, ago, household, links_of, new_household, new_member
from tests.support.grid import refusal
from tests.support.people import DISTRICT, TOWNSHIP
from tests.support.running import Running

PATH = "handovers"
TWO_PRIMARY = """
    select 1 from household_link a join household_link b using (household_id)
    where a.id < b.id and a.is_primary and b.is_primary and a.area_code = b.area_code
      and daterange(a.since_on, a.until_on) && daterange(b.since_on, b.until_on)"""


def today() -> date:
    return local_day(datetime.now(UTC))


async def portfolio(grid: Running, count: int) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    person = await new_member(grid)
    return person, [await new_household(grid, member_id=person["id"]) for _ in range(count)]


async def test_old_links_end_and_new_ones_begin(grid: Running) -> None:
    one, homes = await portfolio(grid, 3)
    other = await new_member(grid)
    told = {"from_member": one["id"], "to_member": other["id"]}
    receipt = await made(grid, TOWNSHIP, PATH, **told)
    shown = await seen(grid, PATH, receipt)
    assert (shown["links"], shown["handed_on"]) == (3, today().isoformat())
    before = await links_of(grid, member_id=one["id"])
    after = await links_of(grid, member_id=other["id"])
    assert {link["until_on"] for link in before} == {link["since_on"] for link in after}
    assert {link["until_on"] for link in after} == {None}
    assert {str(link["household_id"]) for link in after} == {home["id"] for home in homes}
    assert {link["tie_id"] for link in after} == {link["tie_id"] for link in before}
    assert {line["id"] for line in await listed(grid, PATH, member_id=one["id"])} == {receipt["id"]}
    (row,) = await grid.fetch("select body from outbox where aggregate_id = $1", receipt["id"])
    assert json.loads(row["body"]).keys() == {
        *("area_code", "occurred_at", "correlation_id", "starts_on", "links")
    }


async def test_links_are_handed_on_and_ended_by_whoever_holds_them(grid: Running) -> None:
    one, (home,) = await portfolio(grid, 1)
    chain = [one, *[await new_member(grid) for _ in range(3)]]
    for giver, taker in pairwise(chain):
        await made(grid, TOWNSHIP, PATH, from_member=giver["id"], to_member=taker["id"])
    (tie,) = (await seen(grid, "households", home))["ties"]
    path = f"/v1/grid/households/{home['id']}/unlink"
    answer = await grid.call(TOWNSHIP, "POST", path, {"tie_id": tie["id"]}, {"If-Match": "*"})
    assert answer.status_code == 200
    links = await links_of(grid, household_id=home["id"])
    assert len(links) == 4
    assert all(link["until_on"] == today() for link in links)


@pytest.mark.parametrize(
    ("case", "refused"),
    [
        ("same", (422, "same_member", "/to_member")),
        ("nobody", (422, "member_unknown", "/to_member")),
        ("stranger", (422, "member_unknown", "/from_member")),
        ("nothing", (409, "nothing_to_hand_over", "/from_member")),
        ("early", (422, "before_it_began", "/occurred_at")),
        ("both", (409, "both_linked", "/to_member")),
        ("extra", (422, "invalid_request", "/extra")),
    ],
)
async def test_what_is_no_handover(grid: Running, case: str, refused: tuple[Any, ...]) -> None:
    one, homes = await portfolio(grid, 2)
    other, idle = await new_member(grid), await new_member(grid)
    told: dict[str, Any] = {"from_member": one["id"], "to_member": other["id"]}
    match case:
        case "same":
            told["to_member"] = one["id"]
        case "nobody":
            told["to_member"] = str(uuid4())
        case "stranger":
            told["from_member"] = str(uuid4())
        case "nothing":
            told["from_member"] = idle["id"]
        case "early":
            await new_household(grid, member_id=one["id"], occurred_at=ago(days=2))
            told["occurred_at"] = ago(days=4)
        case "both":
            path = f"/v1/grid/households/{homes[0]['id']}/link"
            body = {"member_id": other["id"], "is_primary": False}
            await grid.call(DISTRICT, "POST", path, body, {"If-Match": "*"})
        case "extra":
            told["extra"] = 1
    assert refusal(await post(grid, DISTRICT, PATH, **told)) == refused
    assert all(link["until_on"] is None for link in await links_of(grid, member_id=one["id"]))


async def test_who_may_hand_over(grid: Running) -> None:
    one, _ = await portfolio(grid, 1)
    other = await new_member(grid)
    told = {"from_member": one["id"], "to_member": other["id"]}
    assert refusal(await post(grid, AUDITOR, PATH, **told)) == (403, "permission_missing")
    assert refusal(await post(grid, ELSEWHERE, PATH, **told)) == (
        422,
        "member_unknown",
        "/to_member",
    )
    receipt = await made(grid, VILLAGE_CADRE, PATH, **told)
    hidden = await grid.call(ELSEWHERE, "GET", f"/v1/grid/{PATH}/{receipt['id']}")
    assert refusal(hidden) == (404, "not_found")


async def test_racing_primary_links_end_with_one(grid: Running) -> None:
    people = [await new_member(grid) for _ in range(8)]
    for _ in range(3):
        home = await new_household(grid)
        path = f"/v1/grid/households/{home['id']}/link"
        bodies = [{"member_id": person["id"], "is_primary": True} for person in people]
        answers = await asyncio.gather(
            *(grid.call(DISTRICT, "POST", path, body, {"If-Match": "*"}) for body in bodies)
        )
        assert sorted(answer.status_code for answer in answers) == [200, *[409] * 7]
        (link,) = await links_of(grid, household_id=home["id"])
        assert link["is_primary"]
    assert await grid.fetch(TWO_PRIMARY) == []


async def test_the_database_itself_refuses_a_second_primary_link(grid: Running) -> None:
    _, (home,) = await portfolio(grid, 1)
    with pytest.raises(Exception, match="ix_link_primary"):
        await grid.fetch(
            "insert into household_link select gen_random_uuid(), gen_random_uuid(), household_id, "
            "gen_random_uuid(), area_code, true, since_on, null, created_at from household_link "
            "where household_id = $1",
            UUID(home["id"]),
        )


async def test_what_is_handed_on_in_one_batch_ends_with_the_last(grid: Running) -> None:
    one, homes = await portfolio(grid, 2)
    chain = [one, *[await new_member(grid) for _ in range(4)]]
    ids = sorted((str(uuid4()) for _ in range(4)), reverse=True)  # the database writes them by id
    items = [
        {
            "operation": "hand_over_links",
            "key": id_,
            "body": {"id": id_, "from_member": giver["id"], "to_member": taker["id"]},
        }
        for id_, (giver, taker) in zip(ids, pairwise(chain), strict=True)
    ]
    answer = await grid.call(TOWNSHIP, "POST", "/v1/grid/batch", {"items": items})
    assert [told["outcome"] for told in answer.json()["results"]] == ["applied"] * 4
    for home in homes:
        links = await links_of(grid, household_id=home["id"])
        assert len(links) == len(chain)
        (last,) = (link for link in links if link["until_on"] is None)
        assert str(last["member_id"]) == chain[-1]["id"]


async def test_racing_handovers_move_everything_once(grid: Running) -> None:
    one, homes = await portfolio(grid, 6)
    others = [await new_member(grid) for _ in range(6)]
    answers = await asyncio.gather(
        *(
            post(grid, DISTRICT, PATH, from_member=one["id"], to_member=other["id"])
            for other in others
        )
    )
    assert sorted(answer.status_code for answer in answers) == [201, *[409] * 5]
    holders = set()
    for home in homes:
        *_, last = sorted(
            await links_of(grid, household_id=home["id"]), key=lambda link: link["until_on"] is None
        )
        holders.add(str(last["member_id"]))
        assert last["until_on"] is None
    assert len(holders) == 1
    assert await grid.fetch(TWO_PRIMARY) == []


async def test_a_handover_races_with_links_that_begin_and_end(grid: Running) -> None:
    one, homes = await portfolio(grid, 6)
    other = await new_member(grid)
    ties = {
        home["id"]: (await seen(grid, "households", home))["ties"][0]["id"] for home in homes[:3]
    }
    ends = [
        grid.call(
            DISTRICT,
            "POST",
            f"/v1/grid/households/{home}/unlink",
            {"tie_id": tie},
            {"If-Match": "*"},
        )
        for home, tie in ties.items()
    ]
    begins = [
        post(grid, DISTRICT, "households", **household(member_id=one["id"])) for _ in range(4)
    ]
    hands = [post(grid, DISTRICT, PATH, from_member=one["id"], to_member=other["id"])]
    answers = await asyncio.gather(*ends[:2], *begins[:2], *hands, *ends[2:], *begins[2:])
    assert {answer.status_code for answer in answers} <= {200, 201}
    for tie in ties.values():
        assert all(link["until_on"] is not None for link in await links_of(grid, tie_id=UUID(tie)))
    mine = [link for link in await links_of(grid, member_id=one["id"]) if link["until_on"] is None]
    theirs = await links_of(grid, member_id=other["id"])
    open_ = [link for link in theirs if link["until_on"] is None]
    assert len(mine) + len(open_) == 3 + 4
    (told,) = await grid.fetch(
        "select links from link_handover where from_member = $1", UUID(one["id"])
    )
    assert told["links"] == len(theirs)
    assert await grid.fetch(TWO_PRIMARY) == []


async def test_an_ended_day_counts_for_nobody_twice(grid: Running) -> None:
    """The day of the handover is the other's."""
    one, (home,) = await portfolio(grid, 1)
    other = await new_member(grid)
    at = ago(days=3)
    await made(grid, DISTRICT, PATH, from_member=one["id"], to_member=other["id"], occurred_at=at)
    first, second = await links_of(grid, household_id=home["id"])
    assert first["until_on"] == second["since_on"] == today() - timedelta(days=3)
