from typing import Any
from uuid import uuid4

from services.chassis.numbers import is_valid
from tests.inspection.doing import Inspection, Receipt, hours_ago
from tests.inspection.people import CONTACT, EXPERT, OFFICER, OTHER_CONTACT, OTHER_EXPERT

CONTENT: dict[str, Any] = {"hazards": 10, "colour_after": "ORANGE", "file_hash": "ab" * 32}


async def issued(inspection: Inspection) -> Receipt:
    enterprise = await inspection.enterprise()
    body = CONTENT | {"enterprise_id": enterprise["id"]}
    return await inspection.created(EXPERT, "reports", body)


async def test_a_report_is_issued(inspection: Inspection) -> None:
    receipt = await issued(inspection)
    assert receipt["number"].startswith("RP330703105")
    assert is_valid(receipt["number"])
    assert (receipt["status"], receipt["version"]) == ("ISSUED", 1)
    assert (await inspection.events())[1:] == [("checkup_report.issued", 1)]
    shown = (await inspection.get(OFFICER, f"reports/{receipt['id']}")).json()
    assert (shown["hazards"], shown["area_code"]) == (10, "330703105291001")


async def test_a_correction_is_a_new_edition_and_keeps_the_old(inspection: Inspection) -> None:
    receipt = await issued(inspection)
    body = CONTENT | {"hazards": 9, "reason": "重复计数"}
    receipt = await inspection.step(EXPERT, "reports", receipt, "supersede", **body)
    shown = (await inspection.get(EXPERT, f"reports/{receipt['id']}")).json()
    assert (shown["edition"], shown["hazards"]) == (2, 9)
    assert [(e["edition"], e["status"], e["hazards"]) for e in shown["editions"]] == [
        (1, "SUPERSEDED", 10),
        (2, "ISSUED", 9),
    ]
    assert shown["allowed_actions"] == ["supersede_checkup_report"]
    assert (await inspection.events())[-1] == ("checkup_report.superseded", 2)


async def test_a_correction_that_corrects_nothing_is_refused(inspection: Inspection) -> None:
    receipt = await issued(inspection)
    body = CONTENT | {"reason": "重复计数"}
    refusal = await inspection.refused(EXPERT, "reports", receipt, "supersede", **body)
    assert refusal == (422, "nothing_corrected")


async def test_a_correction_never_precedes_what_it_corrects(inspection: Inspection) -> None:
    receipt = await issued(inspection)
    body = CONTENT | {"hazards": 9, "reason": "重复计数", "occurred_at": hours_ago(8)}
    refusal = await inspection.refused(EXPERT, "reports", receipt, "supersede", **body)
    assert refusal == (422, "earlier_than_the_last_step")


async def test_no_report_is_issued_on_an_enterprise_that_has_left(inspection: Inspection) -> None:
    enterprise = await inspection.enterprise()
    await inspection.step(OFFICER, "enterprises", enterprise, "status", status="CLOSED")
    body = CONTENT | {"enterprise_id": enterprise["id"]}
    answer = await inspection.post(EXPERT, "reports", body)
    assert (answer.status_code, answer.json()["code"]) == (409, "enterprise_left")


async def test_only_the_station_issues_for_enterprises_within_its_scope(
    inspection: Inspection,
) -> None:
    enterprise = await inspection.enterprise()
    for caller, enterprise_id, refusal in (
        (EXPERT, str(uuid4()), (422, "enterprise_unknown")),
        (OTHER_EXPERT, enterprise["id"], (422, "enterprise_unknown")),
        (CONTACT, enterprise["id"], (403, "permission_missing")),
    ):
        body = CONTENT | {"enterprise_id": enterprise_id}
        answer = await inspection.post(caller, "reports", body)
        assert (answer.status_code, answer.json()["code"]) == refusal


async def test_only_its_area_and_its_enterprise_see_a_report(inspection: Inspection) -> None:
    receipt = await issued(inspection)
    enterprise_id = (await inspection.get(EXPERT, f"reports/{receipt['id']}")).json()[
        "enterprise_id"
    ]
    for caller, status, ids in (
        (OFFICER, 200, [receipt["id"]]),
        (CONTACT, 200, [receipt["id"]]),
        (OTHER_CONTACT, 404, []),
        (OTHER_EXPERT, 404, []),
    ):
        answer = await inspection.get(caller, f"reports/{receipt['id']}")
        assert answer.status_code == status
        listed = await inspection.get(caller, "reports", enterprise_id=enterprise_id)
        assert [line["id"] for line in listed.json()["items"]] == ids
    nothing = await inspection.get(EXPERT, "reports", enterprise_id=str(uuid4()))
    assert nothing.json()["items"] == []
