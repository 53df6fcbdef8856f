"""Grid members over HTTP: who may register, appoint and see whom, and how each is refused."""

import asyncio
import json
from typing import Any
from uuid import uuid4

import pytest

from services.contracts import roles
from tests.grid.field import (
    GRID,
    OTHER_TOWN,
    TOWN,
    imported,
    listed,
    made,
    post,
    seen,
    step,
    stepped,
)
from tests.grid.people import AUDITOR, ELSEWHERE, RESIDENT
from tests.grid.visiting import ago, member, new_household, new_member, red, somebody
from tests.support.grid import batch, refusal
from tests.support.people import DISTRICT, IMPORTER, OTHER_TOWNSHIP, TOWNSHIP, caller
from tests.support.running import Running

PATH = "members"


async def test_a_member_is_registered_and_shown_masked(grid: Running) -> None:
    identity = {"name": "朱跃建", "phone": "15400000001", "resident_id": "330703190001011013"}
    receipt = await new_member(grid, TOWNSHIP, identity=identity)
    assert (receipt["status"], receipt["version"]) == ("ACTIVE", 1)
    told = await seen(grid, PATH, receipt, TOWNSHIP)
    assert (told["masked_name"], told["masked_phone"]) == ("朱**", "154****0001")
    assert told["masked_resident_id"] == "3****************3"
    assert [(a["grid"], a["until_on"]) for a in told["appointments"]] == [(GRID, None)]
    assert set(told["allowed_actions"]) == {
        *("appoint_member", "release_member", "change_member", "dismiss_member")
    }
    text = json.dumps([*await listed(grid, PATH), told], ensure_ascii=False)
    assert not any(clear in text for clear in identity.values())
    rows = await grid.fetch("select to_jsonb(m)::text as row from grid_member m")
    assert not any(clear in row["row"] for row in rows for clear in identity.values())


async def test_an_event_tells_of_nobody(grid: Running) -> None:
    receipt = await new_member(grid)
    (row,) = await grid.fetch("select body from outbox where aggregate_id = $1", receipt["id"])
    told = json.loads(row["body"])
    assert told.keys() == {
        *("area_code", "occurred_at", "correlation_id", "status", "kind", "is_party_member"),
        *("branch", "starts_on", "ends_on"),
    }


@pytest.mark.parametrize(
    ("facts", "pointer"),
    [
        ({"area_code": "330703"}, "/area_code"),
        ({"identity": {"name": "朱", "phone": "15400000001"}}, "/identity/name"),
        ({"identity": {"name": "朱跃建", "phone": "110"}}, "/identity/phone"),
        ({"identity": {"name": "朱跃建", "phone": "15400000001", "age": 1}}, "/identity/age"),
        ({"account": "a name"}, "/account"),
        ({"kind": "BLUE"}, "/kind"),
        ({"grids": []}, "/grids"),
        ({"grids": [GRID, GRID]}, "/grids"),
        ({"grids": [TOWN]}, "/grids/0"),
        ({"branch": "no code"}, "/branch"),
    ],
)
async def test_what_does_not_fit_is_named(
    grid: Running, facts: dict[str, Any], pointer: str
) -> None:
    answer = await post(grid, DISTRICT, PATH, **member(**facts))
    assert refusal(answer) == (422, "invalid_request", pointer)


@pytest.mark.parametrize(
    ("facts", "refused"),
    [
        ({"grids": ["330703105291999"]}, (422, "grid_unknown", "/grids/0")),
        ({"branch": "330703-enforcement"}, (422, "branch_of_no_party_member", "/branch")),
        (
            {"branch": "330703-planning", "is_party_member": True},
            (422, "branch_unknown", "/branch"),
        ),
        ({"occurred_at": ago(days=31)}, (422, "too_long_ago", "/occurred_at")),
        (
            {
                "identity": {
                    "name": "朱跃建",
                    "phone": "15400000001",
                    "resident_id": "330703000101101",
                }
            },
            (422, "first_generation_number", "/identity/resident_id"),
        ),
    ],
)
async def test_what_cannot_be_is_refused(
    grid: Running, facts: dict[str, Any], refused: tuple[Any, ...]
) -> None:
    assert refusal(await post(grid, DISTRICT, PATH, **member(**facts))) == refused


