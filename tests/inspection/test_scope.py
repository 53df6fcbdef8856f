"""Each role brings its own reach; two of them together bring no more than that."""

from dataclasses import replace

import pytest

from services.chassis.identity.caller import Caller
from services.contracts import roles
from tests.inspection.doing import FIVE, HAZARD, Inspection, Receipt
from tests.inspection.people import (
    AUDITOR,
    CONTACT,
    EXPERT,
    OFFICER,
    OTHER_CONTACT,
    OTHER_EXPERT,
    OTHER_USCC,
    USCC,
)

CONTENT = {"hazards": 2}


def also(caller: Caller, role: str) -> Caller:
    return replace(caller, roles=caller.roles | {role})


async def made(inspection: Inspection) -> dict[str, Receipt]:
    """One of each noun, at one enterprise."""
    enterprise = await inspection.enterprise()
    named = {"enterprise_id": enterprise["id"]}
    return {
        "enterprises": enterprise,
        "hazards": await inspection.created(EXPERT, "hazards", HAZARD | named),
        "reports": await inspection.created(EXPERT, "reports", CONTENT | named),
    }


async def seen(inspection: Inspection, caller: Caller) -> list[int]:
    """How many of each noun the caller's lists hold."""
    pages = [await inspection.get(caller, noun) for noun in ("enterprises", "hazards", "reports")]
    return [len(page.json()["items"]) for page in pages]


@pytest.mark.parametrize(
    "role", [roles.RED_GRID_MEMBER, roles.RESIDENT, roles.MEDIATOR, roles.TRAINING_OFFICER]
)
async def test_a_contact_with_an_unrelated_role_sees_no_competitor(
    inspection: Inspection, role: str
) -> None:
    await made(inspection)
    assert await seen(inspection, also(OTHER_CONTACT, role)) == [0, 0, 0]
    assert await seen(inspection, also(CONTACT, role)) == [1, 1, 1]


async def test_a_role_without_areas_reads_nothing_by_area(inspection: Inspection) -> None:
    receipts = await made(inspection)
    nowhere = replace(AUDITOR, areas=())
    assert await seen(inspection, nowhere) == [0, 0, 0]
    assert await seen(inspection, replace(CONTACT, areas=())) == [1, 1, 1]
    for noun, receipt in receipts.items():
        assert (await inspection.get(nowhere, f"{noun}/{receipt['id']}")).status_code == 404


async def test_only_a_contact_sees_the_enterprise_of_their_organisation(
    inspection: Inspection,
) -> None:
    await made(inspection)
    assert await seen(inspection, replace(OTHER_EXPERT, organisation=USCC)) == [0, 0, 0]


async def test_what_one_role_sees_another_does_not_change(inspection: Inspection) -> None:
    """An auditor sees the hazard, a contact may plan their own: neither may plan this one."""
    hazard = (await made(inspection))["hazards"]
    hazard = await inspection.step(OFFICER, "hazards", hazard, "notify", deadline=FIVE["deadline"])
    both = also(OTHER_CONTACT, roles.AUDITOR)
    shown = await inspection.get(both, f"hazards/{hazard['id']}")
    assert (shown.status_code, shown.json()["allowed_actions"]) == (200, [])
    refusal = await inspection.refused(both, "hazards", hazard, "plan", **FIVE)
    assert refusal == (403, "out_of_reach")


async def test_the_contact_of_an_enterprise_reads_plans_and_submits(
    inspection: Inspection,
) -> None:
    """Also where the same person is an expert elsewhere."""
    receipts = await made(inspection)
    both = replace(also(CONTACT, roles.STATION_EXPERT), areas=("330703101",))
    for noun, step, body in (
        ("enterprises", "ratings", {"method": "OVERRIDE", "colour": "BLUE", "reason": "自评"}),
        ("enterprises", "file", {}),
        ("reports", "supersede", CONTENT | {"hazards": 0, "reason": "重复计数"}),
    ):
        refusal = await inspection.refused(both, noun, receipts[noun], step, **body)
        assert refusal == (403, "out_of_reach")
        shown = await inspection.get(both, f"{noun}/{receipts[noun]['id']}")
        assert shown.json()["allowed_actions"] == []
    hazard = await inspection.step(OFFICER, "hazards", receipts["hazards"], "notify")
    hazard = await inspection.step(both, "hazards", hazard, "plan", **FIVE | {"deadline": None})
    hazard = await inspection.step(both, "hazards", hazard, "submit", rectification="已清理")
    for step, body in (("pass", {}), ("fail", {"comment": "有误"})):
        refusal = await inspection.refused(both, "hazards", hazard, step, **body)
        assert refusal == (403, "out_of_reach")


async def test_an_expert_of_the_enterprise_does_not_review_it(inspection: Inspection) -> None:
    hazard = await inspection.hazard(until="SUBMITTED")
    own = replace(EXPERT, subject="own", organisation=USCC)
    refusal = await inspection.refused(own, "hazards", hazard, "pass")
    assert refusal == (403, "reviewer_is_of_the_enterprise")
    shown = (await inspection.get(own, f"hazards/{hazard['id']}")).json()
    assert shown["allowed_actions"] == []
    other = replace(own, organisation=OTHER_USCC)
    await inspection.step(other, "hazards", hazard, "pass")


async def test_who_found_a_hazard_reads_it_wherever_they_are_now(inspection: Inspection) -> None:
    hazard = (await made(inspection))["hazards"]
    moved = replace(EXPERT, areas=("330703101",))
    shown = await inspection.get(moved, f"hazards/{hazard['id']}")
    assert (shown.status_code, shown.json()["allowed_actions"]) == (200, [])
