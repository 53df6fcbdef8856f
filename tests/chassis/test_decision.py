"""When it happened, whose act it was, and who may: what is decided before anything is written."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid4, uuid5

import pytest
from uuid_utils.compat import uuid7

from services.contracts import roles
from tests.support.grid import REPORT, REPORTS, acceptance, batch, creation, reported, step
from tests.support.people import (
    DISTRICT,
    IMPORTER,
    OTHER_TOWNSHIP,
    RED_MEMBER,
    TOWNSHIP,
    caller,
)
from tests.support.running import Running

AUDITOR = caller(roles.AUDITOR)


def ago(**span: float) -> str:
    return (datetime.now(UTC) - timedelta(**span)).isoformat()


async def post(grid: Running, who: Any, **facts: Any) -> tuple[int, dict[str, Any]]:
    answer = await grid.call(who, "POST", REPORTS, REPORT | facts)
    return answer.status_code, answer.json()


@pytest.mark.parametrize(("hours", "late"), [(0, False), (71.9, False), (72.1, True), (719, True)])
async def test_an_entry_is_late_after_three_days(grid: Running, hours: float, late: bool) -> None:
    receipt = await reported(grid, occurred_at=ago(hours=hours))
    shown = (await grid.call(DISTRICT, "GET", f"{REPORTS}/{receipt['id']}")).json()
    assert shown["late_entry"] is late


async def test_after_thirty_days_an_entry_needs_the_history_permission(grid: Running) -> None:
    status, problem = await post(grid, RED_MEMBER, occurred_at=ago(days=31))
    assert (status, problem["code"]) == (422, "too_long_ago")
    assert problem["errors"][0]["pointer"] == "/occurred_at"
    status, problem = await post(grid, IMPORTER, occurred_at=ago(days=400))
    assert (status, problem["code"]) == (422, "import_batch_missing")
    assert problem["errors"][0]["pointer"] == "/occurred_at"


async def test_nothing_happens_in_the_future(grid: Running) -> None:
    assert (await post(grid, RED_MEMBER, occurred_at=ago(minutes=-4)))[0] == 201
    status, problem = await post(grid, RED_MEMBER, occurred_at=ago(minutes=-6))
    assert (status, problem["code"]) == (422, "in_the_future")


@pytest.mark.parametrize(
    "instant",
    [
        "2026-11-24T08:00:00",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
        "yesterday",
        1e300,
    ],
)
async def test_an_instant_needs_an_offset_and_a_sensible_year(grid: Running, instant: Any) -> None:
    status, problem = await post(grid, IMPORTER, occurred_at=instant)
    assert (status, problem["errors"][0]["pointer"]) == (422, "/occurred_at")
    (result,) = await batch(grid, IMPORTER, creation("a", occurred_at=instant))
    assert result["errors"][0]["pointer"] == "/body/occurred_at"


async def test_only_importers_act_on_behalf_of_others(grid: Running) -> None:
    status, problem = await post(grid, TOWNSHIP, on_behalf_of="member-7")
    assert (status, problem["code"]) == (403, "permission_missing")
    status, problem = await post(grid, IMPORTER, on_behalf_of="member-7")
    assert (status, problem["code"]) == (422, "import_batch_missing")
    opened = (await grid.call(IMPORTER, "POST", "/v1/grid/imports", {"source": "旧系统"})).json()
    item = creation("a", on_behalf_of="member-7", occurred_at=ago(days=400))
    (result,) = await batch(grid, IMPORTER, item, import_batch=opened["id"])
    shown = (await grid.call(DISTRICT, "GET", f"{REPORTS}/{result['receipt']['id']}")).json()
    assert shown["reporter"] == "member-7"


async def test_a_step_is_not_earlier_than_the_one_before(grid: Running) -> None:
    receipt = await reported(grid, occurred_at=ago(hours=2))
    (early,) = await batch(
        grid, TOWNSHIP, acceptance("a", receipt["id"], body={"occurred_at": ago(hours=3)})
    )
    assert (early["outcome"], early["code"]) == ("rejected", "earlier_than_the_last_step")
    assert early["errors"][0]["pointer"] == "/body/occurred_at"
    skewed = ago(hours=2, minutes=4)
    (taken,) = await batch(
        grid, TOWNSHIP, acceptance("b", receipt["id"], body={"occurred_at": skewed})
    )
    assert taken["outcome"] == "applied"
    (row,) = await grid.fetch("select reported_at, accepted_at from report")
    assert row["reported_at"] == row["accepted_at"]


async def test_nothing_is_created_outside_the_scope(grid: Running) -> None:
    status, problem = await post(grid, OTHER_TOWNSHIP)
    assert (status, problem["code"]) == (403, "outside_scope")
    assert problem["errors"][0]["pointer"] == "/area_code"
    assert await grid.fetch("select from report") == []


async def test_a_public_record_is_changed_only_inside_the_scope(grid: Running) -> None:
    neighbour = caller(roles.DISTRICT_OPERATOR, "330702")
    area = {"code": "330703105", "name": "别名", "kind": "TOWN", "parent": "330703"}
    rows = {"rows": [area | {"valid_from": "2000-12-31"}]}
    answer = await grid.call(neighbour, "PUT", "/v1/grid/areas/import", rows)
    assert (answer.status_code, answer.json()["code"]) == (403, "outside_scope")
    names = await grid.fetch("select name, version from area where area_code = '330703105'")
    assert [tuple(row) for row in names] == [("岭下镇", 1)]


async def test_a_replay_needs_the_permission_still(grid: Running) -> None:
    key = {"Idempotency-Key": "one"}
    assert (await grid.call(RED_MEMBER, "POST", REPORTS, REPORT, key)).status_code == 201
    dismissed = caller(roles.AUDITOR, subject=RED_MEMBER.subject)
    answer = await grid.call(dismissed, "POST", REPORTS, REPORT, key)
    assert (answer.status_code, answer.json()["code"]) == (403, "permission_missing")


async def test_a_step_out_of_sight_is_not_found(grid: Running) -> None:
    receipt = await reported(grid)
    path = f"{REPORTS}/{receipt['id']}/accept"
    answer = await grid.call(OTHER_TOWNSHIP, "POST", path, {}, {"If-Match": '"1"'})
    assert answer.status_code == 404
    assert (await grid.call(AUDITOR, "POST", path, {}, {"If-Match": '"1"'})).status_code == 403


async def test_a_refused_step_leaves_the_record_for_the_next_item(grid: Running) -> None:
    receipt = await reported(grid)
    wrong = {"operation": "verify_report", "key": "a", "id": receipt["id"]}
    right = {"operation": "accept_report", "key": "b", "id": receipt["id"], "if_match": 1}
    refused, done = await batch(grid, DISTRICT, wrong, right)
    assert (refused["outcome"], refused["code"]) == ("conflict", "step_not_allowed")
    assert (done["outcome"], done["receipt"]["version"]) == ("applied", 2)


async def test_a_nul_character_is_refused_alone(grid: Running) -> None:
    status, problem = await post(grid, RED_MEMBER, title="a\0b")
    assert (status, problem["code"]) == (422, "text_not_storable")
    status, _ = await post(grid, RED_MEMBER, title="a\\u0000b")
    assert status == 201
    results = await batch(grid, RED_MEMBER, creation("a"), creation("b", title="a\0b"))
    assert [result["outcome"] for result in results] == ["applied", "rejected"]


@pytest.mark.parametrize("text", ["a\0b", "\x1b[2Ja", "ab\u202ecd", "\u200b\u200b", "a\x85b"])
async def test_a_text_that_shows_other_than_what_it_says_is_named(grid: Running, text: str) -> None:
    status, problem = await post(grid, RED_MEMBER, title=text)
    assert status == 422
    told = problem["code"], *(error["pointer"] for error in problem["errors"])
    assert told == ("text_not_storable", "/title")
    (result,) = await batch(grid, RED_MEMBER, creation("a", title=text))
    assert (result["outcome"], result["errors"][0]["pointer"]) == ("rejected", "/body/title")


@pytest.mark.parametrize(
    "text", ["第一行\n第二行\t完", "👨\u200d👩\u200d👧 一家", "粘贴\u200b文字", "a\\u202eb"]
)
async def test_a_text_that_people_write_or_paste_is_taken(grid: Running, text: str) -> None:
    status, _ = await post(grid, RED_MEMBER, title=text)
    assert status == 201


async def test_an_id_of_another_noun_is_no_record_of_this_one(grid: Running) -> None:
    area = str((await grid.fetch("select id from area limit 1"))[0]["id"])
    opened = (await grid.call(IMPORTER, "POST", "/v1/grid/imports", {"source": "旧系统"})).json()
    (made,) = await batch(grid, IMPORTER, creation("a", id=area), import_batch=opened["id"])
    (accepted,) = await batch(grid, DISTRICT, acceptance("b", area))
    assert (made["outcome"], accepted["outcome"]) == ("applied", "applied")


async def test_a_default_that_is_spelt_out_is_the_same_request(grid: Running) -> None:
    body = REPORT | {"id": str(uuid4())}
    first = await grid.call(RED_MEMBER, "POST", REPORTS, body)
    again = await grid.call(RED_MEMBER, "POST", REPORTS, body | {"urgency": "NORMAL"})
    assert (again.status_code, again.json()) == (201, first.json())


async def test_versions_count_changes_and_events_follow_them(grid: Running) -> None:
    receipt = await step(grid, TOWNSHIP, await reported(grid), "accept")
    assert receipt["version"] == 2
    rows = await grid.fetch("select version from outbox where aggregate_id = $1", receipt["id"])
    assert [row["version"] for row in rows] == [1, 2]


@pytest.mark.parametrize(
    ("id_", "taken"),
    [
        (uuid4(), True),
        (uuid7(), True),
        (uuid5(NAMESPACE_URL, "a report's case"), False),
        (UUID(int=7), False),
        (UUID("c232ab00-9414-11ec-b3c8-9f6bdeced846"), False),
    ],
)
async def test_the_id_of_a_new_record_is_nobody_elses_to_derive(
    grid: Running, id_: UUID, taken: bool
) -> None:
    facts = {"id": str(id_)}
    status, told = await post(grid, DISTRICT, **facts)
    if taken:
        assert (status, told["id"]) == (201, str(id_))
        return
    assert (status, told["code"], told["errors"][0]["pointer"]) == (422, "id_not_random", "/id")
    inside = creation("b") | {"body": REPORT | facts}
    for item, pointer in ((creation("a", **facts), "/id"), (inside, "/body/id")):
        (result,) = await batch(grid, DISTRICT, item)
        assert (result["outcome"], result["code"]) == ("rejected", "id_not_random")
        assert result["errors"][0]["pointer"] == pointer
    opened = (await grid.call(IMPORTER, "POST", "/v1/grid/imports", {"source": "旧系统"})).json()
    (result,) = await batch(grid, IMPORTER, creation("a", **facts), import_batch=opened["id"])
    assert (result["outcome"], result["receipt"]["id"]) == ("applied", str(id_))
