from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.chassis.deadlines.calendar import day_start, local_day
from services.chassis.identity.caller import Caller
from services.chassis.numbers import is_valid
from services.chassis.operation import Item
from services.contracts.inspection import hazard_id_of
from services.inspection.hazards.operations import notify_hazard
from services.inspection.hazards.schemas import NotifyIn
from tests.inspection.doing import ENTERPRISE, FIVE, HAZARD, PLAN, Inspection, day, hours_ago
from tests.inspection.people import (
    CONTACT,
    EXPERT,
    OFFICER,
    OTHER_CONTACT,
    OTHER_EXPERT,
    SECOND_EXPERT,
    SECOND_OFFICER,
    USCC,
)
from tests.support.people import IMPORTER


async def test_a_hazard_goes_from_found_to_closed(inspection: Inspection) -> None:
    receipt = await inspection.hazard("MAJOR", "PASSED")
    receipt = await inspection.step(OFFICER, "hazards", receipt, "close")
    assert (receipt["status"], receipt["version"]) == ("CLOSED", 7)
    assert receipt["number"].startswith("HZ330703105")
    assert is_valid(receipt["number"])
    assert (await inspection.events())[1:] == [
        ("hazard.found", 1),
        ("hazard.notified", 2),
        ("hazard.planned", 3),
        ("hazard.submitted", 4),
        ("hazard.review_confirmed", 5),
        ("hazard.passed", 6),
        ("hazard.closed", 7),
    ]
    shown = (await inspection.get(EXPERT, f"hazards/{receipt['id']}")).json()
    assert shown["area_code"] == "330703105291001"
    assert shown["plan"]["responsible"] == "王**"
    assert [r["reviewer"] for r in shown["reviews"]] == ["officer", "second-officer"]
    assert shown["allowed_actions"] == []


async def test_a_failed_review_sends_it_back(inspection: Inspection) -> None:
    receipt = await inspection.hazard(until="SUBMITTED")
    receipt = await inspection.step(OFFICER, "hazards", receipt, "fail", comment="仍有杂物")
    assert receipt["status"] == "RECTIFYING"
    shown = (await inspection.get(CONTACT, f"hazards/{receipt['id']}")).json()
    assert (shown["round"], shown["submitter"]) == (2, None)
    assert shown["allowed_actions"] == ["submit_rectification"]


async def test_a_wrong_record_is_voided_by_a_second_person(inspection: Inspection) -> None:
    receipt = await inspection.hazard()
    receipt = await inspection.step(OFFICER, "hazards", receipt, "void", reason="重复登记")
    assert receipt["status"] == "VOID"


async def test_the_notice_gives_the_configured_time(inspection: Inspection) -> None:
    await inspection.service.fetch(
        "insert into rectification_limit values ('GENERAL', '330703105', '2017-01-01', '48h')"
    )
    receipt = await inspection.step(OFFICER, "hazards", await inspection.hazard(), "notify")
    shown = await inspection.shown(receipt)
    given = datetime.fromisoformat(shown["rectify_due_at"]) - datetime.fromisoformat(
        shown["notified_at"]
    )
    assert given == timedelta(hours=48)


async def test_a_plans_deadline_is_the_end_of_its_last_day(inspection: Inspection) -> None:
    receipt = await inspection.hazard(until="NOTIFIED")
    last = local_day(datetime.now(UTC)) + timedelta(days=3)
    receipt = await inspection.step(
        CONTACT, "hazards", receipt, "plan", **PLAN, deadline=last.isoformat()
    )
    shown = (await inspection.get(OFFICER, f"hazards/{receipt['id']}")).json()
    due = datetime.fromisoformat(shown["rectify_due_at"])
    assert due == day_start(last + timedelta(days=1))


async def test_a_passed_deadline_is_recorded_once(inspection: Inspection) -> None:
    receipt = await inspection.hazard(until="NOTIFIED")
    row = (await inspection.service.fetch("select due_at from clock"))[0]
    sweeper = inspection.sweeper()
    assert not await sweeper.sweep(row["due_at"] - timedelta(seconds=1))
    for _ in range(2):
        await sweeper.sweep(row["due_at"])
    assert (await inspection.events())[-2:] == [("hazard.notified", 2), ("hazard.overdue", 3)]
    shown = (await inspection.get(OFFICER, f"hazards/{receipt['id']}")).json()
    assert shown["rectify_overdue_at"] == shown["rectify_due_at"]


