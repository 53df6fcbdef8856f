"""A legal hold and an archive rule win over an erasure and over the purge, and are told."""

import json
from typing import Any
from uuid import uuid4

import pytest
from httpx import Response

from services.contracts import roles
from tests.chassis.erasure.erasing import NUMBER, PHONE, case, erase, ordered, party
from tests.support.people import TOWNSHIP, caller
from tests.support.running import Running

HOLDS = "/v1/disputes/legal-holds"
OFFICER = caller(roles.PRIVACY_OFFICER)
WHY = "法院调取，案号另存"


async def hold(service: Running, who: Any = OFFICER, **facts: Any) -> Response:
    body = {"area_code": "330703", "reason": WHY} | facts
    return await service.call(who, "POST", HOLDS, body)


async def lift(service: Running, id: str, who: Any = OFFICER) -> Response:
    return await service.call(who, "POST", f"{HOLDS}/{id}/lift", {"reason": "案件已审结"})


@pytest.mark.parametrize("of", ["record", "phone"])
async def test_what_is_held_is_left_until_the_hold_is_lifted(disputes: Running, of: str) -> None:
    receipt = await case(disputes)
    what = {"aggregate_id": receipt["id"]} if of == "record" else {"phone": PHONE}
    held = await hold(disputes, **what)
    assert held.status_code == 201, held.text
    assert PHONE not in held.text
    event, id = ordered(disputes, PHONE), uuid4()
    row = await erase(disputes, event, id)
    kept = [{"noun": "case", "held_by": "LEGAL_HOLD", "entries": 1}]
    assert (row["erased"], json.loads(row["kept"])) == (0, kept)
    assert (await party(disputes, receipt))["name"] == "张**"
    assert (await lift(disputes, held.json()["id"])).status_code == 200
    row = await erase(disputes, event, id)
    assert (row["erased"], json.loads(row["kept"]), row["version"]) == (1, [], 2)
    assert (await party(disputes, receipt))["name"] == "已删除"


async def test_an_archive_rule_holds_for_its_days(disputes: Running) -> None:
    receipt = await case(disputes)
    await disputes.fetch("update retention_rule set at_least_days = 10 where noun = 'case'")
    event, id = ordered(disputes, PHONE), uuid4()
    row = await erase(disputes, event, id)
    assert json.loads(row["kept"])[0]["held_by"] == "ARCHIVE_RULE"
    assert (await party(disputes, receipt))["name"] == "张**"
    await disputes.fetch("update person set created_at = created_at - interval '10 days'")
    await erase(disputes, event, id)
    assert (await party(disputes, receipt))["name"] == "已删除"


async def test_holds_are_on_record(disputes: Running) -> None:
    id = str(uuid4())
    for _ in range(2):  # a retry sets one hold
        answer = await hold(disputes, id=id, resident_id=NUMBER)
        assert answer.json()["id"] == id
    listed = await disputes.call(OFFICER, "GET", HOLDS)
    assert [(item["id"], item["of_person"]) for item in listed.json()["items"]] == [(id, True)]
    await lift(disputes, id)
    assert (await disputes.call(OFFICER, "GET", HOLDS)).json()["items"] == []
    everything = await disputes.call(OFFICER, "GET", HOLDS, in_force="false", limit=1)
    assert everything.json()["items"][0]["lifted_by"] == OFFICER.subject
    told = "select outcome, purpose from audit where noun = 'legal_hold' order by seq"
    assert [tuple(row) for row in await disputes.fetch(told)] == [
        ("set", WHY),
        ("lifted", "案件已审结"),
    ]


@pytest.mark.parametrize("other", [{"phone": "13800138001"}, {"aggregate_id": str(uuid4())}])
async def test_nobody_is_told_of_a_hold_that_is_of_something_else(
    disputes: Running, other: dict[str, Any]
) -> None:
    id = str(uuid4())
    assert (await hold(disputes, id=id, phone=PHONE)).status_code == 201
    answer = await hold(disputes, id=id, **other)
    assert answer.status_code == 409
    assert answer.json()["code"] == "hold_differs"


@pytest.mark.parametrize(
    ("who", "facts", "status", "code"),
    [
        (TOWNSHIP, {"phone": PHONE}, 403, "permission_missing"),
        (OFFICER, {}, 422, "holds_nothing"),
        (OFFICER, {"phone": PHONE, "aggregate_id": str(uuid4())}, 422, "holds_nothing"),
        (OFFICER, {"phone": PHONE, "area_code": "330702"}, 403, "outside_scope"),
        (OFFICER, {"phone": "1380000"}, 422, "invalid_request"),
        (OFFICER, {"phone": PHONE, "reason": "x"}, 422, "invalid_request"),
    ],
)
async def test_a_hold_that_is_refused(
    disputes: Running, who: Any, facts: dict[str, Any], status: int, code: str
) -> None:
    answer = await hold(disputes, who, **facts)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_a_hold_is_lifted_once_and_by_whom_it_concerns(disputes: Running) -> None:
    held = (await hold(disputes, phone=PHONE)).json()["id"]
    elsewhere = caller(roles.PRIVACY_OFFICER, "330702", subject="elsewhere")
    assert (await lift(disputes, held, elsewhere)).status_code == 404
    assert (await lift(disputes, held, TOWNSHIP)).status_code == 403
    assert (await lift(disputes, held)).status_code == 200
    assert (await lift(disputes, held)).json()["code"] == "already_lifted"
