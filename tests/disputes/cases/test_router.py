from typing import Any
from uuid import uuid4

import pytest

from services.contracts.disputes import case_id_of
from tests.disputes.calls import (
    ALL_SIGN,
    APPLICANT,
    CASE,
    CASES,
    GROUP_MEMBER,
    MEDIATOR,
    OTHER_MEDIATOR,
    PARTIES,
    RESPONDENT,
    TERMINATION,
    ago,
    agreed,
    attempt,
    case_step,
    created,
    imported,
    mediated,
    refusal,
    registered,
)
from tests.support.people import DISTRICT, OTHER_TOWNSHIP, RED_MEMBER, TOWNSHIP
from tests.support.running import Running


async def test_a_case_goes_from_registered_to_closed(disputes: Running) -> None:
    receipt = await created(disputes, TOWNSHIP, CASES, CASE)
    assert receipt["status"] == "REGISTERED"
    assert receipt["number"].startswith("DS330703105")
    receipt = await case_step(
        disputes, receipt, "describe", case_type="HOUSING", title="宅基地纠纷"
    )
    receipt = await case_step(disputes, receipt, "parties", parties=PARTIES)
    receipt = await case_step(disputes, receipt, "accept")
    receipt = await case_step(disputes, receipt, "start", mediator="mediator-1")
    agreement = {"form": "WRITTEN", "terms": "改道排水，费用各半", "signed_by": ALL_SIGN[:3]}
    receipt = await case_step(disputes, receipt, "agreement", MEDIATOR, **agreement)
    assert receipt["status"] == "AGREED"
    receipt = await case_step(
        disputes, receipt, "agreement/signatures", MEDIATOR, signer={"role": "SEAL"}
    )
    receipt = await case_step(disputes, receipt, "perform", MEDIATOR)
    receipt = await case_step(disputes, receipt, "close")
    assert (receipt["status"], receipt["version"]) == ("CLOSED", 9)
    assert await disputes.events() == [
        ("disputes.case.registered.v1", 1),
        ("disputes.case.described.v1", 2),
        ("disputes.case.parties_set.v1", 3),
        ("disputes.case.accepted.v1", 4),
        ("disputes.case.mediation_started.v1", 5),
        ("disputes.case.agreed.v1", 6),
        ("disputes.case.agreement_signed.v1", 7),
        ("disputes.case.performed.v1", 8),
        ("disputes.case.closed.v1", 9),
    ]
    shown = (await disputes.call(DISTRICT, "GET", f"{CASES}/{receipt['id']}")).json()
    assert shown["effective_at"] == shown["signatures"][-1]["signed_at"]
    assert (shown["case_type"], shown["allowed_actions"]) == ("HOUSING", [])


async def test_parties_are_shown_masked_and_no_event_names_them(disputes: Running) -> None:
    receipt = await registered(disputes)
    shown = (await disputes.call(TOWNSHIP, "GET", f"{CASES}/{receipt['id']}")).json()
    masked = [(party["place"], party["name"], party["phone"]) for party in shown["parties"]]
    assert masked == [(1, "张**", "138****1234"), (2, "李*", None)]
    rows = await disputes.fetch("select convert_from(body, 'utf8') as body from outbox")
    assert len(rows) == 1
    assert not any(word in rows[0]["body"] for word in ("张三丰", "1380000", "排水"))


@pytest.mark.parametrize(
    ("phone", "mask"),
    [
        ("4008221234", "********34"),
        ("+852 9123 4567", "**********67"),
        ("0579-82212345", "0579-******45"),
    ],
)
async def test_no_telephone_number_can_be_read_off_its_mask(
    disputes: Running, phone: str, mask: str
) -> None:
    receipt = await registered(disputes, parties=[APPLICANT | {"phone": phone}, RESPONDENT])
    shown = (await disputes.call(TOWNSHIP, "GET", f"{CASES}/{receipt['id']}")).json()
    assert shown["parties"][0]["phone"] == mask