OWN_OFFICER = replace(OFFICER, organisation=USCC)
FAR = {"comment": "有误", "deadline": "9999-12-31"}
REFUSALS: list[tuple[str, Caller, str, dict[str, Any], tuple[int, str]]] = [
    ("FOUND", CONTACT, "notify", {}, (403, "permission_missing")),
    ("FOUND", OFFICER, "notify", {"deadline": "2020-01-01"}, (422, "deadline_passed")),
    ("FOUND", OFFICER, "notify", {"deadline": "9999-12-31"}, (422, "invalid_request")),
    ("FOUND", OFFICER, "notify", {"deadline": "1899-12-31"}, (422, "invalid_request")),
    ("FOUND", OFFICER, "plan", PLAN, (409, "step_not_allowed")),
    ("NOTIFIED", CONTACT, "plan", PLAN, (422, "plan_incomplete")),
    ("NOTIFIED", CONTACT, "plan", FIVE | {"deadline": "9999-12-31"}, (422, "invalid_request")),
    (
        "NOTIFIED",
        CONTACT,
        "plan",
        FIVE | {"deadline": day(21)},
        (403, "extension_by_officers_only"),
    ),
    ("NOTIFIED", OTHER_CONTACT, "plan", FIVE, (404, "not_found")),
    ("NOTIFIED", OTHER_EXPERT, "plan", FIVE, (404, "not_found")),
    ("NOTIFIED", EXPERT, "void", {"reason": "重复"}, (403, "permission_missing")),
    ("RECTIFYING", OFFICER, "void", {"reason": "重复"}, (409, "step_not_allowed")),
    ("RECTIFYING", CONTACT, "submit", {}, (422, "invalid_request")),
    ("SUBMITTED", CONTACT, "pass", {}, (403, "permission_missing")),
    ("SUBMITTED", OFFICER, "pass", {"with_reviewers": ["x"]}, (422, "invalid_request")),
    ("SUBMITTED", EXPERT, "pass", {}, (403, "officers_only")),
    ("SUBMITTED", OWN_OFFICER, "pass", {}, (403, "reviewer_is_of_the_enterprise")),
    ("SUBMITTED", OWN_OFFICER, "fail", {"comment": "有误"}, (403, "reviewer_is_of_the_enterprise")),
    ("SUBMITTED", OFFICER, "fail", FAR, (422, "invalid_request")),
    ("SUBMITTED", OFFICER, "close", {}, (409, "step_not_allowed")),
    ("PASSED", EXPERT, "close", {}, (403, "officers_only")),
    ("PASSED", OFFICER, "fail", {"comment": "有误"}, (409, "step_not_allowed")),
]


@pytest.mark.parametrize("until", ["FOUND", "NOTIFIED", "RECTIFYING", "SUBMITTED", "PASSED"])
async def test_a_step_on_a_major_hazard_is_refused(inspection: Inspection, until: str) -> None:
    receipt = await inspection.hazard("MAJOR", until)
    events = await inspection.events()
    for status, caller, step, body, refusal in REFUSALS:
        if status == until:
            met = await inspection.refused(caller, "hazards", receipt, step, **body)
            assert met == refusal
    assert await inspection.events() == events


async def test_one_officer_does_not_pass_a_major_hazard(inspection: Inspection) -> None:
    receipt = await inspection.hazard("MAJOR", "SUBMITTED")
    receipt = await inspection.step(OFFICER, "hazards", receipt, "pass")
    assert receipt["status"] == "SUBMITTED"
    again = await inspection.refused(OFFICER, "hazards", receipt, "pass")
    assert again == (403, "second_reviewer_needed")
    for caller, allowed in (
        (OFFICER, ["fail_hazard_review"]),
        (SECOND_OFFICER, ["pass_hazard_review", "fail_hazard_review"]),
    ):
        shown = (await inspection.get(caller, f"hazards/{receipt['id']}")).json()
        assert shown["allowed_actions"] == allowed
    receipt = await inspection.step(SECOND_OFFICER, "hazards", receipt, "pass")
    assert receipt["status"] == "PASSED"


