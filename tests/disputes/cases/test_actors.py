"""Who sees which cases, and who takes which step in them."""

from typing import Any

import pytest

from services.chassis.identity.caller import Caller
from services.contracts import roles
from tests.disputes.calls import (
    ALL_SIGN,
    APPLICANT,
    CASES,
    GROUP_MEMBER,
    GROUPS,
    MEDIATOR,
    MEMBERS,
    OTHER_MEDIATOR,
    RESPONDENT,
    TERMINATION,
    attempt,
    case_step,
    created,
    mediated,
    refusal,
    registered,
)
from tests.support.people import DISTRICT, OTHER_TOWNSHIP, TOWNSHIP, caller
from tests.support.running import Running

AGREEMENT: dict[str, Any] = {"form": "ORAL", "terms": "各让一步"}
STRANGER = caller(roles.SERVICE_GROUP_MEMBER, "330703105", subject="judge-2")


def somebody(
    *held: str, subject: str = "mediator-2", areas: tuple[str, ...] = ("330703105",)
) -> Caller:
    return Caller(subject=subject, roles=frozenset(held), areas=areas)


async def listed(disputes: Running, who: Caller) -> list[str]:
    answer = await disputes.call(who, "GET", CASES)
    assert answer.status_code == 200, answer.text
    return [line["id"] for line in answer.json()["items"]]


@pytest.mark.parametrize("other", sorted(set(roles.ROLES) - {roles.MEDIATOR}))
async def test_an_unrelated_second_role_does_not_widen_what_a_mediator_sees(
    disputes: Running, other: str
) -> None:
    case = await registered(disputes)
    reads = other in {
        roles.TOWNSHIP_OPERATOR,
        roles.DISTRICT_OPERATOR,
        roles.DATA_IMPORTER,
        roles.AUDITOR,
        roles.SERVICE_GROUP_MEMBER,
    }
    assert await listed(disputes, somebody(roles.MEDIATOR, other)) == [case["id"]] * reads


@pytest.mark.parametrize(
    "role", [roles.TOWNSHIP_OPERATOR, roles.AUDITOR, roles.SERVICE_GROUP_MEMBER]
)
async def test_without_areas_nobody_sees_a_case_by_area(disputes: Running, role: str) -> None:
    case = await registered(disputes)
    nobody = somebody(role, areas=())
    assert await listed(disputes, nobody) == []
    answer = await disputes.call(nobody, "GET", f"{CASES}/{case['id']}")
    assert refusal(answer) == (404, "not_found")


async def test_a_group_serves_its_own_township_once_its_members_are_known(
    disputes: Running,
) -> None:
    """Before, everybody of a service group in the area may be one of them."""
    case = await registered(disputes)
    body = {"area_code": "330703105", "members": MEMBERS}
    for who in (GROUP_MEMBER, STRANGER):
        assert await listed(disputes, who) == [case["id"]]
    unknown = [member | {"subject": None} for member in MEMBERS]
    group = await created(disputes, TOWNSHIP, GROUPS, body | {"members": unknown})
    assert await listed(disputes, STRANGER) == [case["id"]]
    path = f"{GROUPS}/{{}}/members"
    group = (await attempt(disputes, TOWNSHIP, path, group, method="PUT", members=MEMBERS)).json()
    assert await listed(disputes, STRANGER) == []
    assert await listed(disputes, GROUP_MEMBER) == [case["id"]]
    answer = await attempt(disputes, STRANGER, f"{CASES}/{{}}/accept", case)
    assert refusal(answer) == (404, "not_found")
    await case_step(disputes, case, "accept", GROUP_MEMBER)
    others = [MEMBERS[1], MEMBERS[0] | {"name": "李法官", "subject": "judge-2"}]
    group = (await attempt(disputes, TOWNSHIP, path, group, method="PUT", members=others)).json()
    assert await listed(disputes, GROUP_MEMBER) == []
    assert await listed(disputes, STRANGER) == [case["id"]]
    await attempt(disputes, TOWNSHIP, f"{GROUPS}/{{}}/dissolve", group)
    assert await listed(disputes, GROUP_MEMBER) == [case["id"]]


