from typing import Any
from uuid import uuid4

import pytest

from services.chassis.identity.caller import Caller
from services.contracts import roles
from tests.disputes.calls import (
    GROUP_MEMBER,
    GROUPS,
    MEMBERS,
    RECEPTIONS,
    Receipt,
    ago,
    attempt,
    created,
    imported,
    refusal,
    registered,
)
from tests.support.people import DISTRICT, OTHER_TOWNSHIP, TOWNSHIP
from tests.support.running import Running

GROUP = {"area_code": "330703105", "members": MEMBERS}


@pytest.fixture
async def reception(disputes: Running) -> dict[str, Any]:
    """A body for a reception by the township's group."""
    group = await created(disputes, TOWNSHIP, GROUPS, GROUP | {"occurred_at": ago(days=20)})
    return {
        "area_code": "330703105",
        "group_id": group["id"],
        "heads": 3,
        "topic_code": "LAND_TAKING",
        "outcome": "ANSWERED",
    }


async def step(disputes: Running, receipt: Receipt, case_id: str) -> Any:
    return await attempt(
        disputes, GROUP_MEMBER, f"{RECEPTIONS}/{{}}/link", receipt, case_id=case_id
    )


async def test_a_batch_is_recorded_and_becomes_a_case(
    disputes: Running, reception: dict[str, Any]
) -> None:
    receipt = await created(disputes, GROUP_MEMBER, RECEPTIONS, reception)
    assert receipt["number"].startswith("RB330703105")
    case = await registered(disputes)
    linked = await step(disputes, receipt, case["id"])
    assert linked.json()["status"] == "REGISTERED_DISPUTE"
    assert refusal(await step(disputes, linked.json(), case["id"])) == (409, "case_linked")
    assert (await disputes.events())[1:] == [
        ("disputes.reception.recorded.v1", 1),
        ("disputes.case.registered.v1", 1),
        ("disputes.reception.case_linked.v1", 2),
    ]
    shown = (await disputes.call(TOWNSHIP, "GET", f"{RECEPTIONS}/{receipt['id']}")).json()
    assert (shown["heads"], shown["case_id"], shown["collective"]) == (3, case["id"], False)
    assert shown["allowed_actions"] == []


async def test_what_cannot_have_happened_is_not_recorded(
    disputes: Running, reception: dict[str, Any]
) -> None:
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"heads": 0}, "invalid_request"),
        ({"heads": 5}, "representatives_missing"),
        ({"heads": 8, "representatives": 6}, "too_many_representatives"),
        ({"group_id": str(uuid4())}, "group_unknown"),
        ({"area_code": "330703101"}, "group_unknown"),
        ({"occurred_at": ago(days=22)}, "group_unknown"),
        ({"case_id": str(uuid4())}, "case_unknown"),
    ]
    for facts, code in wrong:
        answer = await disputes.call(DISTRICT, "POST", RECEPTIONS, reception | facts)
        assert refusal(answer) == (422, code)


async def test_a_crowd_is_marked_as_collective(
    disputes: Running, reception: dict[str, Any]
) -> None:
    body = reception | {"heads": 12, "representatives": 5}
    receipt = await created(disputes, GROUP_MEMBER, RECEPTIONS, body)
    shown = (await disputes.call(TOWNSHIP, "GET", f"{RECEPTIONS}/{receipt['id']}")).json()
    assert shown["collective"] is True


async def test_a_case_of_another_township_is_not_linked(
    disputes: Running, reception: dict[str, Any]
) -> None:
    receipt = await created(disputes, GROUP_MEMBER, RECEPTIONS, reception)
    elsewhere = await registered(disputes, DISTRICT, area_code="330703101")
    assert refusal(await step(disputes, receipt, elsewhere["id"])) == (422, "case_unknown")


async def test_another_township_sees_no_reception(
    disputes: Running, reception: dict[str, Any]
) -> None:
    receipt = await created(disputes, GROUP_MEMBER, RECEPTIONS, reception)
    answer = await disputes.call(OTHER_TOWNSHIP, "GET", f"{RECEPTIONS}/{receipt['id']}")
    assert refusal(answer) == (404, "not_found")
    assert (await disputes.call(OTHER_TOWNSHIP, "GET", RECEPTIONS)).json()["items"] == []
    listed = await disputes.call(TOWNSHIP, "GET", RECEPTIONS, topic_code="LAND_TAKING")
    assert [line["id"] for line in listed.json()["items"]] == [receipt["id"]]
    listed = await disputes.call(TOWNSHIP, "GET", RECEPTIONS, outcome="REFERRED")
    assert listed.json()["items"] == []


async def test_without_areas_one_sees_the_receptions_that_one_held(
    disputes: Running, reception: dict[str, Any]
) -> None:
    own = await created(disputes, GROUP_MEMBER, RECEPTIONS, reception)
    await created(disputes, TOWNSHIP, RECEPTIONS, reception)
    for subject, seen in (("judge-1", [own["id"]]), ("judge-2", [])):
        who = Caller(subject=subject, roles=frozenset({roles.SERVICE_GROUP_MEMBER}))
        listed = await disputes.call(who, "GET", RECEPTIONS)
        assert [line["id"] for line in listed.json()["items"]] == seen


async def test_receptions_of_a_year_are_imported_as_the_group_held_them(disputes: Running) -> None:
    group = "0191d7a0-0000-4000-8000-0000000000c2"
    common = {"on_behalf_of": "judge-1", "occurred_at": "2017-05-04T09:00:00+08:00"}
    body = common | {
        "area_code": "330703105",
        "group_id": group,
        "heads": 3,
        "topic_code": "LAND_TAKING",
        "outcome": "ANSWERED",
    }
    formed = GROUP | common | {"id": group}
    items = [
        {"operation": "form_service_group", "key": "group", "body": formed},
        *({"operation": "record_reception", "key": str(n), "body": body} for n in range(20)),
    ]
    results = await imported(disputes, items)
    assert [result["outcome"] for result in results] == ["applied"] * 21
    listed = await disputes.call(GROUP_MEMBER, "GET", RECEPTIONS)
    assert {line["received_at"] for line in listed.json()["items"]} == {"2017-05-04T01:00:00+00:00"}
