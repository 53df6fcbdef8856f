"""The steps of a report over HTTP: who may take which, and how each is refused."""

import json
from typing import Any
from uuid import uuid4

import pytest

from services.contracts import roles
from services.grid.reports.lifecycle import MERGED, OPEN
from tests.grid.people import (
    AGENCY,
    AUDITOR,
    COLLEAGUE,
    ELSEWHERE,
    FULL_TIME,
    GRID,
    MATE,
    NEIGHBOUR,
    OTHER_OFFICE,
    RESIDENT,
    STRANGER,
    TOWN,
    VILLAGE,
    both,
)
from tests.support.grid import (
    BY,
    REPORTS,
    SAYING,
    attempt,
    batch,
    brought_to,
    refusal,
    reported,
    shown,
    step,
)
from tests.support.people import (
    DISTRICT,
    HANDLER,
    IMPORTER,
    OTHER_TOWNSHIP,
    RED_MEMBER,
    TOWNSHIP,
    VERIFIER,
    caller,
)
from tests.support.running import Running

FROM = {
    "return": "REPORTED",
    "resubmit": "RETURNED",
    "accept": "REPORTED",
    "assign": "ACCEPTED",
    "start": "ASSIGNED",
    "resolve": "PROCESSING",
    "verify": "RESOLVED",
    "close": "VERIFIED",
    "cancel": "REPORTED",
    "take-up": "ESCALATED",
    "send-down": "ESCALATED",
    "request-transfer": "ASSIGNED",
    "grant-transfer": "TRANSFER_REQUESTED",
    "refuse-transfer": "TRANSFER_REQUESTED",
    "resume": "SUSPENDED",
    "rework": "RESOLVED",
    "evaluate": "CLOSED",
    "reopen": "CLOSED",
}
TOLD = [name for name in FROM if len(SAYING.get(name, ())) == 1]


async def test_a_report_goes_from_reported_to_closed(grid: Running) -> None:
    receipt = await brought_to(grid, "CLOSED")
    assert receipt["version"] == 7
    rows = await grid.fetch(
        "select headers->>'ce_type' as type, body from outbox where aggregate_id = $1"
        " order by version",
        receipt["id"],
    )
    common = {"area_code", "occurred_at", "correlation_id"}
    facts = [(row["type"].split(".")[-2], json.loads(row["body"])) for row in rows]
    assert [(name, *sorted(body.keys() - common)) for name, body in facts[2:]] == [
        ("assigned", "assisting", "organisation", "sign_due_at"),
        ("processing_started",),
        ("resolved", "by_case", "handling_minutes", "verify_due_at"),
        ("verified",),
        ("closed", "close_kind"),
    ]
    assert [name for name, _ in facts[:2]] == ["reported", "accepted"]
    assert {body["correlation_id"] for _, body in facts} == {receipt["id"]}
    told = await shown(grid, receipt)
    assert (told["status"], told["close_kind"]) == ("CLOSED", "DEPARTMENT")
    assert (told["organisation"], told["opinion"]) == ("330703-enforcement", "已清理")


@pytest.mark.parametrize("name", FROM)
async def test_a_step_and_its_refusals(grid: Running, name: str) -> None:
    receipt = await brought_to(grid, FROM[name])
    who, path = BY.get(name, TOWNSHIP), f"{REPORTS}/{receipt['id']}/{name}"
    body, match = SAYING.get(name, {}), {"If-Match": f'"{receipt["version"]}"'}

    async def tried(
        who: Any = who, path: str = path, body: Any = body, headers: Any = match
    ) -> tuple[Any, ...]:
        return refusal(await grid.call(who, "POST", path, body, headers))

    assert await tried(AUDITOR) == (403, "permission_missing")
    assert await tried(OTHER_TOWNSHIP) == (404, "not_found")
    assert await tried(path=f"{REPORTS}/{uuid4()}/{name}") == (404, "not_found")
    assert await tried(headers={}) == (428, "if_match_missing")
    assert await tried(body=body | {"extra": 1}) == (422, "invalid_request", "/extra")
    stale = await grid.call(who, "POST", path, body, {"If-Match": '"99"'})
    assert refusal(stale) == (412, "precondition_failed")
    assert stale.headers["ETag"] == match["If-Match"]
    done = await grid.call(who, "POST", path, body, match)
    assert done.status_code == 200, done.text
    assert done.headers["ETag"] == f'"{receipt["version"] + 1}"'
    again = await attempt(grid, who, done.json(), name)
    assert refusal(again) == (409, "step_not_allowed")


