"""Who answers for an enterprise, or for a plan, stands sealed, is shown masked, and is told for a purpose."""

from dataclasses import replace
from typing import Any

import pytest

from services.chassis.audit import Action
from services.contracts import roles
from tests.inspection.doing import ENTERPRISE, PLAN, Inspection, Receipt
from tests.inspection.people import AUDITOR, CONTACT, EXPERT, OFFICER, OTHER_EXPERT, OTHER_USCC
from tests.inspection.test_scope import also
from tests.support.people import IMPORTER, OTHER_TOWNSHIP, TOWNSHIP
from tests.support.revealing import PURPOSE, Recorder, erase, everything, revealed, searched

SECRETS = ("朱建国", "李四", "王小明", "13800005678", "13900001234")


@pytest.fixture
async def recorder(inspection: Inspection) -> Recorder:
    return Recorder.of(inspection.service)


def path(noun: str, receipt: Receipt) -> str:
    return f"/v1/inspection/{noun}/{receipt['id']}"


async def planned(inspection: Inspection) -> tuple[Receipt, Any]:
    """A hazard and its plan, as it is shown."""
    receipt = await inspection.hazard(until="RECTIFYING")
    return receipt, (await inspection.shown(receipt))["plan"]


async def test_no_row_of_any_table_tells_who_answers(inspection: Inspection) -> None:
    await planned(inspection)
    told = await everything(inspection.service)
    assert "示范五金厂" in told
    for secret in SECRETS:
        for clear in (secret, secret.encode().hex()):
            assert clear not in told


async def test_who_answers_for_an_enterprise_is_shown_masked(inspection: Inspection) -> None:
    receipt = await inspection.enterprise()
    for caller in (AUDITOR, CONTACT, EXPERT):
        shown = (await inspection.get(caller, f"enterprises/{receipt['id']}")).json()
        told = [shown[who] for who in ("principal", "safety_officer")]
        masked = [("朱**", "138****5678", False), ("李*", "139****1234", False)]
        assert [(who["name"], who["phone"], who["erased"]) for who in told] == masked
        assert (shown["name"], shown["uscc"]) == (ENTERPRISE["name"], ENTERPRISE["uscc"])
    alone = await inspection.enterprise(uscc=OTHER_USCC, principal=None)
    shown = await inspection.shown(alone, "enterprises")
    assert (shown["principal"], shown["safety_officer"]["name"]) == (None, "李*")


async def test_neither_list_tells_of_people(inspection: Inspection) -> None:
    await planned(inspection)
    for noun in ("enterprises", "hazards"):
        listed = await inspection.get(OFFICER, noun)
        assert len(listed.json()["items"]) == 1
        assert not [secret for secret in (*SECRETS, "138****") if secret in listed.text]


async def test_who_is_responsible_for_a_plan_is_shown_masked(inspection: Inspection) -> None:
    _, plan = await planned(inspection)
    assert (plan["responsible"], plan["erased"]) == ("王**", False)
    assert (plan["measures"], plan["funds"]) == (PLAN["measures"], "2000 元")


async def test_they_are_told_in_the_clear_for_a_purpose(
    inspection: Inspection, recorder: Recorder
) -> None:
    enterprise = await inspection.enterprise(uscc=OTHER_USCC)
    person = (await inspection.shown(enterprise, "enterprises"))["safety_officer"]["person"]
    own = path("enterprises", enterprise)
    answer = await revealed(inspection.service, EXPERT, own, person, "name", "phone")
    assert answer.json() == {"id": person, "name": "李四", "phone": "13900001234"}
    hazard, plan = await planned(inspection)
    own = path("hazards", hazard)
    answer = await revealed(inspection.service, OFFICER, own, plan["person"], "name")
    assert answer.json() == {"id": plan["person"], "name": PLAN["responsible"]}
    assert answer.headers["cache-control"] == "no-store"
    told = [(entry.action, entry.noun, str(entry.object_id)) for entry in recorder.entries]
    assert told == [
        (Action.REVEALED, "enterprise", enterprise["id"]),
        (Action.REVEALED, "hazard", hazard["id"]),
    ]
    assert {entry.purpose for entry in recorder.entries} == {PURPOSE}


