"""Households over HTTP: who may register, see, change and link them, and how each is refused."""

import json
from typing import Any
from uuid import uuid4

import pytest

from services.contracts import roles
from tests.grid.field import GRID, OTHER_TOWN, listed, made, post, seen, step, stepped
from tests.grid.people import AUDITOR, ELSEWHERE, FULL_TIME, RESIDENT
from tests.grid.visiting import (
    VILLAGE_CADRE,
    ago,
    household,
    linked,
    links_of,
    new_household,
    new_member,
    red,
)
from tests.support.grid import refusal
from tests.support.people import DISTRICT, OTHER_TOWNSHIP, TOWNSHIP, caller
from tests.support.running import Running

PATH = "households"
CLEAR = ("朱锡牛", "15400000002", "岭下镇柿树塘村1号")


async def test_a_household_is_registered_with_its_link(grid: Running) -> None:
    who, person, receipt = await linked(grid, tags=["AWAY", "B3"], member_count=3)
    assert receipt["status"] == "LINKED"
    (link,) = await links_of(grid, household_id=receipt["id"])
    assert (str(link["member_id"]), link["is_primary"], link["until_on"]) == (
        person["id"],
        True,
        None,
    )
    told = await seen(grid, PATH, receipt, TOWNSHIP)
    assert (told["masked_head"], told["masked_phone"]) == ("朱**", "154****0002")
    assert told["masked_address"] == "岭下镇柿树塘村***"
    assert (told["tags"], told["member_count"]) == (["AWAY", "B3"], 3)
    assert str(link["tie_id"]) == told["ties"][0]["id"]
    mine = await seen(grid, PATH, receipt, who)
    assert (mine["masked_head"], mine["masked_address"]) == ("朱锡牛", CLEAR[2])
    assert mine["masked_phone"] == "154****0002"


async def test_lists_and_events_show_nobody(grid: Running) -> None:
    who, _, receipt = await linked(grid, tags=["B4"])
    for caller_ in (DISTRICT, TOWNSHIP, who, AUDITOR):
        text = json.dumps(await listed(grid, PATH, caller_, limit=200), ensure_ascii=False)
        assert receipt["id"] in text
        assert "朱**" in text
        assert not any(clear in text for clear in CLEAR)
    (row,) = await grid.fetch("select body from outbox where aggregate_id = $1", receipt["id"])
    told = json.loads(row["body"])
    assert told.keys() == {"area_code", "occurred_at", "correlation_id", "linked"}
    assert told["linked"][0]["ends_on"] is None
    (row,) = await grid.fetch(
        "select to_jsonb(h)::text as row from household h where id = $1", receipt["id"]
    )
    assert not any(clear in row["row"] for clear in CLEAR)


@pytest.mark.parametrize(
    ("facts", "pointer"),
    [
        ({"area_code": "330703105291"}, "/area_code"),
        ({"head": {"name": "朱"}}, "/head/name"),
        ({"head": {"name": "朱锡牛", "phone": "12345"}}, "/head/phone"),
        ({"head": {"name": "朱锡牛", "resident_id": "330703190001011013"}}, "/head/resident_id"),
        ({"household_no": "第一户"}, "/household_no"),
        ({"member_count": 0}, "/member_count"),
        ({"tags": ["B1", "B1"]}, "/tags"),
        ({"tags": ["外出"]}, "/tags/0"),
        ({"member_id": "nobody"}, "/member_id"),
    ],
)
async def test_what_does_not_fit_is_named(
    grid: Running, facts: dict[str, Any], pointer: str
) -> None:
    answer = await post(grid, DISTRICT, PATH, **household(**facts))
    assert refusal(answer) == (422, "invalid_request", pointer)


@pytest.mark.parametrize(
    ("facts", "refused"),
    [
        ({"area_code": "330703105291999"}, (422, "area_unknown", "/area_code")),
        ({"tags": ["B1", "B9"]}, (422, "tag_unknown", "/tags/1")),
        ({"member_id": str(uuid4())}, (422, "member_unknown", "/member_id")),
    ],
)
async def test_what_cannot_be_is_refused(
    grid: Running, facts: dict[str, Any], refused: tuple[Any, ...]
) -> None:
    assert refusal(await post(grid, DISTRICT, PATH, **household(**facts))) == refused


