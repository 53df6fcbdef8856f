"""Visits over HTTP: who may record, correct and void which, and how each is refused."""

import json
from typing import Any
from uuid import uuid4

import pytest

from tests.grid.field import imported, listed, made, post, seen, step, stepped
from tests.grid.people import AUDITOR, ELSEWHERE, FULL_TIME, RESIDENT, VILLAGE
from tests.grid.visiting import ago, linked, new_household, new_member, red
from tests.support.grid import batch, refusal
from tests.support.people import DISTRICT, IMPORTER, OTHER_TOWNSHIP, TOWNSHIP
from tests.support.running import Running

PATH = "visits"


def visit(home: dict[str, Any], **facts: Any) -> dict[str, Any]:
    return {"household_id": home["id"], "mode": "IN_PERSON", "occurred_at": ago(hours=2)} | facts


async def test_a_visit_is_recorded_by_who_is_linked(grid: Running) -> None:
    who, person, home = await linked(grid)
    said = {"occasions": ["A1", "B3"], "findings": "邻里纠纷"}
    receipt = await made(grid, who, PATH, **visit(home, **said))
    assert (receipt["status"], receipt["version"]) == ("RECORDED", 1)
    told = await seen(grid, PATH, receipt, who)
    assert (told["member_id"], told["findings"]) == (person["id"], "邻里纠纷")
    assert (told["occasions"], told["is_fulfilling"]) == (["A1", "B3"], True)
    assert told["allowed_actions"] == ["correct_visit"]
    office = await seen(grid, PATH, receipt, TOWNSHIP)
    assert set(office["allowed_actions"]) == {"correct_visit", "void_visit"}
    (row,) = await grid.fetch("select body from outbox where aggregate_id = $1", receipt["id"])
    assert json.loads(row["body"]).keys() == {
        *("area_code", "occurred_at", "correlation_id", "status", "mode", "visited_at"),
        *("is_fulfilling", "is_late", "task_id"),
    }


async def test_nobody_else_records_it(grid: Running) -> None:
    _, _, home = await linked(grid)
    stranger = red((await new_member(grid))["account"])
    refused = (403, "not_linked", "/household_id")
    for who in (stranger, DISTRICT, TOWNSHIP, FULL_TIME):
        assert refusal(await post(grid, who, PATH, **visit(home))) == refused
    assert refusal(await post(grid, stranger, PATH, **visit({"id": str(uuid4())}))) == refused


async def test_not_before_the_link_nor_after_its_handover(grid: Running) -> None:
    who, person, home = await linked(grid, occurred_at=ago(days=10))
    refused = (403, "not_linked", "/household_id")
    answer = await post(grid, who, PATH, **visit(home, occurred_at=ago(days=12)))
    assert refusal(answer) == refused
    other = await new_member(grid)
    told = {"from_member": person["id"], "to_member": other["id"], "occurred_at": ago(days=2)}
    await made(grid, TOWNSHIP, "handovers", **told)
    assert refusal(await post(grid, who, PATH, **visit(home))) == refused
    await made(grid, who, PATH, **visit(home, occurred_at=ago(days=4)))
    await made(grid, red(other["account"]), PATH, **visit(home))


@pytest.mark.parametrize(
    ("facts", "refused"),
    [
        ({"mode": "LETTER"}, (422, "invalid_request", "/mode")),
        ({"occasions": ["A1", "A1"]}, (422, "invalid_request", "/occasions")),
        ({"occasions": ["A9"]}, (422, "occasion_unknown", "/occasions/0")),
        ({"findings": "长" * 2001}, (422, "invalid_request", "/findings")),
        ({"household_id": "H"}, (422, "invalid_request", "/household_id")),
        ({"occurred_at": ago(hours=-1)}, (422, "in_the_future", "/occurred_at")),
        ({"occurred_at": ago(days=31)}, (422, "too_long_ago", "/occurred_at")),
        ({"extra": 1}, (422, "invalid_request", "/extra")),
    ],
)
async def test_what_does_not_fit_is_refused(
    grid: Running, facts: dict[str, Any], refused: tuple[Any, ...]
) -> None:
    who, _, home = await linked(grid)
    assert refusal(await post(grid, who, PATH, **visit(home, **facts))) == refused


@pytest.mark.parametrize(
    ("mode", "tags", "done"),
    [("PHONE", [], False), ("PHONE", ["AWAY"], True), ("NOT_MET", ["AWAY"], False)],
)
async def test_a_call_fulfils_where_the_household_is_away(
    grid: Running, mode: str, tags: list[str], done: bool
) -> None:
    who, _, home = await linked(grid, tags=tags)
    receipt = await made(grid, who, PATH, **visit(home, mode=mode))
    assert (await seen(grid, PATH, receipt))["is_fulfilling"] is done