async def test_nobody_handles_their_own_dispute(disputes: Running) -> None:
    own = [APPLICANT | {"subject": TOWNSHIP.subject}, RESPONDENT]
    case = await registered(disputes, parties=own)
    steps: list[tuple[str, dict[str, Any]]] = [
        ("accept", {}),
        ("start", {"mediator": "mediator-1"}),
        ("agreement", AGREEMENT | {"form": "WRITTEN"}),
        ("agreement/signatures", {"signer": ALL_SIGN[1]}),
        ("agreement/signatures", {"signer": ALL_SIGN[0]}),
        ("agreement/signatures", {"signer": ALL_SIGN[1]}),
        ("agreement/signatures", {"signer": ALL_SIGN[2]}),
        ("agreement/signatures", {"signer": ALL_SIGN[3]}),
        ("perform", {}),
        ("close", {}),
    ]
    for name, body in steps:
        answer = await attempt(disputes, TOWNSHIP, f"{CASES}/{{}}/{name}", case, **body)
        if body.get("signer") == ALL_SIGN[0]:  # one's own signature
            case = answer.json()
            continue
        assert refusal(answer) == (403, "own_case"), name
        assert "自己不能调解自己的纠纷" in answer.json()["detail"]
        if name == "accept":
            ended = await attempt(
                disputes, TOWNSHIP, f"{CASES}/{{}}/terminate", case, **TERMINATION
            )
            assert refusal(ended) == (403, "own_case")
        if body.get("signer") != ALL_SIGN[1] or case["version"] > 4:
            case = await case_step(disputes, case, name, DISTRICT, **body)
    assert case["status"] == "CLOSED"


async def test_a_registered_party_is_not_taken_off_by_itself(disputes: Running) -> None:
    own = [APPLICANT | {"subject": TOWNSHIP.subject}, RESPONDENT]
    case = await registered(disputes, parties=own)
    others = [APPLICANT, RESPONDENT]
    path = f"{CASES}/{{}}/parties"
    answer = await attempt(disputes, TOWNSHIP, path, case, method="PUT", parties=others)
    assert refusal(answer) == (403, "own_case")


@pytest.mark.parametrize("who", [OTHER_MEDIATOR, GROUP_MEMBER])
async def test_only_the_appointed_mediator_and_the_offices_bring_a_case_to_its_end(
    disputes: Running, who: Caller
) -> None:
    """Others have registered and accepted it; then it is in the mediator's hands."""
    case = await registered(disputes, who)
    case = await case_step(disputes, case, "accept", who)
    answer = await attempt(disputes, who, f"{CASES}/{{}}/terminate", case, **TERMINATION)
    assert refusal(answer) == (403, "case_of_others")
    case = await case_step(disputes, case, "start", who, mediator="mediator-1")
    written = AGREEMENT | {"form": "WRITTEN"}
    steps: list[tuple[str, dict[str, Any], Caller]] = [
        ("agreement", written, MEDIATOR),
        ("agreement/signatures", {"signer": ALL_SIGN[0]}, TOWNSHIP),
        ("agreement/signatures", {"signer": ALL_SIGN[1]}, DISTRICT),
        ("agreement/signatures", {"signer": ALL_SIGN[2]}, MEDIATOR),
        ("agreement/signatures", {"signer": ALL_SIGN[3]}, MEDIATOR),
        ("perform", {}, MEDIATOR),
    ]
    for name, body, entitled in steps:
        answer = await attempt(disputes, who, f"{CASES}/{{}}/{name}", case, **body)
        assert refusal(answer) == (403, "case_of_others")
        assert await allowed(disputes, who, case) <= {"describe_case"}
        case = await case_step(disputes, case, name, entitled, **body)


async def test_a_member_of_a_group_mediates_when_appointed(disputes: Running) -> None:
    case = await case_step(disputes, await registered(disputes), "accept")
    case = await case_step(disputes, case, "start", GROUP_MEMBER, mediator="judge-1")
    assert "record_agreement" in await allowed(disputes, GROUP_MEMBER, case)
    await case_step(disputes, case, "agreement", GROUP_MEMBER, **AGREEMENT)


async def test_who_may_read_all_and_mediate_some_does_not_mediate_all(disputes: Running) -> None:
    case = await mediated(disputes)
    both = somebody(roles.MEDIATOR, roles.AUDITOR)
    assert await allowed(disputes, both, case) == set()
    for name, body in (("agreement", AGREEMENT), ("terminate", TERMINATION)):
        answer = await attempt(disputes, both, f"{CASES}/{{}}/{name}", case, **body)
        assert refusal(answer) == (403, "case_of_others")
    answer = await attempt(disputes, OTHER_TOWNSHIP, f"{CASES}/{{}}/terminate", case, **TERMINATION)
    assert refusal(answer) == (404, "not_found")


async def allowed(disputes: Running, who: Caller, case: dict[str, Any]) -> set[str]:
    shown = await disputes.call(who, "GET", f"{CASES}/{case['id']}")
    return set(shown.json()["allowed_actions"])