async def test_no_plan_of_the_enterprise_undoes_a_passed_deadline(inspection: Inspection) -> None:
    enterprise = await inspection.enterprise()
    found = HAZARD | {"enterprise_id": enterprise["id"], "occurred_at": hours_ago(60)}
    receipt = await inspection.created(EXPERT, "hazards", found)
    notice = {"occurred_at": hours_ago(59), "deadline": day(-1)}
    receipt = await inspection.step(OFFICER, "hazards", receipt, "notify", **notice)
    assert await inspection.sweeper().sweep(datetime.now(UTC)) is False
    before = await inspection.shown(receipt)
    assert before["rectify_overdue_at"] == before["rectify_due_at"]
    receipt["version"] = before["version"]
    receipt = await inspection.step(CONTACT, "hazards", receipt, "plan", **FIVE)
    after = await inspection.shown(receipt)
    for name in ("rectify_overdue_at", "rectify_due_at"):
        assert after[name] == before[name]


async def test_an_officer_extends_a_deadline_before_it_passes(inspection: Inspection) -> None:
    receipt = await inspection.hazard("MAJOR", "NOTIFIED")
    plan = FIVE | {"deadline": day(30)}
    receipt = await inspection.step(OFFICER, "hazards", receipt, "plan", **plan)
    due = datetime.fromisoformat((await inspection.shown(receipt))["rectify_due_at"])
    assert due == day_start(date.fromisoformat(day(31)))


async def test_a_limit_that_waits_for_the_calendar_is_set_when_it_comes(
    inspection: Inspection,
) -> None:
    receipt = await inspection.hazard()
    far = datetime(2150, 6, 4, 2, tzinfo=UTC)
    notice = Item(notify_hazard, UUID(receipt["id"]), NotifyIn())
    await inspection.service.runtime.unit.run([notice], OFFICER, at=far)
    assert (await inspection.shown(receipt))["rectify_due_at"] is None
    sweeper = inspection.sweeper()
    await sweeper.schedule(far)
    assert (await inspection.events())[-1] == ("hazard.notified", 2)
    await inspection.knows_year(2150)
    await sweeper.schedule(far)
    await sweeper.schedule(far)
    assert (await inspection.events())[-2:] == [("hazard.notified", 2), ("hazard.deadline_set", 3)]
    shown = await inspection.shown(receipt)
    assert shown["rectify_due_at"] == "2150-06-19T16:00:00Z"
    clocks = await inspection.service.fetch("select due_at from clock")
    assert clocks[0]["due_at"].isoformat() == "2150-06-19T16:00:00+00:00"


async def test_not_even_an_import_takes_the_id_that_a_report_would_get(
    inspection: Inspection,
) -> None:
    enterprise = await inspection.enterprise()
    opened = await inspection.post(IMPORTER, "imports", {"source": "2017 年台账"})
    body = HAZARD | {"enterprise_id": enterprise["id"]}
    reserved = str(hazard_id_of(uuid4()))
    item = {"operation": "find_hazard", "id": reserved, "key": "1", "body": body}
    batch = {"import_batch": opened.json()["id"], "items": [item]}
    result = (await inspection.post(IMPORTER, "batch", batch)).json()["results"][0]
    assert (result["outcome"], result["code"]) == ("rejected", "id_reserved")
    assert [error["pointer"][-3:] for error in result["errors"]] == ["/id"]


async def test_an_enterprise_and_its_hazard_come_in_one_batch(inspection: Inspection) -> None:
    enterprise = str(uuid4())
    body = HAZARD | {"enterprise_id": enterprise}
    items: list[dict[str, Any]] = [
        {"operation": "register_enterprise", "id": enterprise, "key": "1", "body": ENTERPRISE},
        {"operation": "find_hazard", "key": "2", "body": body},
    ]
    answer = await inspection.post(EXPERT, "batch", {"items": items})
    assert [result["outcome"] for result in answer.json()["results"]] == ["applied", "applied"]