async def test_a_number_is_one_households_of_its_grid(grid: Running) -> None:
    await new_household(grid, household_no="H-1")
    answer = await post(grid, DISTRICT, PATH, **household(household_no="H-1"))
    assert refusal(answer) == (409, "number_taken", "/household_no")


async def test_only_who_is_in_service_is_linked(grid: Running) -> None:
    late, gone = await new_member(grid, occurred_at=ago(days=2)), await new_member(grid)
    refused = (409, "member_not_in_service", "/member_id")
    answer = await post(grid, DISTRICT, PATH, **household(member_id=late["id"]))
    assert refusal(answer) == refused
    await stepped(grid, DISTRICT, "members", gone, "dismiss")
    answer = await post(grid, DISTRICT, PATH, **household(member_id=gone["id"]))
    assert refusal(answer) == refused


async def test_a_household_changes(grid: Running) -> None:
    receipt = await new_household(grid, tags=["B1"])
    before = await seen(grid, PATH, receipt)
    receipt = await stepped(grid, FULL_TIME, PATH, receipt, "change", tags=["AWAY"])
    told = await seen(grid, PATH, receipt)
    assert (told["tags"], told["head"]) == (["AWAY"], before["head"])
    head = {"name": "欧阳乙"}
    receipt = await stepped(grid, FULL_TIME, PATH, receipt, "change", head=head, member_count=2)
    told = await seen(grid, PATH, receipt)
    assert (told["masked_head"], told["masked_phone"]) == ("欧阳*", None)
    assert (told["tags"], told["member_count"]) == (["AWAY"], 2)
    assert not await grid.fetch("select 1 from person where id = $1", before["head"])
    refused = await step(grid, FULL_TIME, PATH, receipt, "change", tags=["NOPE"])
    assert refusal(refused) == (422, "tag_unknown", "/tags/0")


async def test_links_begin_and_end(grid: Running) -> None:
    who, person, receipt = await linked(grid)
    other = await new_member(grid)
    link = {"member_id": other["id"], "is_primary": True}
    refused = await step(grid, VILLAGE_CADRE, PATH, receipt, "link", **link)
    assert refusal(refused) == (409, "primary_taken", "/is_primary")
    again = {"member_id": person["id"], "is_primary": False}
    refused = await step(grid, VILLAGE_CADRE, PATH, receipt, "link", **again)
    assert refusal(refused) == (409, "linked_already", "/member_id")
    second = link | {"is_primary": False}
    receipt = await stepped(grid, VILLAGE_CADRE, PATH, receipt, "link", **second)
    first, *_ = (await seen(grid, PATH, receipt))["ties"]
    early = {"tie_id": first["id"], "occurred_at": ago(days=29)}
    refused = await step(grid, VILLAGE_CADRE, PATH, receipt, "unlink", **early)
    assert refusal(refused)[:2] == (422, "earlier_than_the_last_step")
    receipt = await stepped(grid, VILLAGE_CADRE, PATH, receipt, "unlink", tie_id=first["id"])
    refused = await step(grid, VILLAGE_CADRE, PATH, receipt, "unlink", tie_id=first["id"])
    assert refusal(refused) == (409, "no_such_tie", "/tie_id")
    hidden = await grid.call(who, "GET", f"/v1/grid/{PATH}/{receipt['id']}")
    assert refusal(hidden) == (404, "not_found")
    ended, open_ = await links_of(grid, household_id=receipt["id"])
    assert (str(ended["member_id"]), str(open_["member_id"])) == (person["id"], other["id"])
    assert ended["until_on"] is not None
    assert open_["until_on"] is None
    told = [line["id"] for line in await listed(grid, "links", household_id=receipt["id"])]
    assert len(told) == 2
    told = await listed(grid, "links", household_id=receipt["id"], is_open=True)
    assert [line["member_id"] for line in told] == [other["id"]]