async def test_no_case_is_accepted_without_the_consent_of_two_parties(disputes: Running) -> None:
    for parties, code in (
        ([], "too_few_parties"),
        ([APPLICANT], "too_few_parties"),
        ([APPLICANT, APPLICANT | {"name": "王五"}], "side_missing"),
        ([APPLICANT, APPLICANT | {"side": "RESPONDENT"}], "party_twice"),
        ([APPLICANT | {"subject": "p"}, RESPONDENT | {"subject": "p"}], "party_twice"),
        (
            [APPLICANT, RESPONDENT | {"consented_at": "2099-01-01T00:00:00Z"}],
            "consent_after_acceptance",
        ),
        ([APPLICANT, RESPONDENT | {"consent": None}], "consent_missing"),
        ([APPLICANT, RESPONDENT | {"consent": "REFUSED"}], "party_has_refused"),
    ):
        receipt = await registered(disputes, parties=parties)
        answer = await attempt(disputes, TOWNSHIP, f"{CASES}/{{}}/accept", receipt)
        assert refusal(answer) == (409, code)
        shown = (await disputes.call(TOWNSHIP, "GET", f"{CASES}/{receipt['id']}")).json()
        assert (shown["status"], shown["version"]) == ("REGISTERED", 1)


async def test_after_a_refusal_a_case_can_only_be_terminated(disputes: Running) -> None:
    parties = [APPLICANT, RESPONDENT | {"consent": "REFUSED"}]
    receipt = await registered(disputes, parties=parties)
    path = f"{CASES}/{{}}/parties"
    answer = await attempt(disputes, TOWNSHIP, path, receipt, method="PUT", parties=PARTIES)
    assert refusal(answer) == (409, "party_has_refused")
    answer = await attempt(disputes, TOWNSHIP, f"{CASES}/{{}}/terminate", receipt, **TERMINATION)
    assert refusal(answer) == (422, "ground_is_refusal")
    told: dict[str, Any] = {"ground": "PARTY_REFUSES", "routes": ["LITIGATION", "ARBITRATION"]}
    receipt = await case_step(disputes, receipt, "terminate", **told)
    assert receipt["status"] == "TERMINATED"
    assert (await case_step(disputes, receipt, "close"))["status"] == "CLOSED"


async def test_a_registered_case_is_not_terminated_unless_somebody_refuses(
    disputes: Running,
) -> None:
    receipt = await registered(disputes)
    path = f"{CASES}/{{}}/terminate"
    answer = await attempt(disputes, TOWNSHIP, path, receipt, **TERMINATION)
    assert refusal(answer) == (409, "nobody_refuses")


async def test_a_termination_names_a_ground_and_tells_the_routes(disputes: Running) -> None:
    """The ground of a cancelled report is the subscription's alone."""
    receipt = await mediated(disputes)
    for told, pointer in (
        ({"ground": "STALLING"}, "/routes"),
        ({"ground": "STALLING", "routes": []}, "/routes"),
        (TERMINATION | {"ground": "REPORT_CANCELLED"}, "/ground"),
    ):
        answer = await attempt(disputes, MEDIATOR, f"{CASES}/{{}}/terminate", receipt, **told)
        assert refusal(answer) == (422, "invalid_request")
        assert answer.json()["errors"][0]["pointer"] == pointer


async def test_a_party_does_not_mediate_its_own_case(disputes: Running) -> None:
    parties = [APPLICANT | {"subject": "mediator-1"}, RESPONDENT]
    receipt = await case_step(disputes, await registered(disputes, parties=parties), "accept")
    path = f"{CASES}/{{}}/start"
    answer = await attempt(disputes, TOWNSHIP, path, receipt, mediator="mediator-1")
    assert refusal(answer) == (422, "mediator_is_party")