async def test_no_hazard_begins_where_an_enterprise_has_left(inspection: Inspection) -> None:
    enterprise = await inspection.enterprise(occurred_at=hours_ago(60))
    left = {"status": "CLOSED", "occurred_at": hours_ago(10)}
    await inspection.step(OFFICER, "enterprises", enterprise, "status", **left)
    body = HAZARD | {"enterprise_id": enterprise["id"]}
    answer = await inspection.post(EXPERT, "hazards", body)
    assert (answer.status_code, answer.json()["code"]) == (409, "enterprise_left")
    await inspection.created(EXPERT, "hazards", body | {"occurred_at": hours_ago(20)})


async def test_a_finder_cannot_void(inspection: Inspection) -> None:
    enterprise = await inspection.enterprise()
    body = HAZARD | {"enterprise_id": enterprise["id"]}
    receipt = await inspection.created(OFFICER, "hazards", body)
    refusal = await inspection.refused(OFFICER, "hazards", receipt, "void", reason="重复")
    assert refusal == (403, "voider_is_finder")


async def test_an_app_is_told_what_its_user_may_do(inspection: Inspection) -> None:
    receipt = await inspection.hazard("MAJOR", "SUBMITTED")
    for caller, allowed in (
        (OFFICER, ["pass_hazard_review", "fail_hazard_review"]),
        (SECOND_EXPERT, ["fail_hazard_review"]),
        (CONTACT, []),
    ):
        shown = (await inspection.get(caller, f"hazards/{receipt['id']}")).json()
        assert shown["allowed_actions"] == allowed


async def test_a_hazard_belongs_to_an_enterprise_within_ones_scope(
    inspection: Inspection,
) -> None:
    enterprise = await inspection.enterprise()
    for caller, enterprise_id in ((EXPERT, str(uuid4())), (OTHER_EXPERT, enterprise["id"])):
        body = HAZARD | {"enterprise_id": enterprise_id}
        answer = await inspection.post(caller, "hazards", body)
        assert (answer.status_code, answer.json()["code"]) == (422, "enterprise_unknown")


async def test_a_retry_is_answered_as_before_also_where_it_would_be_refused_now(
    inspection: Inspection,
) -> None:
    enterprise = await inspection.enterprise()
    body = HAZARD | {"enterprise_id": enterprise["id"], "id": str(uuid4())}
    receipt = await inspection.created(EXPERT, "hazards", body)
    moved = replace(EXPERT, areas=("330703101",))
    assert await inspection.created(moved, "hazards", body) == receipt


async def test_only_its_area_and_its_enterprise_see_a_hazard(inspection: Inspection) -> None:
    receipt = await inspection.hazard()
    for caller, status, ids in (
        (OFFICER, 200, [receipt["id"]]),
        (CONTACT, 200, [receipt["id"]]),
        (OTHER_CONTACT, 404, []),
        (OTHER_EXPERT, 404, []),
    ):
        answer = await inspection.get(caller, f"hazards/{receipt['id']}")
        assert answer.status_code == status
        listed = (await inspection.get(caller, "hazards")).json()["items"]
        assert [line["id"] for line in listed] == ids


async def test_hazards_are_listed_by_what_they_are(inspection: Inspection) -> None:
    receipt = await inspection.hazard("MAJOR", "NOTIFIED")
    shown = (await inspection.get(OFFICER, f"hazards/{receipt['id']}")).json()
    for filters, found in (
        ({"status": "NOTIFIED"}, 1),
        ({"status": "FOUND"}, 0),
        ({"level": "MAJOR", "domain": "FIRE"}, 1),
        ({"level": "GENERAL"}, 0),
        ({"enterprise_id": shown["enterprise_id"]}, 1),
        ({"enterprise_id": str(uuid4())}, 0),
    ):
        listed = (await inspection.get(OFFICER, "hazards", **filters)).json()["items"]
        assert len(listed) == found
