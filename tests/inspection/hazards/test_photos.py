"""Photos of a hazard: it neither passes a review nor is closed before those that were declared have come."""

from typing import Any

from tests.inspection.doing import HAZARD, Inspection
from tests.inspection.people import CONTACT, EXPERT, OFFICER, SECOND_OFFICER
from tests.support.files import asked, declaring, photo, sent

PHOTO = photo()


async def submitted(inspection: Inspection, *files: Any, level: str = "GENERAL") -> Any:
    receipt = await inspection.hazard(level, "RECTIFYING")
    body = {"rectification": "已清理", "attachments": files}
    return await inspection.step(CONTACT, "hazards", receipt, "submit", **body)


async def test_photos_of_what_was_found_are_told_with_it(inspection: Inspection) -> None:
    enterprise = await inspection.enterprise()
    file = declaring(PHOTO, taken_at="2026-11-01T09:00:00+08:00")
    body = HAZARD | {"enterprise_id": enterprise["id"], "attachments": [file]}
    receipt = await inspection.created(EXPERT, "hazards", body)
    await sent(inspection.service, EXPERT, file["id"], PHOTO)
    detail = await inspection.shown(receipt)
    assert (detail["missing"], len(detail["attachments"])) == ([], 1)
    assert detail["attachments"][0]["exif"]["position"]["datum"] == "WGS84"
    content = await asked(inspection.service, CONTACT, file["id"], "/content")
    assert content.headers["content-type"] == "image/jpeg"


async def test_a_rectification_passes_once_its_photos_are_whole(inspection: Inspection) -> None:
    file = declaring(PHOTO)
    receipt = await submitted(inspection, file)
    refused = await inspection.post(OFFICER, f"hazards/{receipt['id']}/pass", {}, receipt)
    assert (refused.status_code, refused.json()["code"]) == (409, "attachments_missing")
    assert file["id"] in refused.json()["detail"]
    await sent(inspection.service, CONTACT, file["id"], PHOTO)
    receipt = await inspection.step(OFFICER, "hazards", receipt, "pass")
    assert receipt["status"] == "PASSED"


async def test_it_is_closed_once_the_reviewers_photos_are_whole(inspection: Inspection) -> None:
    file = declaring(PHOTO)
    receipt = await submitted(inspection)
    receipt = await inspection.step(OFFICER, "hazards", receipt, "pass", attachments=[file])
    close = await inspection.refused(OFFICER, "hazards", receipt, "close")
    assert close == (409, "attachments_missing")
    await sent(inspection.service, OFFICER, file["id"], PHOTO)
    assert (await inspection.step(OFFICER, "hazards", receipt, "close"))["status"] == "CLOSED"


async def test_the_second_officer_waits_for_the_firsts_photos(inspection: Inspection) -> None:
    file = declaring(PHOTO)
    receipt = await submitted(inspection, level="MAJOR")
    receipt = await inspection.step(OFFICER, "hazards", receipt, "pass", attachments=[file])
    again = await inspection.refused(SECOND_OFFICER, "hazards", receipt, "pass")
    assert again == (409, "attachments_missing")


async def test_photos_that_a_batch_declares_count_within_it(inspection: Inspection) -> None:
    file = declaring(PHOTO)
    receipt = await submitted(inspection)
    steps = [("pass_hazard_review", {"attachments": [file]}), ("close_hazard", {})]
    items = [
        {"operation": name, "id": receipt["id"], "key": name, "body": body} for name, body in steps
    ]
    answer = await inspection.post(OFFICER, "batch", {"items": items})
    told = [(item["outcome"], item.get("code")) for item in answer.json()["results"]]
    assert told == [("applied", None), ("conflict", "attachments_missing")]
    await sent(inspection.service, OFFICER, file["id"], PHOTO)
    answer = await inspection.post(OFFICER, "batch", {"items": items})
    told = [(item["outcome"], item.get("code")) for item in answer.json()["results"]]
    assert told == [("duplicate", None), ("applied", None)]


async def test_a_file_that_will_not_come_is_withdrawn_by_an_officer(
    inspection: Inspection,
) -> None:
    file = declaring(PHOTO)
    receipt = await submitted(inspection, file)
    path = f"/v1/inspection/attachments/{file['id']}"
    assert (await inspection.service.call(EXPERT, "DELETE", path)).status_code == 403
    assert (await inspection.service.call(OFFICER, "DELETE", path)).status_code == 200
    receipt = await inspection.step(OFFICER, "hazards", receipt, "pass")
    assert (await inspection.shown(receipt))["attachments"][0]["state"] == "WITHDRAWN"