@pytest.mark.parametrize("then", [[], ["AWAY"]], ids=["here", "away"])
async def test_a_correction_goes_by_the_tags_of_the_entry(grid: Running, then: list[str]) -> None:
    """登记时的标签为准, whatever the household is tagged today."""
    who, _, home = await linked(grid, tags=then)
    receipt = await made(grid, who, PATH, **visit(home, mode="PHONE"))
    now = [] if then else ["AWAY"]
    await stepped(grid, TOWNSHIP, "households", await version(grid, home), "change", tags=now)
    away = bool(then)
    moves: list[tuple[dict[str, Any], bool]] = [
        ({"findings": "补充"}, away),
        ({"mode": "IN_PERSON"}, True),
        ({"occasions": ["A1"]}, True),
        ({"mode": "NOT_MET"}, False),
        ({"mode": "PHONE"}, away),
    ]
    for told, fulfils in moves:
        receipt = await stepped(grid, who, PATH, receipt, "correct", **told)
        assert (await seen(grid, PATH, receipt))["is_fulfilling"] is fulfils, told


@pytest.mark.parametrize(("mode", "known"), [("PHONE", True), ("IN_PERSON", False)])
async def test_of_visits_of_before_nobody_guesses(grid: Running, mode: str, known: bool) -> None:
    """A call that counted counts; whether one would have, where there was none, nobody knows."""
    who, _, home = await linked(grid, tags=["AWAY"])
    receipt = await made(grid, who, PATH, **visit(home, mode=mode))
    await grid.fetch("update household_visit set by_phone = null where id = $1", receipt["id"])
    for told in ({"findings": "补充"}, {"mode": "IN_PERSON"}):
        receipt = await stepped(grid, who, PATH, receipt, "correct", **told)
        assert (await seen(grid, PATH, receipt))["is_fulfilling"]
    receipt = await stepped(grid, who, PATH, receipt, "correct", mode="PHONE")
    assert (await seen(grid, PATH, receipt))["is_fulfilling"] is known


async def version(grid: Running, record: dict[str, Any]) -> dict[str, Any]:
    return record | {"version": (await seen(grid, "households", record))["version"]}


async def test_a_late_entry_counts_is_flagged_and_listed(grid: Running) -> None:
    who, _, home = await linked(grid)
    late = await made(grid, who, PATH, **visit(home, occurred_at=ago(hours=73)))
    usual = await made(grid, who, PATH, **visit(home, occurred_at=ago(hours=71)))
    told = await listed(grid, PATH, household_id=home["id"], late_entry=True)
    assert [line["id"] for line in told] == [late["id"]]
    assert told[0]["is_fulfilling"]
    bodies = {
        row["aggregate_id"]: json.loads(row["body"])["is_late"]
        for row in await grid.fetch("select aggregate_id, body from outbox")
        if b"is_late" in row["body"]
    }
    flags = {str(id_): flag for id_, flag in bodies.items()}
    assert (flags[late["id"]], flags[usual["id"]]) == (True, False)


async def test_a_visit_is_corrected(grid: Running) -> None:
    who, _, home = await linked(grid)
    receipt = await made(grid, who, PATH, **visit(home, findings="无"))
    receipt = await stepped(grid, who, PATH, receipt, "correct", mode="NOT_MET")
    told = await seen(grid, PATH, receipt)
    assert (told["mode"], told["is_fulfilling"], told["findings"]) == ("NOT_MET", False, "无")
    said = {"mode": "IN_PERSON", "occasions": ["A2"], "findings": "已见到"}
    receipt = await stepped(grid, TOWNSHIP, PATH, receipt, "correct", **said)
    told = await seen(grid, PATH, receipt)
    assert (told["mode"], told["is_fulfilling"], told["occasions"]) == ("IN_PERSON", True, ["A2"])
    refused = await step(grid, who, PATH, receipt, "correct", occasions=["A9"])
    assert refusal(refused) == (422, "occasion_unknown", "/occasions/0")
    refused = await step(grid, VILLAGE, PATH, receipt, "correct", findings="x")
    assert refusal(refused) == (403, "not_yours")


async def test_a_voided_visit_fulfils_nothing(grid: Running) -> None:
    who, _, home = await linked(grid)
    receipt = await made(grid, who, PATH, **visit(home))
    receipt = await stepped(grid, TOWNSHIP, PATH, receipt, "void", reason="误录")
    told = await seen(grid, PATH, receipt)
    assert (told["status"], told["void_reason"], told["is_fulfilling"]) == ("VOIDED", "误录", False)


