from typing import Any
from uuid import uuid4

import pytest

from tests.support.grid import BATCH, acceptance, batch, creation, reported
from tests.support.people import DISTRICT, IMPORTER, OPERATOR, RED_MEMBER, TOWNSHIP
from tests.support.running import Running

MISSING = "0191d7a0-0000-7000-8000-00000000dead"


async def test_each_item_ends_in_its_own_way(grid: Running) -> None:
    known = await reported(grid)
    results = await batch(
        grid,
        DISTRICT,
        creation("a"),
        creation("a"),
        acceptance("b", known["id"], if_match=7),
        acceptance("c", known["id"], if_match=1),
        acceptance("d", known["id"]),
        acceptance("e", MISSING),
        creation("f", area_code="330703105999"),
        creation("g", area_code="330702105"),
    )
    assert [(r["outcome"], r.get("code")) for r in results] == [
        ("applied", None),
        ("duplicate", None),
        ("conflict", "precondition_failed"),
        ("applied", None),
        ("conflict", "step_not_allowed"),
        ("rejected", "not_found"),
        ("rejected", "area_unknown"),
        ("rejected", "outside_scope"),
    ]
    assert results[1]["receipt"] == results[0]["receipt"]
    assert results[6]["errors"][0]["pointer"] == "/body/area_code"


async def test_steps_follow_their_creation_in_order(grid: Running) -> None:
    id_ = str(uuid4())
    assign = {
        "operation": "assign_report",
        "key": "c",
        "id": id_,
        "if_match": 2,
        "body": {"organisation": "330703-enforcement"},
    }
    results = await batch(grid, DISTRICT, creation("a", id=id_), acceptance("b", id_), assign)
    assert [r["receipt"]["version"] for r in results] == [1, 2, 3]
    rows = await grid.fetch("select status, version from report")
    assert [tuple(row) for row in rows] == [("ASSIGNED", 3)]


async def test_an_item_points_to_the_one_that_it_waits_on(grid: Running) -> None:
    id_ = str(uuid4())
    results = await batch(
        grid,
        DISTRICT,
        creation("a", id=id_, area_code="330703105999"),
        creation("b"),
        acceptance("c", id_),
        acceptance("d", id_),
    )
    assert [r.get("waits_on") for r in results] == [None, None, 0, 0]
    assert [r["outcome"] for r in results] == ["rejected", "applied", "rejected", "rejected"]


async def test_nothing_makes_room_for_what_exists_already(grid: Running) -> None:
    known = await reported(grid)
    early = acceptance("a", known["id"], if_match=7)
    results = await batch(grid, DISTRICT, early, creation("b", id=known["id"]))
    assert [(r["code"], r.get("waits_on")) for r in results] == [
        ("precondition_failed", None),
        ("already_exists", None),
    ]


async def test_a_creation_keeps_the_id_of_its_body(grid: Running) -> None:
    id_ = str(uuid4())
    item = creation("a")
    (result,) = await batch(grid, RED_MEMBER, item | {"body": item["body"] | {"id": id_}})
    assert result["receipt"]["id"] == id_


@pytest.mark.parametrize(
    "name", ["no_such_operation", "put_area", "record_report_overdue", "accept report"]
)
async def test_an_operation_that_is_not_offered_is_unknown(grid: Running, name: str) -> None:
    item = {"operation": name, "key": "a", "id": MISSING, "body": {}}
    (result,) = await batch(grid, IMPORTER, item)
    assert (result["outcome"], result["code"]) == ("rejected", "unknown_operation")
    assert result["errors"][0]["pointer"] == "/operation"


async def test_what_only_jobs_may_is_refused(grid: Running) -> None:
    receipt = await reported(grid)
    item = {"operation": "resolve_report_by_case", "key": "a", "id": receipt["id"], "body": {}}
    (result,) = await batch(grid, DISTRICT, item)
    assert (result["outcome"], result["code"]) == ("rejected", "permission_missing")


async def test_a_step_without_an_id_is_refused(grid: Running) -> None:
    (result,) = await batch(grid, TOWNSHIP, {"operation": "accept_report", "key": "a"})
    assert (result["outcome"], result["errors"][0]["pointer"]) == ("rejected", "/id")


async def test_a_bad_body_is_pointed_at_and_its_neighbours_are_done(grid: Running) -> None:
    bad = creation("a", category="NOISE", **{"a/b~c": 1})
    del bad["body"]["title"]
    results = await batch(grid, RED_MEMBER, bad, creation("b"))
    assert [r["outcome"] for r in results] == ["rejected", "applied"]
    assert {(e["pointer"], e["code"]) for e in results[0]["errors"]} == {
        ("/body/category", "enum"),
        ("/body/title", "missing"),
        ("/body/a~1b~0c", "extra_forbidden"),
    }
    assert {e["detail"] for e in results[0]["errors"]} == {
        "不在可选值之内。",
        "缺少必填字段。",
        "未知字段。",
    }


@pytest.mark.parametrize(("count", "status"), [(0, 422), (1, 200), (500, 200), (501, 422)])
async def test_a_batch_has_one_to_five_hundred_items(
    grid: Running, count: int, status: int
) -> None:
    items = [acceptance(f"{n}", MISSING) for n in range(count)]
    answer = await grid.call(TOWNSHIP, "POST", BATCH, {"items": items})
    assert answer.status_code == status
    if status == 422:
        assert answer.json()["errors"][0]["pointer"] == "/items"


@pytest.mark.parametrize("change", [{"key": ""}, {"key": "a b"}, {"if_match": 0}, {"extra": 1}])
async def test_an_item_that_is_not_well_formed_refuses_the_request(
    grid: Running, change: dict[str, Any]
) -> None:
    answer = await grid.call(RED_MEMBER, "POST", BATCH, {"items": [creation("a") | change]})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == f"/items/0/{next(iter(change))}"


async def test_only_who_writes_at_all_may_run_batches(grid: Running) -> None:
    answer = await grid.call(OPERATOR, "POST", BATCH, {"items": [creation("a")]})
    assert (answer.status_code, answer.json()["code"]) == (403, "permission_missing")