async def test_who_sees_a_record_as_its_contact_is_told_nothing_for_being_an_expert_elsewhere(
    inspection: Inspection, recorder: Recorder
) -> None:
    hazard, plan = await planned(inspection)
    enterprise = {"id": (await inspection.shown(hazard))["enterprise_id"]}
    principal = (await inspection.shown(enterprise, "enterprises"))["principal"]
    both = replace(also(CONTACT, roles.STATION_EXPERT), areas=("330703101",))
    for noun, receipt, person in (
        ("hazards", hazard, plan["person"]),
        ("enterprises", enterprise, principal["person"]),
    ):
        assert (await inspection.get(both, f"{noun}/{receipt['id']}")).status_code == 200
        answer = await revealed(inspection.service, both, path(noun, receipt), person)
        assert (answer.status_code, answer.json()["code"]) == (403, "out_of_reach")
    assert recorder.entries == []


async def test_a_reveal_needs_permission_scope_and_the_persons_own_record(
    inspection: Inspection, recorder: Recorder
) -> None:
    hazard, plan = await planned(inspection)
    enterprise = (await inspection.shown(hazard))["enterprise_id"]
    principal = (await inspection.shown({"id": enterprise}, "enterprises"))["principal"]
    firm = path("enterprises", {"id": enterprise})
    for own, person in ((path("hazards", hazard), plan), (firm, principal)):
        for caller, status in (
            (CONTACT, 403),
            (AUDITOR, 403),
            (IMPORTER, 403),
            (OTHER_EXPERT, 404),
        ):
            answer = await revealed(inspection.service, caller, own, person["person"])
            assert answer.status_code == status
    for own, person in ((path("hazards", hazard), principal), (firm, plan)):
        answer = await revealed(inspection.service, OFFICER, own, person["person"])
        assert answer.status_code == 404
    assert recorder.entries == []


async def test_of_who_was_erased_nothing_is_told(
    inspection: Inspection, recorder: Recorder
) -> None:
    hazard, plan = await planned(inspection)
    enterprise = {"id": (await inspection.shown(hazard))["enterprise_id"]}
    principal = (await inspection.shown(enterprise, "enterprises"))["principal"]
    for person in (plan["person"], principal["person"]):
        await erase(inspection.service, person)
    plan = (await inspection.shown(hazard))["plan"]
    assert (plan["responsible"], plan["erased"]) == ("已删除", True)
    principal = (await inspection.shown(enterprise, "enterprises"))["principal"]
    told = (principal["name"], principal["phone"], principal["erased"])
    assert told == ("已删除", None, True)
    own = path("enterprises", enterprise)
    answer = await revealed(inspection.service, OFFICER, own, principal["person"])
    assert (answer.status_code, answer.json()["code"]) == (409, "person_erased")
    assert recorder.entries == []


async def test_the_data_of_another_person_do_not_open(inspection: Inspection) -> None:
    receipt = await inspection.enterprise()
    await inspection.service.fetch(
        "update person set name = (select name from person order by id limit 1)"
    )
    answer = await inspection.get(OFFICER, f"enterprises/{receipt['id']}")
    assert (answer.status_code, answer.json()["code"]) == (503, "not_readable")
    assert "朱" not in answer.text


async def test_a_contact_is_found_by_telephone_within_the_callers_scope(
    inspection: Inspection, recorder: Recorder
) -> None:
    receipt = await inspection.enterprise()
    await inspection.enterprise(uscc=OTHER_USCC, principal=None)
    for caller, expected in ((TOWNSHIP, [("enterprise", receipt["id"])]), (OTHER_TOWNSHIP, [])):
        answer = await searched(inspection.service, caller, "inspection", phone="138 0000 5678")
        items = answer.json()["items"]
        assert [(item["noun"], item["aggregate_id"]) for item in items] == expected
    assert [entry.action for entry in recorder.entries] == [Action.SEARCHED] * 2