@pytest.mark.parametrize("name", TOLD)
async def test_a_step_needs_to_be_told(grid: Running, name: str) -> None:
    receipt = await brought_to(grid, FROM[name])
    (field,) = SAYING[name]
    answer = await attempt(grid, BY.get(name, TOWNSHIP), receipt, name, **{field: "X" * 5000})
    assert refusal(answer) == (422, "invalid_request", f"/{field}")


BY_HANDLERS = "resolve request_report_extension request_report_suspension"
OVER = dict.fromkeys((TOWNSHIP, RED_MEMBER, DISTRICT), "evaluate reopen")
ACTIONS: dict[str, dict[Any, str]] = {
    "REPORTED": {
        TOWNSHIP: "return accept escalate supervise cancel",
        RED_MEMBER: "cancel",
        IMPORTER: "return accept escalate supervise cancel self_handle",
        **dict.fromkeys((FULL_TIME, VERIFIER), "self_handle"),
    },
    "RETURNED": {TOWNSHIP: "supervise cancel", RED_MEMBER: "resubmit cancel"},
    "ACCEPTED": {TOWNSHIP: "escalate assign supervise cancel"},
    "ESCALATED": {TOWNSHIP: "supervise", DISTRICT: "take_up send_down supervise"},
    "ASSIGNED": {
        TOWNSHIP: "start supervise",
        **dict.fromkeys((VERIFIER, FULL_TIME), "start"),
        **dict.fromkeys((HANDLER, MATE, AGENCY), "receive start request_report_transfer"),
    },
    "TRANSFER_REQUESTED": {TOWNSHIP: "grant_report_transfer refuse_report_transfer supervise"},
    "PROCESSING": {
        TOWNSHIP: f"{BY_HANDLERS} supervise",
        **dict.fromkeys((HANDLER, MATE, AGENCY, VERIFIER, FULL_TIME), BY_HANDLERS),
    },
    "SUSPENDED": {
        TOWNSHIP: "resume supervise",
        **dict.fromkeys((HANDLER, MATE, AGENCY, VERIFIER, FULL_TIME), "resume"),
    },
    "RESOLVED": {
        TOWNSHIP: "verify rework supervise",
        **dict.fromkeys((VERIFIER, FULL_TIME), "verify rework"),
    },
    "VERIFIED": {TOWNSHIP: "close supervise"},
    "CLOSED": OVER,
    "EVALUATED": dict.fromkeys(OVER, "reopen"),
    "CANCELLED": {},
}


@pytest.mark.parametrize("status", ACTIONS)
async def test_what_a_caller_could_do_now(grid: Running, status: str) -> None:
    receipt = await brought_to(grid, status)
    hands = {RED_MEMBER.subject, *(await shown(grid, receipt))["handlers"]}
    everybody = [TOWNSHIP, RED_MEMBER, NEIGHBOUR, VERIFIER, FULL_TIME, AUDITOR]
    if status == "ESCALATED":
        everybody.append(DISTRICT)
    if (await shown(grid, receipt))["organisation"]:
        everybody += [HANDLER, MATE, AGENCY]
    for who in everybody:
        told = (await shown(grid, receipt, who))["allowed_actions"]
        names = ACTIONS[status].get(who, "").split()
        expected = {name if "_report_" in name else f"{name}_report" for name in names}
        if status in OPEN and who.subject in {TOWNSHIP.subject, DISTRICT.subject, *hands}:
            expected.add("describe_report")
        if status in MERGED and who in (TOWNSHIP, DISTRICT):
            expected.add("merge_report")
        assert set(told) == expected, who.subject