async def test_an_agreement_is_performed_only_once_in_effect(disputes: Running) -> None:
    receipt = await agreed(disputes, form="WRITTEN", signed_by=ALL_SIGN[1:])
    answer = await attempt(disputes, MEDIATOR, f"{CASES}/{{}}/perform", receipt)
    assert refusal(answer) == (409, "not_effective_yet")
    receipt = await case_step(
        disputes, receipt, "agreement/signatures", MEDIATOR, signer=ALL_SIGN[0]
    )
    assert (await case_step(disputes, receipt, "perform", MEDIATOR))["status"] == "PERFORMED"


async def test_only_who_must_sign_signs_and_once(disputes: Running) -> None:
    receipt = await agreed(disputes, form="WRITTEN", signed_by=[{"role": "MEDIATOR"}])
    path = f"{CASES}/{{}}/agreement/signatures"
    signers: list[tuple[dict[str, Any], tuple[int, str]]] = [
        ({"role": "PARTY"}, (422, "no_such_signer")),
        ({"role": "PARTY", "party": 3}, (422, "no_such_signer")),
        ({"role": "SEAL", "party": 1}, (422, "no_such_signer")),
        ({"role": "MEDIATOR"}, (409, "already_signed")),
    ]
    for signer, told in signers:
        answer = await attempt(disputes, MEDIATOR, path, receipt, signer=signer)
        assert refusal(answer) == told


async def test_no_step_is_earlier_than_the_one_before(disputes: Running) -> None:
    receipt = await agreed(disputes, form="WRITTEN")
    path = f"{CASES}/{{}}/agreement/signatures"
    body: dict[str, Any] = {"signer": ALL_SIGN[0], "occurred_at": ago(hours=1)}
    answer = await attempt(disputes, MEDIATOR, path, receipt, **body)
    assert refusal(answer) == (422, "earlier_than_the_last_step")


async def test_an_oral_agreement_is_in_effect_at_once_and_not_signed(disputes: Running) -> None:
    receipt = await agreed(disputes)
    shown = (await disputes.call(MEDIATOR, "GET", f"{CASES}/{receipt['id']}")).json()
    assert shown["effective_at"] == shown["agreed_at"]
    assert "sign_agreement" not in shown["allowed_actions"]
    path = f"{CASES}/{{}}/agreement/signatures"
    answer = await attempt(disputes, MEDIATOR, path, receipt, signer=ALL_SIGN[0])
    assert refusal(answer) == (409, "oral_is_not_signed")
    mediating = await mediated(disputes)
    body: dict[str, Any] = {"form": "ORAL", "terms": "各让一步", "signed_by": ALL_SIGN}
    answer = await attempt(disputes, MEDIATOR, f"{CASES}/{{}}/agreement", mediating, **body)
    assert refusal(answer) == (409, "oral_is_not_signed")


async def test_facts_are_fixed_by_the_agreement(disputes: Running) -> None:
    receipt = await agreed(disputes)
    path = f"{CASES}/{{}}/describe"
    answer = await attempt(disputes, TOWNSHIP, path, receipt, case_type="OTHER", title="改写")
    assert refusal(answer) == (409, "step_not_allowed")


async def test_a_case_has_no_fee(disputes: Running) -> None:
    answer = await disputes.call(TOWNSHIP, "POST", CASES, CASE | {"fee": 10})
    assert refusal(answer) == (422, "invalid_request")


async def test_what_only_a_report_brings_is_not_told_by_hand(disputes: Running) -> None:
    answer = await disputes.call(TOWNSHIP, "POST", CASES, CASE | {"source": "GRID_REPORT"})
    assert refusal(answer) == (422, "invalid_request")
    taken = case_id_of(uuid4())
    answer = await disputes.call(TOWNSHIP, "POST", CASES, CASE | {"id": str(taken)})
    assert refusal(answer) == (422, "reserved_id")
    assert answer.json()["errors"][0]["pointer"] == "/id"
    item = {"operation": "register_case", "id": str(taken), "key": "k", "body": CASE}
    answer = await disputes.call(TOWNSHIP, "POST", "/v1/disputes/batch", {"items": [item]})
    assert answer.json()["results"][0]["code"] == "reserved_id"
    assert await disputes.fetch("select from dispute_case") == []