@pytest.mark.parametrize(
    ("name", "body"), [("correct", {"mode": "PHONE"}), ("void", {"reason": "误录"})]
)
async def test_a_step_and_its_refusals(grid: Running, name: str, body: dict[str, Any]) -> None:
    who, _, home = await linked(grid)
    receipt = await made(grid, who, PATH, **visit(home))

    async def tried(who: Any, receipt: dict[str, Any] = receipt, **more: Any) -> tuple[Any, ...]:
        return refusal(await step(grid, who, PATH, receipt, name, **body, **more))

    assert await tried(AUDITOR) == (403, "permission_missing")
    assert await tried(OTHER_TOWNSHIP) == (404, "not_found")
    assert await tried(DISTRICT, receipt | {"id": uuid4()}) == (404, "not_found")
    assert await tried(DISTRICT, receipt | {"version": 9}) == (412, "precondition_failed")
    assert await tried(DISTRICT, extra=1) == (422, "invalid_request", "/extra")
    path = f"/v1/grid/{PATH}/{receipt['id']}/{name}"
    assert refusal(await grid.call(DISTRICT, "POST", path, body)) == (428, "if_match_missing")
    voided = await stepped(grid, TOWNSHIP, PATH, receipt, "void", reason="误录")
    assert await tried(DISTRICT, voided) == (409, "step_not_allowed")


async def test_who_sees_which_visits(grid: Running) -> None:
    who, _, home = await linked(grid)
    receipt = await made(grid, who, PATH, **visit(home))
    stranger = red((await new_member(grid))["account"])
    for other in (stranger, OTHER_TOWNSHIP, ELSEWHERE):
        answer = await grid.call(other, "GET", f"/v1/grid/{PATH}/{receipt['id']}")
        assert refusal(answer) == (404, "not_found")
        assert receipt["id"] not in [line["id"] for line in await listed(grid, PATH, other)]
    for one in (who, VILLAGE, TOWNSHIP, AUDITOR):
        assert receipt["id"] in [line["id"] for line in await listed(grid, PATH, one, limit=200)]
    answer = await grid.call(RESIDENT, "GET", f"/v1/grid/{PATH}")
    assert refusal(answer) == (403, "permission_missing")


async def test_visits_of_history_are_the_members_who_made_them(grid: Running) -> None:
    then = {"occurred_at": "2017-01-02T08:00:00+08:00"}
    batch_id, account, ids = await imported(grid), f"red-{uuid4()}", [str(uuid4()) for _ in "abc"]
    identity = {"name": "朱跃建", "phone": "15400000001"}
    area = "330703105291001"
    bodies: list[tuple[str, dict[str, Any]]] = [
        (
            "register_member",
            then
            | {"area_code": area, "identity": identity, "account": account, "kind": "RED"}
            | {"grids": [area]},
        ),
        (
            "register_household",
            then | {"area_code": area, "head": {"name": "朱锡牛"}, "member_id": ids[0]},
        ),
        (
            "record_visit",
            {"occurred_at": "2017-03-21T10:00:00+08:00", "on_behalf_of": account}
            | {"household_id": ids[1], "mode": "IN_PERSON"},
        ),
    ]
    items = [
        {"operation": name, "id": id_, "key": id_, "body": body}
        for id_, (name, body) in zip(ids, bodies, strict=True)
    ]
    results = await batch(grid, IMPORTER, *items, import_batch=batch_id)
    assert [told["outcome"] for told in results] == ["applied"] * 3, results
    told = await seen(grid, PATH, {"id": ids[2]})
    assert (told["recorded_by"], told["member_id"], told["late_entry"]) == (account, ids[0], False)


async def test_occasions_come_from_a_table_that_the_client_has_not_confirmed(grid: Running) -> None:
    answer = await grid.call(DISTRICT, "GET", "/v1/grid/visit-occasions")
    told = {row["code"]: row for row in answer.json()["items"]}
    assert sorted(told) == ["A1", "A2", "A3", "A4", "B1", "B2", "B3", "B4"]
    assert not any(row["confirmed_by_client"] for row in told.values())
    assert (told["A1"]["kind"], told["A1"]["category"]) == ("MUST_ARRIVE", "DISPUTE")
    await grid.fetch(
        "insert into visit_occasion values ('C1', 'MUST_VISIT', '老党员', 'Old party member')"
    )
    who, _, home = await linked(grid)
    await made(grid, who, PATH, **visit(home, occasions=["C1"]))
    await grid.fetch("delete from visit_occasion where code = 'C1'")


async def test_households_of_nobody_are_visited_by_nobody(grid: Running) -> None:
    home = await new_household(grid)
    refused = await post(grid, DISTRICT, PATH, **visit(home))
    assert refusal(refused) == (403, "not_linked", "/household_id")
