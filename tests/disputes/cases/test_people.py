"""The parties of a case stand sealed, are shown masked, and are told in the clear for a purpose."""

from typing import Any
from uuid import uuid4

import pytest
from httpx import Response

from services.chassis.audit import Action
from services.chassis.identity.caller import Caller
from services.contracts import roles
from tests.disputes.calls import (
    APPLICANT,
    CASE,
    CASES,
    MEDIATOR,
    PARTIES,
    RESPONDENT,
    Receipt,
    case_step,
    imported,
    mediated,
    refusal,
    registered,
)
from tests.support.people import OTHER_TOWNSHIP, TOWNSHIP, caller
from tests.support.revealing import PURPOSE, Recorder, everything
from tests.support.running import Running

PHONE = APPLICANT["phone"]


@pytest.fixture
async def recorder(disputes: Running) -> Recorder:
    return Recorder.of(disputes)


async def parties(service: Running, receipt: Receipt, who: Caller = TOWNSHIP) -> list[Any]:
    answer = await service.call(who, "GET", f"{CASES}/{receipt['id']}")
    return list(answer.json()["parties"])


async def revealed(
    service: Running, receipt: Receipt, person: str, who: Caller = TOWNSHIP, **body: Any
) -> Response:
    told = {"purpose": PURPOSE, "fields": ["phone"]} | body
    path = f"{CASES}/{receipt['id']}/people/{person}/reveal"
    return await service.call(who, "POST", path, told)


async def test_no_row_of_any_table_tells_who_they_are(disputes: Running) -> None:
    await mediated(disputes)
    told = await everything(disputes)
    for secret in ("张三丰", "李四", PHONE):
        for clear in (secret, secret.encode().hex()):
            assert clear not in told


async def test_a_party_is_shown_masked_and_to_its_mediator_by_name(disputes: Running) -> None:
    receipt = await mediated(disputes)
    shown = [(p["name"], p["phone"]) for p in await parties(disputes, receipt)]
    assert shown == [("张**", "138****1234"), ("李*", None)]
    shown = [(p["name"], p["phone"]) for p in await parties(disputes, receipt, MEDIATOR)]
    assert shown == [("张三丰", "138****1234"), ("李四", None)]


async def test_who_is_a_party_no_longer_is_forgotten(disputes: Running) -> None:
    receipt = await registered(disputes)
    (before, _) = await parties(disputes, receipt)
    await case_step(disputes, receipt, "parties", parties=[RESPONDENT])
    assert [p["name"] for p in await parties(disputes, receipt)] == ["李*"]
    for table in ("person", "person_key"):
        assert len(await disputes.fetch(f"select from {table}")) == 1
    answer = await revealed(disputes, receipt, before["person"])
    assert refusal(answer) == (404, "not_found")


async def test_the_people_of_a_batch_are_those_of_its_end(disputes: Running) -> None:
    id = str(uuid4())
    items = [
        {"operation": "register_case", "key": "1", "id": id, "body": CASE | {"parties": PARTIES}},
        {"operation": "set_case_parties", "key": "2", "id": id, "body": {"parties": [RESPONDENT]}},
    ]
    items += [
        {"operation": "register_case", "key": f"r{n}", "body": CASE | {"parties": PARTIES}}
        for n in range(498)
    ]
    answer = await disputes.call(TOWNSHIP, "POST", "/v1/disputes/batch", {"items": items})
    assert {result["outcome"] for result in answer.json()["results"]} == {"applied"}
    assert len(await disputes.fetch("select from person join person_key on person_id = id")) == 997


async def test_a_refused_step_leaves_the_people_as_they_were(disputes: Running) -> None:
    receipt = await case_step(disputes, await registered(disputes), "accept")
    condition = {"If-Match": f'"{receipt["version"]}"'}
    path = f"{CASES}/{receipt['id']}/parties"
    answer = await disputes.call(TOWNSHIP, "PUT", path, {"parties": [RESPONDENT]}, condition)
    assert refusal(answer) == (409, "step_not_allowed")
    assert len(await disputes.fetch("select from person")) == 2


async def test_a_reveal_tells_what_was_asked_for_and_is_on_record(
    disputes: Running, recorder: Recorder
) -> None:
    receipt = await registered(disputes)
    person = (await parties(disputes, receipt))[0]["person"]
    answer = await revealed(disputes, receipt, person)
    assert (answer.status_code, answer.json()) == (200, {"id": person, "phone": PHONE})
    assert answer.headers["cache-control"] == "no-store"
    told = [(e.action, e.noun, str(e.object_id), e.purpose) for e in recorder.entries]
    assert told == [(Action.REVEALED, "case", receipt["id"], PURPOSE)]
    assert recorder.entries[0].fields == (f"people/{person}/phone",)
    answer = await revealed(disputes, receipt, person, fields=["name", "address"])
    assert answer.json() == {"id": person, "name": "张三丰", "address": None}