async def test_whoever_had_a_part_in_handling_it_does_not_verify(grid: Running) -> None:
    receipt = await brought_to(grid, "ASSIGNED")
    receipt = await step(grid, FULL_TIME, receipt, "start")
    receipt = await step(grid, COLLEAGUE, receipt, "resolve")
    for who in (FULL_TIME, COLLEAGUE):
        answer = await attempt(grid, who, receipt, "verify")
        assert refusal(answer) == (403, "verifier_is_handler")
        told = (await shown(grid, receipt, who))["allowed_actions"]
        assert not {"verify_report", "rework_report"} & set(told)
    told = await shown(grid, await step(grid, TOWNSHIP, receipt, "verify"))
    assert told["handlers"] == [FULL_TIME.subject, COLLEAGUE.subject]


async def test_who_had_a_part_verifies_no_more_after_rework(grid: Running) -> None:
    """Nor whoever handled it before it was sent back."""
    receipt = await brought_to(grid, "ASSIGNED")
    receipt = await step(grid, FULL_TIME, receipt, "start")
    receipt = await step(grid, FULL_TIME, receipt, "resolve")
    answer = await attempt(grid, FULL_TIME, receipt, "rework")
    assert refusal(answer) == (403, "verifier_is_handler")
    receipt = await step(grid, VERIFIER, receipt, "rework")
    receipt = await step(grid, COLLEAGUE, receipt, "resolve")
    for who in (FULL_TIME, COLLEAGUE):
        answer = await attempt(grid, who, receipt, "verify")
        assert refusal(answer) == (403, "verifier_is_handler")
    told = await shown(grid, await step(grid, VERIFIER, receipt, "verify"))
    assert (told["rework_count"], told["said"][0]["text"]) == (1, SAYING["rework"]["reason"])


async def test_only_the_reporter_reports_again(grid: Running) -> None:
    receipt = await brought_to(grid, "RETURNED")
    for who in (NEIGHBOUR, TOWNSHIP, DISTRICT, IMPORTER):
        answer = await attempt(grid, who, receipt, "resubmit")
        assert refusal(answer) == (403, "not_the_reporter")
    told = await shown(grid, await step(grid, RED_MEMBER, receipt, "resubmit"))
    assert (told["status"], told["description"]) == ("REPORTED", "村口桥边")


async def test_an_import_reports_again_for_the_reporter(grid: Running) -> None:
    receipt = await brought_to(grid, "RETURNED")
    opened = (await grid.call(IMPORTER, "POST", "/v1/grid/imports", {"source": "台账"})).json()
    item = {"operation": "resubmit_report", "id": receipt["id"]}
    results = [
        await batch(
            grid,
            IMPORTER,
            item | {"key": by, "body": {"description": "村口", "on_behalf_of": by}},
            import_batch=opened["id"],
        )
        for by in ("somebody", RED_MEMBER.subject)
    ]
    assert [result["outcome"] for (result,) in results] == ["rejected", "applied"]
    assert results[0][0]["code"] == "not_the_reporter"


@pytest.mark.parametrize("status", ["REPORTED", "RETURNED"])
async def test_the_reporter_withdraws(grid: Running, status: str) -> None:
    receipt = await brought_to(grid, status)
    for who in (NEIGHBOUR, FULL_TIME, VERIFIER):
        answer = await attempt(grid, who, receipt, "cancel", reason="WITHDRAWN")
        assert refusal(answer) == (403, "not_the_reporter")
    answer = await attempt(grid, RED_MEMBER, receipt, "cancel", reason="DUPLICATE")
    assert refusal(answer) == (403, "only_withdrawal", "/reason")
    done = await step(grid, RED_MEMBER, receipt, "cancel", reason="WITHDRAWN")
    told = await shown(grid, done, RED_MEMBER)
    assert (told["status"], told["cancel_reason"]) == ("CANCELLED", "WITHDRAWN")
    assert told["cancelled_at"] is not None