async def test_an_account_is_one_members(grid: Running) -> None:
    first, other = await new_member(grid), await new_member(grid)
    taken = (409, "account_taken", "/account")
    answer = await post(grid, DISTRICT, PATH, **member(account=first["account"]))
    assert refusal(answer) == taken
    answer = await step(grid, DISTRICT, PATH, other, "change", account=first["account"])
    assert refusal(answer) == taken
    await stepped(grid, DISTRICT, PATH, other, "change", account=other["account"])
    answers = await asyncio.gather(
        *(post(grid, DISTRICT, PATH, **member(account="raced")) for _ in range(8))
    )
    assert sorted(answer.status_code for answer in answers) == [201, *[409] * 7]


async def test_a_member_serves_more_grids_and_fewer(grid: Running) -> None:
    receipt = await new_member(grid)
    receipt = await stepped(grid, TOWNSHIP, PATH, receipt, "release", grid_code=GRID)
    refused = await step(grid, TOWNSHIP, PATH, receipt, "release", grid_code=GRID)
    assert refusal(refused) == (409, "not_appointed", "/grid_code")
    receipt = await stepped(grid, TOWNSHIP, PATH, receipt, "appoint", grid_code=GRID)
    refused = await step(grid, TOWNSHIP, PATH, receipt, "appoint", grid_code=GRID)
    assert refusal(refused) == (409, "already_appointed", "/grid_code")
    refused = await step(grid, TOWNSHIP, PATH, receipt, "appoint", grid_code="330703105291999")
    assert refusal(refused) == (422, "grid_unknown", "/grid_code")
    told = await seen(grid, PATH, receipt)
    assert [a["until_on"] is None for a in told["appointments"]] == [False, True]


async def test_a_member_changes(grid: Running) -> None:
    receipt = await new_member(grid, is_party_member=True, branch="330703-enforcement")
    before = await seen(grid, PATH, receipt)
    new = {"name": "欧阳甲", "phone": "15400000009"}
    receipt = await stepped(grid, DISTRICT, PATH, receipt, "change", identity=new, kind="LEADER")
    told = await seen(grid, PATH, receipt)
    assert (told["masked_name"], told["kind"]) == ("欧阳*", "LEADER")
    assert told["branch"] == "330703-enforcement"
    assert not await grid.fetch("select 1 from person where id = $1", before["person"])
    receipt = await stepped(grid, DISTRICT, PATH, receipt, "change", is_party_member=False)
    assert (await seen(grid, PATH, receipt))["branch"] is None
    refused = await step(grid, DISTRICT, PATH, receipt, "change", branch="330703-enforcement")
    assert refusal(refused) == (422, "branch_of_no_party_member", "/branch")


async def test_who_leaves_hands_over_first(grid: Running) -> None:
    receipt, other = await new_member(grid), await new_member(grid)
    await new_household(grid, member_id=receipt["id"])
    assert refusal(await step(grid, TOWNSHIP, PATH, receipt, "dismiss")) == (409, "links_open")
    await made(grid, TOWNSHIP, "handovers", from_member=receipt["id"], to_member=other["id"])
    receipt = await stepped(grid, TOWNSHIP, PATH, receipt, "dismiss")
    told = await seen(grid, PATH, receipt)
    assert told["status"] == "LEFT"
    assert told["ends_on"] == told["appointments"][0]["until_on"] is not None
    assert refusal(await step(grid, TOWNSHIP, PATH, receipt, "dismiss")) == (
        409,
        "step_not_allowed",
    )