@pytest.mark.parametrize("name", ["change", "link", "unlink"])
async def test_a_step_and_its_refusals(grid: Running, name: str) -> None:
    who, _, receipt = await linked(grid)
    (link,) = await links_of(grid, household_id=receipt["id"])
    bodies: dict[str, dict[str, Any]] = {
        "change": {"tags": []},
        "link": {"member_id": str(uuid4())},
        "unlink": {"tie_id": str(link["tie_id"])},
    }
    body = bodies[name]

    async def tried(who: Any, receipt: dict[str, Any] = receipt, **more: Any) -> tuple[Any, ...]:
        return refusal(await step(grid, who, PATH, receipt, name, **body | more))

    assert await tried(who) == (403, "permission_missing")
    assert await tried(AUDITOR) == (403, "permission_missing")
    assert await tried(OTHER_TOWNSHIP) == (404, "not_found")
    assert await tried(DISTRICT, receipt | {"id": uuid4()}) == (404, "not_found")
    assert await tried(DISTRICT, receipt | {"version": 9}) == (412, "precondition_failed")
    assert await tried(DISTRICT, extra=1) == (422, "invalid_request", "/extra")
    path = f"/v1/grid/{PATH}/{receipt['id']}/{name}"
    assert refusal(await grid.call(DISTRICT, "POST", path, body)) == (428, "if_match_missing")
    moved = caller(roles.VILLAGE_OPERATOR, OTHER_TOWN, subject=who.subject)
    assert await tried(moved) == (403, "outside_scope", "/area_code")


async def test_red_members_see_the_households_linked_with_them(grid: Running) -> None:
    one, person, receipt = await linked(grid)
    other, _, theirs = await linked(grid)
    assert [line["id"] for line in await listed(grid, PATH, one)] == [receipt["id"]]
    assert [line["id"] for line in await listed(grid, PATH, other)] == [theirs["id"]]
    hidden = await grid.call(one, "GET", f"/v1/grid/{PATH}/{theirs['id']}")
    assert refusal(hidden) == (404, "not_found")
    assert [line["household_id"] for line in await listed(grid, "links", one)] == [receipt["id"]]
    found = await listed(grid, PATH, TOWNSHIP, member_id=person["id"])
    assert [line["id"] for line in found] == [receipt["id"]]
    for who in (OTHER_TOWNSHIP, ELSEWHERE):
        answer = await grid.call(who, "GET", f"/v1/grid/{PATH}/{receipt['id']}")
        assert refusal(answer) == (404, "not_found")
        assert receipt["id"] not in [line["id"] for line in await listed(grid, PATH, who)]
        outside = (403, "outside_scope", "/area_code")
        assert refusal(await post(grid, who, PATH, **household())) == outside
    answer = await grid.call(RESIDENT, "GET", f"/v1/grid/{PATH}")
    assert refusal(answer) == (403, "permission_missing")


async def test_households_are_found_by_tag_and_by_being_linked(grid: Running) -> None:
    _, _, receipt = await linked(grid, tags=["RENTED"])
    alone = await new_household(grid, tags=["RENTED"])

    async def found(**filters: Any) -> set[str]:
        return {line["id"] for line in await listed(grid, PATH, tag="RENTED", **filters)}

    assert await found() == {receipt["id"], alone["id"]}
    assert await found(is_linked=True) == {receipt["id"]}
    assert await found(is_linked=False) == {alone["id"]}


async def test_clear_values_are_told_for_a_purpose_to_who_goes_there(grid: Running) -> None:
    who, _, receipt = await linked(grid)
    head = (await seen(grid, PATH, receipt))["head"]
    path = f"/v1/grid/{PATH}/{receipt['id']}/people/{head}/reveal"
    asked = {"purpose": "电话约定走访时间", "fields": ["phone"]}
    answer = await grid.call(who, "POST", path, asked)
    assert answer.json() == {"id": head, "phone": "15400000002"}
    stranger = red((await new_member(grid))["account"])
    assert refusal(await grid.call(stranger, "POST", path, asked)) == (404, "not_found")
    assert refusal(await grid.call(AUDITOR, "POST", path, asked)) == (403, "permission_missing")


async def test_tags_come_from_a_table_that_can_be_edited(grid: Running) -> None:
    await grid.fetch("insert into household_tag values ('TEST', '测试', 'Test')")
    answer = await grid.call(DISTRICT, "GET", "/v1/grid/household-tags")
    told = {tag["code"]: tag for tag in answer.json()["items"]}
    assert {"AWAY", "B1", "B2", "B3", "B4", "TEST"} <= told.keys()
    assert told["AWAY"]["by_phone"]
    assert told["B1"]["extra_monthly"]
    assert not any(tag["confirmed_by_client"] for tag in told.values())
    await made(grid, DISTRICT, PATH, **household(tags=["TEST"], area_code=GRID))