async def test_an_accepted_report_is_withdrawn_no_more(grid: Running) -> None:
    receipt = await brought_to(grid, "ACCEPTED")
    answer = await attempt(grid, RED_MEMBER, receipt, "cancel", reason="WITHDRAWN")
    assert refusal(answer) == (409, "step_not_allowed")


@pytest.mark.parametrize("status", FROM.values())
async def test_an_office_cancels_until_it_is_assigned(grid: Running, status: str) -> None:
    receipt = await brought_to(grid, status)
    answer = await attempt(grid, TOWNSHIP, receipt, "cancel", reason="OUT_OF_SCOPE")
    if status not in {"REPORTED", "RETURNED", "ACCEPTED"}:
        assert refusal(answer) == (409, "step_not_allowed")
        return
    assert answer.json()["status"] == "CANCELLED"
    rows = await grid.fetch("select stopped_at from clock where aggregate_id = $1", receipt["id"])
    assert rows
    assert all(row["stopped_at"] for row in rows)


async def test_a_reason_is_one_of_the_known(grid: Running) -> None:
    answer = await attempt(grid, TOWNSHIP, await reported(grid), "cancel", reason="BORED")
    assert refusal(answer) == (422, "invalid_request", "/reason")


@pytest.mark.parametrize("name", ["return", "accept", "cancel", "assign", "verify", "close"])
async def test_to_see_a_report_is_not_to_rule_on_it(grid: Running, name: str) -> None:
    """Of an office elsewhere: whoever moved there after reporting, or is assigned the report."""
    mover = caller(roles.TOWNSHIP_OPERATOR, "330703101", subject=RED_MEMBER.subject)
    receipt = await reported(grid)
    if name in {"assign", "verify", "close"}:
        receipt = await brought_to(grid, "ACCEPTED")
        receipt = await step(grid, DISTRICT, receipt, "assign", organisation=OTHER_OFFICE)
        mover = ELSEWHERE
    answer = await attempt(grid, mover, receipt, name)
    refused = ("only_withdrawal", "/reason") if name == "cancel" else ("outside_your_area",)
    assert refusal(answer) == (403, *refused)
    allowed = {"cancel_report", "describe_report"}
    if mover is ELSEWHERE:
        allowed = {"start_report", "receive_report", "request_report_transfer"}
    assert set((await shown(grid, receipt, mover))["allowed_actions"]) == allowed


async def test_an_office_elsewhere_handles_what_it_is_assigned(grid: Running) -> None:
    receipt = await brought_to(grid, "ACCEPTED")
    receipt = await step(grid, DISTRICT, receipt, "assign", organisation=OTHER_OFFICE)
    receipt = await step(grid, ELSEWHERE, receipt, "start")
    receipt = await step(grid, ELSEWHERE, receipt, "resolve")
    second = caller(
        roles.TOWNSHIP_OPERATOR, "330703101", subject="second", organisation=OTHER_OFFICE
    )
    answer = await attempt(grid, second, receipt, "verify")
    assert refusal(answer) == (403, "outside_your_area")
    answer = await attempt(grid, second, receipt, "cancel")
    assert refusal(answer) == (403, "outside_your_area")


@pytest.mark.parametrize("name", ["start", "resolve"])
async def test_a_report_is_handled_by_those_it_is_assigned_to(grid: Running, name: str) -> None:
    receipt = await brought_to(grid, FROM[name])
    assert refusal(await attempt(grid, STRANGER, receipt, name)) == (404, "not_found")
    seeing = both(STRANGER, NEIGHBOUR)
    assert refusal(await attempt(grid, seeing, receipt, name)) == (403, "not_assigned_to_you")
    assert (await shown(grid, receipt, seeing))["allowed_actions"] == []
    assert refusal(await attempt(grid, RESIDENT, receipt, name)) == (403, "permission_missing")
    await step(grid, MATE, receipt, name)