async def test_who_may_not_leave_is_still_there_for_what_follows(grid: Running) -> None:
    receipt = await new_member(grid)
    await new_household(grid, member_id=receipt["id"])
    items = [
        {"operation": name, "id": receipt["id"], "key": f"{receipt['id']}-{name}", "body": body}
        for name, body in (("dismiss_member", {}), ("change_member", {"kind": "LEADER"}))
    ]
    answer = await grid.call(TOWNSHIP, "POST", "/v1/grid/batch", {"items": items})
    told = [(line["outcome"], line.get("code")) for line in answer.json()["results"]]
    assert told == [("conflict", "links_open"), ("applied", None)]
    now = await seen(grid, PATH, receipt)
    assert (now["status"], now["kind"]) == ("ACTIVE", "LEADER")


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("appoint", {"grid_code": GRID}),
        ("release", {"grid_code": GRID}),
        ("change", {}),
        ("dismiss", {}),
    ],
)
async def test_a_step_and_its_refusals(grid: Running, name: str, body: dict[str, Any]) -> None:
    receipt = await new_member(grid)

    async def tried(who: Any, receipt: dict[str, Any] = receipt, **more: Any) -> tuple[Any, ...]:
        return refusal(await step(grid, who, PATH, receipt, name, **body, **more))

    assert await tried(AUDITOR) == (403, "permission_missing")
    assert await tried(OTHER_TOWNSHIP) == (404, "not_found")
    assert await tried(DISTRICT, receipt | {"id": uuid4()}) == (404, "not_found")
    assert await tried(DISTRICT, receipt | {"version": 9}) == (412, "precondition_failed")
    assert await tried(DISTRICT, extra=1) == (422, "invalid_request", "/extra")
    path = f"/v1/grid/{PATH}/{receipt['id']}/{name}"
    assert refusal(await grid.call(DISTRICT, "POST", path, body)) == (428, "if_match_missing")
    office = caller(roles.TOWNSHIP_OPERATOR, OTHER_TOWN, subject=receipt["account"])
    assert await tried(office) == (403, "outside_scope", "/area_code")


async def test_members_see_themselves_and_offices_their_areas(grid: Running) -> None:
    one, other = await new_member(grid), await new_member(grid)
    assert [line["id"] for line in await listed(grid, PATH, red(one["account"]))] == [one["id"]]
    hidden = await grid.call(red(one["account"]), "GET", f"/v1/grid/{PATH}/{other['id']}")
    assert refusal(hidden) == (404, "not_found")
    assert (await seen(grid, PATH, one, red(one["account"])))["allowed_actions"] == []
    for who in (OTHER_TOWNSHIP, ELSEWHERE):
        answer = await grid.call(who, "GET", f"/v1/grid/{PATH}/{one['id']}")
        assert refusal(answer) == (404, "not_found")
        outside = (422, "grid_unknown", "/grids/0")
        assert refusal(await post(grid, who, PATH, **member())) == outside
    answer = await grid.call(RESIDENT, "GET", f"/v1/grid/{PATH}")
    assert refusal(answer) == (403, "permission_missing")


async def test_an_unusual_load_is_told_and_never_refused(grid: Running) -> None:
    branch: dict[str, Any] = {"is_party_member": True, "branch": "330703-enforcement"}
    receipt = await new_member(grid, **branch)

    async def load() -> tuple[int, str | None]:
        lines = await listed(grid, PATH, branch="330703-enforcement", kind="RED", limit=200)
        (line,) = (line for line in lines if line["id"] == receipt["id"])
        return line["load"], line["load_warning"]

    assert await load() == (0, "BELOW")
    for n in range(1, 12):
        await new_household(grid, member_id=receipt["id"])
        warning = "BELOW" if n < 5 else "ABOVE" if n > 10 else None
        assert await load() == (n, warning)
    warned = await listed(grid, PATH, load_warning=True, limit=200)
    assert receipt["id"] in [line["id"] for line in warned]
    others = await listed(grid, PATH, load_warning=False, limit=200)
    assert receipt["id"] not in [line["id"] for line in others]


async def test_members_are_imported_by_batch(grid: Running) -> None:
    batch_id = await imported(grid)
    bodies = [member(occurred_at="2017-01-02T08:00:00+08:00") for _ in range(3)]
    bodies.append(bodies[0] | {"account": somebody(), "grids": ["330703105291999"]})
    items = [
        {"operation": "register_member", "id": str(uuid4()), "key": body["account"], "body": body}
        for body in bodies
    ]
    results = await batch(grid, IMPORTER, *items, import_batch=batch_id)
    assert [told["outcome"] for told in results] == ["applied"] * 3 + ["rejected"]
    (told,) = (line for line in await listed(grid, PATH) if line["id"] == items[0]["id"])
    assert told["starts_on"] == "2017-01-02"
