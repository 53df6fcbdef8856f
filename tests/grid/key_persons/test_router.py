"""Key persons over HTTP: what is told to whom, for which purpose, and what is on record of it."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from httpx import Response

from services.chassis.audit import Action, Entry
from services.chassis.audit.entry import record_of
from services.chassis.database import driver
from services.chassis.deadlines.sweeper import Sweeper
from services.chassis.errors import Unavailable
from services.chassis.identity.caller import Caller
from services.contracts import roles
from services.contracts.roles import ROLES
from tests.grid.field import GRID, OTHER_TOWN, made, post, step
from tests.grid.field import stepped as moved
from tests.grid.people import AUDITOR, ELSEWHERE, FULL_TIME, NEIGHBOUR, PART_TIME
from tests.support.grid import refusal
from tests.support.people import DISTRICT, IMPORTER, OTHER_TOWNSHIP, RED_MEMBER, TOWNSHIP, caller
from tests.support.revealing import erase
from tests.support.running import Running

PATH = "key-persons"
NAME, PHONE, NUMBER = "王示范", "15400000009", "330703190003151036"
WHY = {"purpose": "上门走访前了解情况"}
PERSON: dict[str, Any] = {
    "area_code": GRID,
    "name": NAME,
    "phone": PHONE,
    "resident_id": NUMBER,
    "address": "岭下镇示范村8号",
    "key_class": "COMMUNITY_CORRECTION",
    "level": "HIGH",
    "legal_basis": "社区矫正法第十二条",
}


async def enrolled(grid: Running, who: Caller = TOWNSHIP, **facts: Any) -> dict[str, Any]:
    return await made(grid, who, PATH, **PERSON | facts)


async def asked(
    grid: Running, receipt: dict[str, Any], who: Caller = TOWNSHIP, **body: Any
) -> Response:
    path = f"/v1/grid/{PATH}/{receipt['id']}/read"
    return await grid.call(who, "POST", path, WHY | body)


async def read(grid: Running, receipt: dict[str, Any], who: Caller = TOWNSHIP) -> Any:
    answer = await asked(grid, receipt, who)
    assert answer.status_code == 200, answer.text
    assert answer.headers["cache-control"] == "no-store"
    return answer.json()


async def on_record(grid: Running, receipt: dict[str, Any]) -> list[tuple[str, str, str]]:
    rows = await grid.fetch(
        "select action, subject, purpose from audit where noun = 'key_person' and object_id = $1 "
        "order by at",
        UUID(receipt["id"]),
    )
    return [(row[0], row[1], row[2]) for row in rows]


async def test_a_record_is_sealed_and_told_masked(grid: Running) -> None:
    receipt = await enrolled(grid)
    told = await read(grid, receipt)
    assert (told["key_class"], told["level"]) == ("COMMUNITY_CORRECTION", "HIGH")
    assert (told["person"]["name"], told["person"]["phone"]) == ("王**", "154****0009")
    rows = await grid.fetch("select t::text from keyperson.key_person t")
    rows += await grid.fetch("select t::text from person t")
    rows += await grid.fetch("select convert_from(body, 'UTF8') || headers::text from outbox")
    rows += await grid.fetch("select t::text from answer t")
    text = json.dumps([row[0] for row in rows], ensure_ascii=False)
    for secret in (NAME, PHONE, NUMBER, "COMMUNITY_CORRECTION", "HIGH", "示范村8号"):
        assert secret not in text


async def test_outside_there_is_an_opaque_reference(grid: Running) -> None:
    receipt = await enrolled(grid)
    assert (receipt["status"], receipt["number"]) == ("KEPT", None)
    (row,) = await grid.fetch(
        "select topic, body from outbox where aggregate_id = $1", UUID(receipt["id"])
    )
    assert row["topic"] == "jinding.grid.key_person.v1"
    assert json.loads(row["body"]).keys() == {"area_code", "occurred_at", "correlation_id"}
    assert json.loads(row["body"])["area_code"] == "330703"
    headers = {"Prefer": "return=representation"}
    answer = await grid.call(TOWNSHIP, "POST", f"/v1/grid/{PATH}", PERSON, headers)
    assert answer.json().keys() == {"id", "version"}


async def test_every_read_is_on_record_with_its_purpose(grid: Running) -> None:
    receipt = await enrolled(grid)
    assert await on_record(grid, receipt) == []
    await read(grid, receipt, FULL_TIME)
    answer = await post(grid, TOWNSHIP, f"{PATH}/search", purpose="核对月度走访名单", limit=200)
    assert receipt["id"] in [line["id"] for line in answer.json()["items"]]
    person = (await read(grid, receipt))["person"]["id"]
    path = f"{PATH}/{receipt['id']}/people/{person}/reveal"
    answer = await post(grid, TOWNSHIP, path, purpose="电话约定走访时间", fields=["phone"])
    assert answer.json()["phone"] == PHONE
    assert await on_record(grid, receipt) == [
        ("READ", FULL_TIME.subject, WHY["purpose"]),
        ("READ", TOWNSHIP.subject, "核对月度走访名单"),
        ("READ", TOWNSHIP.subject, WHY["purpose"]),
        ("REVEALED", TOWNSHIP.subject, "电话约定走访时间"),
    ]


async def test_what_cannot_be_put_on_record_is_not_told(
    grid: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    receipt = await enrolled(grid)

    async def broken(*_: Any) -> None:
        raise Unavailable("审计不可用。", "No audit.")

    monkeypatch.setattr(grid.runtime.audit, "record", broken)
    for answer in (
        await asked(grid, receipt),
        await post(grid, TOWNSHIP, f"{PATH}/search", purpose="核对月度走访名单"),
    ):
        assert refusal(answer)[0] == 503
        assert "王" not in answer.text


@pytest.mark.parametrize("purpose", [None, "", "看看"])
async def test_nothing_is_read_without_a_purpose(grid: Running, purpose: str | None) -> None:
    receipt = await enrolled(grid)
    for path in (f"{PATH}/search", f"{PATH}/{receipt['id']}/read"):
        answer = await post(grid, TOWNSHIP, path, purpose=purpose)
        assert refusal(answer) == (422, "invalid_request", "/purpose")
    assert (await grid.call(TOWNSHIP, "GET", f"/v1/grid/{PATH}")).status_code == 405
    assert (await grid.call(TOWNSHIP, "GET", f"/v1/grid/{PATH}/{receipt['id']}")).status_code == 404


MAY = {
    "key-persons": {roles.TOWNSHIP_OPERATOR, roles.DISTRICT_OPERATOR},
    "key-persons/search": {
        roles.FULL_TIME_GRID_MEMBER,
        roles.TOWNSHIP_OPERATOR,
        roles.DISTRICT_OPERATOR,
    },
}


@pytest.mark.parametrize("path", MAY)
@pytest.mark.parametrize("role", ROLES)
async def test_few_roles_have_anything_to_do_with_it(grid: Running, path: str, role: str) -> None:
    answer = await post(grid, caller(role), path)
    expected = 422 if role in MAY[path] else 403
    assert answer.status_code == expected


@pytest.mark.parametrize("who", [RED_MEMBER, NEIGHBOUR, PART_TIME, AUDITOR, IMPORTER])
async def test_a_red_member_has_no_way_in(grid: Running, who: Caller) -> None:
    receipt = await enrolled(grid)
    assert refusal(await asked(grid, receipt, who))[:2] == (403, "permission_missing")
    for name in ("regrade", "visit", "remove"):
        assert refusal(await step(grid, who, PATH, receipt, name))[0] == 403
    sought = {"resident_id": NUMBER, "purpose": "核对重复登记情况"}
    answer = await post(grid, who, "people/search", **sought)
    assert receipt["id"] not in answer.text


async def test_other_townships_see_nothing(grid: Running) -> None:
    receipt = await enrolled(grid)
    for who in (OTHER_TOWNSHIP, ELSEWHERE):
        assert refusal(await asked(grid, receipt, who)) == (404, "not_found")
        assert refusal(await step(grid, who, PATH, receipt, "visit", present=True))[0] == 404
    assert refusal(await asked(grid, {"id": uuid4()})) == (404, "not_found")
    answer = await post(grid, TOWNSHIP, PATH, **PERSON | {"area_code": OTHER_TOWN})
    assert refusal(answer) == (403, "outside_scope", "/area_code")


@pytest.mark.parametrize(
    ("facts", "pointer"),
    [
        ({"resident_id": None}, "/resident_id"),
        ({"resident_id": "330703190003151037"}, "/resident_id"),
        ({"legal_basis": ""}, "/legal_basis"),
        ({"key_class": "NEIGHBOUR"}, "/key_class"),
        ({"level": "5"}, "/level"),
    ],
)
async def test_what_is_not_enrolled(grid: Running, facts: dict[str, Any], pointer: str) -> None:
    answer = await post(grid, TOWNSHIP, PATH, **PERSON | facts)
    assert refusal(answer) == (422, "invalid_request", pointer)
    assert NUMBER not in answer.text


async def test_visits_follow_class_and_level(grid: Running) -> None:
    receipt = await enrolled(grid)
    told = await read(grid, receipt)
    assert due_days(told, told["enrolled_at"]) == 7
    receipt = await moved(grid, FULL_TIME, PATH, receipt, "visit", present=False, note="外出未遇")
    assert (await read(grid, receipt))["visit_due_at"] == told["visit_due_at"]
    receipt = await moved(grid, FULL_TIME, PATH, receipt, "visit", present=True, note="情绪稳定")
    told = await read(grid, receipt)
    assert [visit["note"] for visit in told["visits"]] == ["外出未遇", "情绪稳定"]
    assert due_days(told, told["visits"][1]["at"]) == 7
    grade = {"key_class": "COMMUNITY_CORRECTION", "level": "LOW"}
    assert refusal(await step(grid, FULL_TIME, PATH, receipt, "regrade", **grade))[0] == 403
    receipt = await moved(grid, TOWNSHIP, PATH, receipt, "regrade", **grade)
    told = await read(grid, receipt)
    assert (told["level"], told["allowed_actions"]) == (
        "LOW",
        ["regrade_key_person", "visit_key_person", "remove_key_person"],
    )
    notes = await grid.fetch("select visits::text from keyperson.key_person")
    assert not [row[0] for row in notes if "情绪稳定" in row[0]]


def due_days(told: dict[str, Any], since: str) -> int:
    return (datetime.fromisoformat(told["visit_due_at"]) - datetime.fromisoformat(since)).days


async def test_a_visit_that_is_owed_is_found_until_it_is_made(grid: Running) -> None:
    receipt = await enrolled(grid)
    runtime = grid.runtime
    sweeper = Sweeper(runtime.database, runtime.unit, runtime.definition.nouns, 1)
    await sweeper.sweep(datetime.now(UTC) + timedelta(days=8))

    async def owed() -> bool:
        body = {"purpose": "督促逾期走访对象", "overdue": True, "limit": 200}
        answer = await post(grid, TOWNSHIP, f"{PATH}/search", **body)
        return receipt["id"] in answer.text

    assert await owed()
    receipt |= {"version": receipt["version"] + 1}
    receipt = await moved(grid, FULL_TIME, PATH, receipt, "visit", present=True)
    assert not await owed()


async def test_whoever_was_removed_is_owed_nothing(grid: Running) -> None:
    receipt = await moved(grid, TOWNSHIP, PATH, await enrolled(grid), "remove", reason="ENDED")
    told = await read(grid, receipt)
    assert (told["status"], told["removal_reason"]) == ("REMOVED", "ENDED")
    for name, body in (
        ("visit", {"present": True}),
        ("regrade", {"key_class": "COMMUNITY_CORRECTION", "level": "LOW"}),
        ("remove", {"reason": "ENDED"}),
    ):
        answer = await step(grid, TOWNSHIP, PATH, receipt, name, **body)
        assert refusal(answer)[:2] == (409, "step_not_allowed")


async def test_a_minors_record_goes_to_nobody_but_by_law(grid: Running) -> None:
    receipt = await enrolled(grid)
    await grid.fetch(
        "update keyperson.key_person set minor_until = current_date + 9 where id = $1",
        UUID(receipt["id"]),
    )
    for who in (TOWNSHIP, FULL_TIME):
        assert refusal(await asked(grid, receipt, who)) == (404, "not_found")
    answer = await post(grid, DISTRICT, f"{PATH}/search", purpose="核对月度走访名单", limit=200)
    assert receipt["id"] not in answer.text
    refused = refusal(await asked(grid, receipt, DISTRICT))
    assert refused == (422, "legal_basis_missing", "/legal_basis")
    assert await on_record(grid, receipt) == []
    basis = "社区矫正法第五十四条；金东司矫〔2026〕3号"
    answer = await asked(grid, receipt, DISTRICT, legal_basis=basis)
    assert (answer.status_code, answer.json()["is_minor"]) == (200, True)
    (entry,) = await on_record(grid, receipt)
    assert basis in entry[2]


BASIS = {"legal_basis": "社区矫正法第五十四条；金东司矫〔2026〕3号"}
STEPS: dict[str, dict[str, Any]] = {
    "visit": {"present": True},
    "regrade": {"key_class": "COMMUNITY_CORRECTION", "level": "LOW"},
    "remove": {"reason": "ENDED"},
}


def a_minors_number() -> str:
    """Of somebody who is fifteen."""
    body = f"330703{datetime.now(UTC).year - 15}0315103"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return body + "10X98765432"[sum(int(d) * w for d, w in zip(body, weights, strict=True)) % 11]


async def test_a_minors_steps_are_taken_by_who_has_read_the_record_by_law(grid: Running) -> None:
    receipt = await enrolled(grid, resident_id=a_minors_number())
    colleague = caller(roles.DISTRICT_OPERATOR, subject="district-2")
    for name, body in STEPS.items():
        answer = await step(grid, DISTRICT, PATH, receipt, name, **body)
        assert refusal(answer)[:2] == (409, "read_by_law_first")
    answer = await asked(grid, receipt, DISTRICT, **BASIS)
    assert answer.json()["allowed_actions"] == [
        "regrade_key_person",
        "visit_key_person",
        "remove_key_person",
    ]
    for name, body in STEPS.items():
        for who in (TOWNSHIP, FULL_TIME):
            answer = await step(grid, who, PATH, receipt, name, **body)
            assert answer.status_code in (403, 404), answer.text
        answer = await step(grid, colleague, PATH, receipt, name, **body)
        assert refusal(answer)[:2] == (409, "read_by_law_first")
        receipt = await moved(grid, DISTRICT, PATH, receipt, name, **body)
    told = (await asked(grid, receipt, DISTRICT, **BASIS)).json()
    assert (told["status"], len(told["visits"])) == ("REMOVED", 1)


async def test_a_reading_of_yesterday_carries_no_step(grid: Running) -> None:
    receipt = await enrolled(grid, resident_id=a_minors_number())
    entry = Entry(Action.READ, "key_person", UUID(receipt["id"]), GRID, ("C3",), "昨日查阅")
    for hours, allowed in ((25, False), (23, True)):
        record = record_of(DISTRICT, entry)
        record["at"] = datetime.now(UTC) - timedelta(hours=hours)
        async with grid.runtime.database.transaction() as connection:
            await grid.runtime.audit.chain.append(await driver(connection), [record])
        answer = await step(grid, DISTRICT, PATH, receipt, "visit", present=True)
        assert answer.is_success is allowed, answer.text


async def test_a_search_goes_on_where_the_page_before_ended(grid: Running) -> None:
    for _ in range(3):
        await enrolled(grid)
    whole = (await post(grid, TOWNSHIP, f"{PATH}/search", **WHY, limit=200)).json()
    assert whole["next"] is None
    found: list[str] = []
    after: dict[str, Any] = {}
    while True:
        page = (await post(grid, TOWNSHIP, f"{PATH}/search", **WHY, limit=2, **after)).json()
        found += [item["id"] for item in page["items"]]
        if page["next"] is None:
            break
        after = {"after": page["next"]}
    assert found == [item["id"] for item in whole["items"]]


async def test_a_minor_is_neither_listed_nor_revealed(grid: Running) -> None:
    receipt = await enrolled(grid, resident_id=a_minors_number())
    told = (await asked(grid, receipt, DISTRICT, **BASIS)).json()
    path = f"{PATH}/{receipt['id']}/people/{told['person']['id']}/reveal"
    answer = await post(grid, DISTRICT, path, **WHY, fields=["resident_id"])
    assert refusal(answer) == (404, "not_found")
    answer = await post(grid, DISTRICT, f"{PATH}/search", **WHY, limit=200)
    assert receipt["id"] not in answer.text


async def test_whoever_is_erased_leaves_neither_class_nor_level(grid: Running) -> None:
    receipt = await enrolled(grid)
    await erase(grid, (await read(grid, receipt))["person"]["id"])
    told = await read(grid, receipt)
    assert (told["person"]["erased"], told["key_class"], told["level"]) == (True, None, None)
    answer = await step(grid, TOWNSHIP, PATH, receipt, "visit", present=True)
    assert refusal(answer)[:2] == (409, "person_gone")


async def test_counts_below_five_are_not_told(grid: Running) -> None:
    await grid.fetch("update keyperson.key_person set removed_at = now() - interval '9 years'")
    for key_class, n in (("MENTAL_DISORDER", 4), ("CULT_INVOLVED", 7)):
        for _ in range(n):
            await enrolled(grid, key_class=key_class)
    assert (await counted(grid))["by_class"][
        "CULT_INVOLVED"
    ] is None  # of last month there is nobody
    await grid.fetch(
        "update keyperson.key_person set enrolled_at = now() - interval '40 days' "
        "where removed_at is null"
    )
    told = await counted(grid)
    assert told["by_class"] == {
        "COMMUNITY_CORRECTION": None,
        "COMMUNITY_REHAB": None,
        "CULT_INVOLVED": 5,
        "MENTAL_DISORDER": None,
        "OTHER": None,
    }
    assert told["by_township"] == {GRID[:9]: 10}
    answer = await grid.call(TOWNSHIP, "GET", f"/v1/grid/{PATH}/counts")
    assert refusal(answer)[0] == 403


async def counted(grid: Running) -> Any:
    answer = await grid.call(DISTRICT, "GET", f"/v1/grid/{PATH}/counts")
    assert answer.status_code == 200, answer.text
    return answer.json()