async def test_without_its_record_nothing_is_revealed(disputes: Running) -> None:
    receipt = await registered(disputes)
    person = (await parties(disputes, receipt))[0]["person"]
    disputes.runtime.audit = Recorder(broken=True)
    answer = await revealed(disputes, receipt, person)
    assert answer.status_code == 503
    assert PHONE not in answer.text


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"purpose": "因公"}, "/purpose"),
        ({"purpose": "因" * 201}, "/purpose"),
        ({"fields": []}, "/fields"),
        ({"fields": ["mark"]}, "/fields/0"),
        ({"all": True}, "/all"),
    ],
)
async def test_a_reveal_needs_a_purpose_and_fields(
    disputes: Running, recorder: Recorder, body: dict[str, Any], pointer: str
) -> None:
    answer = await revealed(disputes, {"id": str(uuid4())}, str(uuid4()), **body)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, pointer)
    assert recorder.entries == []


async def test_a_reveal_needs_permission_and_scope(disputes: Running, recorder: Recorder) -> None:
    receipt = await registered(disputes)
    person = (await parties(disputes, receipt))[0]["person"]
    auditor = caller(roles.AUDITOR)
    assert (await revealed(disputes, receipt, person, auditor)).status_code == 403
    assert (await revealed(disputes, receipt, person, OTHER_TOWNSHIP)).status_code == 404
    other = await registered(disputes)
    assert (await revealed(disputes, other, person)).status_code == 404
    assert recorder.entries == []


async def test_of_an_erased_party_nothing_is_told(disputes: Running, recorder: Recorder) -> None:
    receipt = await registered(disputes)
    person = (await parties(disputes, receipt))[0]["person"]
    erasing = "update person set name = null, phone = null, phone_index = null, erased_at = now()"
    await disputes.fetch(f"{erasing} where id = $1", person)
    await disputes.fetch("delete from person_key where person_id = $1", person)
    shown = (await parties(disputes, receipt))[0]
    assert (shown["name"], shown["phone"], shown["erased"]) == ("已删除", None, True)
    assert refusal(await revealed(disputes, receipt, person)) == (409, "person_erased")
    assert recorder.entries == []


async def test_a_value_that_was_moved_is_not_shown(disputes: Running) -> None:
    receipt = await registered(disputes)
    await disputes.fetch("update person set name = (select name from person order by id limit 1)")
    answer = await disputes.call(TOWNSHIP, "GET", f"{CASES}/{receipt['id']}")
    assert refusal(answer) == (503, "not_readable")


async def test_a_legal_person_keeps_its_name(disputes: Running) -> None:
    company = {"side": "RESPONDENT", "kind": "LEGAL", "name": "示范公司", "phone": PHONE}
    receipt = await registered(disputes, parties=[APPLICANT, company])
    shown = (await parties(disputes, receipt))[1]
    assert (shown["name"], shown["phone"]) == ("示范公司", "138****1234")


async def searched(service: Running, who: Caller = TOWNSHIP, **body: Any) -> Response:
    told = {"purpose": PURPOSE} | body
    return await service.call(who, "POST", "/v1/disputes/people/search", told)


async def test_a_person_is_found_by_telephone_within_the_callers_scope(
    disputes: Running, recorder: Recorder
) -> None:
    receipts = [await registered(disputes) for _ in range(2)]
    for phone in (PHONE, "+86 138-0000-1234"):
        answer = await searched(disputes, phone=phone)
        assert answer.headers["cache-control"] == "no-store"
        items = answer.json()["items"]
        assert [i["aggregate_id"] for i in items] == [r["id"] for r in reversed(receipts)]
        shown = {(i["noun"], i["person"]["name"], i["person"]["phone"]) for i in items}
        assert shown == {("case", "张**", "138****1234")}
    for who, phone in ((OTHER_TOWNSHIP, PHONE), (TOWNSHIP, "13800001235")):
        assert (await searched(disputes, who, phone=phone)).json() == {"items": []}
    assert [e.action for e in recorder.entries] == [Action.SEARCHED] * 4
    assert PHONE not in repr(recorder.entries)


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, ""),
        ({"phone": PHONE, "resident_id": "330703190001011013"}, ""),
        ({"resident_id": "330703190001011014"}, "/resident_id"),
        ({"phone": "1380000*"}, "/phone"),
        ({"phone": PHONE, "purpose": "因公"}, "/purpose"),
    ],
)
async def test_a_search_names_one_thing_and_a_purpose(
    disputes: Running, recorder: Recorder, body: dict[str, Any], pointer: str
) -> None:
    answer = await searched(disputes, **body)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, pointer)
    assert recorder.entries == []