async def test_a_performed_case_is_closed_without_routes(disputes: Running) -> None:
    receipt = await case_step(disputes, await agreed(disputes), "perform")
    path = f"{CASES}/{{}}/close"
    answer = await attempt(disputes, TOWNSHIP, path, receipt, routes=["LITIGATION"])
    assert refusal(answer) == (422, "routes_are_for_the_terminated")
    await case_step(disputes, receipt, "close")


async def test_others_see_no_case(disputes: Running) -> None:
    receipt = await mediated(disputes)
    for stranger in (OTHER_TOWNSHIP, OTHER_MEDIATOR):
        answer = await disputes.call(stranger, "GET", f"{CASES}/{receipt['id']}")
        assert refusal(answer) == (404, "not_found")
        listed = await disputes.call(stranger, "GET", CASES)
        assert listed.json() == {"items": [], "next": None}
        answer = await attempt(disputes, stranger, f"{CASES}/{{}}/perform", receipt)
        assert refusal(answer) == (404, "not_found")
    answer = await disputes.call(RED_MEMBER, "GET", CASES)
    assert refusal(answer) == (403, "permission_missing")
    for friend in (MEDIATOR, TOWNSHIP, GROUP_MEMBER):
        listed = await disputes.call(friend, "GET", CASES)
        assert [line["id"] for line in listed.json()["items"]] == [receipt["id"]]


async def test_cases_are_listed_by_status_type_and_finder(disputes: Running) -> None:
    await registered(disputes)
    found = await registered(disputes, GROUP_MEMBER, case_type="LABOUR", finder="RED_MEMBER")
    for name, value in (("case_type", "LABOUR"), ("finder", "SERVICE_GROUP")):
        listed = await disputes.call(DISTRICT, "GET", f"{CASES}?{name}={value}")
        assert [line["id"] for line in listed.json()["items"]] == [found["id"]]
    listed = await disputes.call(DISTRICT, "GET", CASES, status="CLOSED")
    assert listed.json()["items"] == []


async def test_a_case_in_another_township_is_not_registered(disputes: Running) -> None:
    answer = await disputes.call(OTHER_TOWNSHIP, "POST", CASES, CASE)
    assert refusal(answer) == (403, "outside_scope")


async def test_an_import_plays_whole_cases_as_others_did_them(disputes: Running) -> None:
    case_id = str(uuid4())
    common = {"on_behalf_of": "mediator-1"}
    steps: list[tuple[str, dict[str, Any]]] = [
        ("register_case", CASE | {"parties": PARTIES, "finder": "RED_MEMBER"}),
        ("accept_case", {}),
        ("start_mediation", {"mediator": "mediator-1"}),
        ("record_agreement", {"form": "WRITTEN", "terms": "赔礼道歉", "signed_by": ALL_SIGN}),
        ("perform_case", {}),
        ("close_case", {}),
    ]
    items = [
        {
            "operation": name,
            "id": case_id,
            "key": f"{case_id}/{name}",
            "body": body | common | {"occurred_at": f"2017-03-0{day}T09:00:00+08:00"},
        }
        for day, (name, body) in enumerate(steps, 1)
    ]
    for outcome in ("applied", "duplicate"):
        results = await imported(disputes, items)
        assert [result["outcome"] for result in results] == [outcome] * 6
    shown = (await disputes.call(MEDIATOR, "GET", f"{CASES}/{case_id}")).json()
    assert (shown["status"], shown["registrar"]) == ("CLOSED", "mediator-1")
    assert shown["finder"] == "RED_MEMBER"
    assert shown["effective_at"] == "2017-03-04T01:00:00Z"