@pytest.mark.parametrize("who", [VERIFIER, VILLAGE, FULL_TIME, COLLEAGUE, DISTRICT])
async def test_a_report_is_handled_in_its_area(grid: Running, who: Any) -> None:
    receipt = await step(grid, who, await brought_to(grid, "ASSIGNED"), "start")
    await step(grid, who, receipt, "resolve")


@pytest.mark.parametrize("assisting", [False, True])
async def test_a_township_assigns_to_no_body_of_another(grid: Running, assisting: bool) -> None:
    receipt = await brought_to(grid, "ACCEPTED")
    theirs, own = OTHER_OFFICE, "330703-enforcement"
    named = {"organisation": own, "assisting": [theirs]} if assisting else {"organisation": theirs}
    answer = await attempt(grid, TOWNSHIP, receipt, "assign", **named)
    assert refusal(answer) == (422, "organisation_elsewhere", "/organisation")
    await step(grid, DISTRICT, receipt, "assign", **named)


@pytest.mark.parametrize("code", ["no-such-body", "330703-planning"])
async def test_a_report_is_assigned_to_an_organisation_of_the_day(grid: Running, code: str) -> None:
    receipt = await brought_to(grid, "ACCEPTED")
    answer = await attempt(grid, TOWNSHIP, receipt, "assign", organisation=code)
    assert refusal(answer) == (422, "organisation_unknown", "/organisation")
    opened = (await grid.call(IMPORTER, "POST", "/v1/grid/imports", {"source": "台账"})).json()
    id_, day = str(uuid4()), "2018-12-31T10:00:00+08:00"
    facts = {"area_code": GRID, "category": "OTHER", "title": "旧事一件"}
    facts["description"] = "旧台账登记的一件事情"
    wishes: list[tuple[str, dict[str, Any]]] = [
        ("create_report", facts),
        ("accept_report", {}),
        ("assign_report", {"organisation": code}),
    ]
    items = [
        {"operation": name, "id": id_, "key": f"{code}/{name}", "body": body | {"occurred_at": day}}
        for name, body in wishes
    ]
    *_, result = await batch(grid, IMPORTER, *items, import_batch=opened["id"])
    assert (result["outcome"] == "applied") is (code == "330703-planning")  # which ended in 2019


async def test_a_dispute_is_not_assigned(grid: Running) -> None:
    receipt = await brought_to(grid, "ACCEPTED", category="DISPUTE")
    answer = await attempt(grid, TOWNSHIP, receipt, "assign")
    assert refusal(answer) == (409, "handled_by_case")
    told = set((await shown(grid, receipt, TOWNSHIP))["allowed_actions"])
    usual = {"cancel_report", "escalate_report", "supervise_report"}
    assert told == usual | {"describe_report", "merge_report"}
    answer = await attempt(grid, TOWNSHIP, receipt, "start")
    assert refusal(answer) == (409, "step_not_allowed")


async def test_nobody_but_the_program_moves_a_report_by_case_or_clock(grid: Running) -> None:
    receipt = await brought_to(grid, "ACCEPTED", category="DISPUTE")
    names = {
        "resolve_report_by_case": "permission_missing",
        "record_report_overdue": "unknown_operation",
        "set_report_deadline": "unknown_operation",
    }
    for name, code in names.items():
        for who in (DISTRICT, IMPORTER):
            item = {"operation": name, "key": name, "id": receipt["id"]}
            (result,) = await batch(grid, who, item)
            assert (result["outcome"], result["code"]) == ("rejected", code)


async def test_a_report_of_a_township_or_village_is_handled_alike(grid: Running) -> None:
    for area in (TOWN, "330703105291"):
        receipt = await brought_to(grid, "RESOLVED", TOWNSHIP, area_code=area)
        answer = await attempt(grid, FULL_TIME, receipt, "verify")
        assert refusal(answer) == (404, "not_found")  # whose area is a grid below
        await step(grid, COLLEAGUE, receipt, "verify")