async def test_a_search_needs_permission_and_its_record(disputes: Running) -> None:
    await registered(disputes)
    assert (await searched(disputes, MEDIATOR, phone=PHONE)).status_code == 403
    disputes.runtime.audit = Recorder(broken=True)
    answer = await searched(disputes, phone=PHONE)
    assert (answer.status_code, "138****" in answer.text) == (503, False)


async def test_what_a_list_a_detail_and_its_handler_see_of_a_person(
    disputes: Running, recorder: Recorder
) -> None:
    told = {"resident_id": "330703190001011013", "address": "岭下镇示范村12号"}
    receipt = await mediated(disputes, parties=[APPLICANT | told, RESPONDENT])
    searching = await searched(disputes, resident_id="330703190001011013")
    (found,) = [item["person"] for item in searching.json()["items"]]
    (shown, _), (own, _) = [await parties(disputes, receipt, who) for who in (TOWNSHIP, MEDIATOR)]
    hidden = ("张**", "138****1234", "3" + "*" * 16 + "3", "岭下镇示范村***")
    for person in (found, shown):
        assert tuple(person[f] for f in ("name", "phone", "resident_id", "address")) == hidden
    assert (own["name"], own["phone"]) == ("张三丰", "138****1234")
    assert (own["resident_id"], own["address"]) == ("330703********1013", "岭下镇示范村12号")


async def test_a_first_generation_number_is_of_imported_history(disputes: Running) -> None:
    old = APPLICANT | {"resident_id": "110105491231002"}
    body = CASE | {"parties": [RESPONDENT, old]}
    answer = await disputes.call(TOWNSHIP, "POST", CASES, body)
    assert refusal(answer) == (422, "first_generation_number")
    assert answer.json()["errors"][0]["pointer"] == "/parties/1/resident_id"
    item = {"operation": "register_case", "key": "1", "body": body}
    (result,) = await imported(disputes, [item])
    assert result["outcome"] == "applied"
    found = await searched(disputes, resident_id="11010519491231002X")
    assert len(found.json()["items"]) == 1


@pytest.mark.parametrize("phone", ["110", "12345", "1380000123", "0579-8234567", "不详"])
async def test_a_party_is_reached_by_a_telephone_number(disputes: Running, phone: str) -> None:
    answer = await disputes.call(
        TOWNSHIP,
        "POST",
        CASES,
        CASE | {"parties": [{"side": "THIRD", "name": "某", "phone": phone}]},
    )
    problem = answer.json()["errors"][0]
    assert (answer.status_code, problem["pointer"], problem["code"]) == (
        422,
        "/parties/0/phone",
        "phone_shape",
    )
    assert phone not in problem["detail"]


async def test_a_party_that_is_known_need_not_be_told_again(disputes: Running) -> None:
    asked = [party | {"consent": None} for party in PARTIES]
    receipt = await registered(disputes, parties=asked)
    one, two = [party["person"] for party in await parties(disputes, receipt)]
    said = [
        {"side": "APPLICANT", "person": one, "consent": "GIVEN"},
        {"side": "RESPONDENT", "person": two, "consent": "GIVEN"},
    ]
    receipt = await case_step(disputes, receipt, "parties", parties=said)
    shown = [(p["person"], p["name"], p["consent"]) for p in await parties(disputes, receipt)]
    assert shown == [(one, "张**", "GIVEN"), (two, "李*", "GIVEN")]
    assert (await case_step(disputes, receipt, "accept"))["status"] == "ACCEPTED"


@pytest.mark.parametrize(
    ("party", "told"),
    [
        ({"person": str(uuid4())}, (422, "party_unknown", "/parties/0/person")),
        ({}, (422, "invalid_request", "/parties/0")),
        ({"person": str(uuid4()), "name": "某"}, (422, "invalid_request", "/parties/0")),
        ({"person": str(uuid4()), "phone": PHONE}, (422, "invalid_request", "/parties/0")),
    ],
)
async def test_a_party_is_a_name_or_somebody_known(
    disputes: Running, party: dict[str, Any], told: tuple[int, str, str]
) -> None:
    receipt = await registered(disputes)
    answer = await disputes.call(
        TOWNSHIP,
        "PUT",
        f"{CASES}/{receipt['id']}/parties",
        {"parties": [{"side": "THIRD"} | party]},
        {"If-Match": '"1"'},
    )
    assert (*refusal(answer), answer.json()["errors"][0]["pointer"]) == told
