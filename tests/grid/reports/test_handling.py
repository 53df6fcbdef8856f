"""Escalation, deliveries and requests over HTTP: who may, what follows for the clocks, and what is refused."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from services.chassis.deadlines.calendar import SHANGHAI
from services.chassis.errors import Refusal
from services.contracts import roles
from services.grid.reports.handling.operations import (
    decline_report,
    escalate_report,
    reset_report_deadline,
    take_up_report,
)
from services.grid.reports.handling.requests import (
    grant_report_extension,
    grant_report_transfer,
    refuse_report_transfer,
    request_report_extension,
    request_report_suspension,
    request_report_transfer,
    resume_report,
    suspend_report,
)
from services.grid.reports.operations import (
    accept_report,
    assign_report,
    create_report,
    start_report,
)
from tests.grid.people import AGENCY, COLLEAGUE, MARKET, MATE, STRANGER, VILLAGE
from tests.support.grid import (
    BY,
    SAYING,
    attempt,
    brought_to,
    refusal,
    reported,
    run_at,
    shown,
    step,
)
from tests.support.people import DISTRICT, HANDLER, RED_MEMBER, TOWNSHIP, VERIFIER, caller
from tests.support.running import Running

MONDAY = datetime(2026, 3, 2, 9, tzinfo=SHANGHAI)
DAY = timedelta(days=1)
ENFORCEMENT, PLANNING = "330703-enforcement", "330703-planning"
ASSISTANT = caller(roles.DEPARTMENT_HANDLER, "330703105", subject="assists", organisation=MARKET)


def code_of(result: Any) -> str | None:
    """The code of the refusal, if it is one."""
    return result.code if isinstance(result, Refusal) else None


def local(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+08:00")


async def lived(grid: Running, *steps: tuple[Any, Any, datetime, dict[str, Any]]) -> UUID:
    """A NORMAL report of Monday, accepted and assigned at once, and these steps."""
    made = await run_at(grid, MONDAY, create_report, RED_MEMBER)
    assigned = {"organisation": ENFORCEMENT, "assisting": [MARKET]}
    before = [(accept_report, TOWNSHIP, MONDAY, {}), (assign_report, TOWNSHIP, MONDAY, assigned)]
    for operation, who, at, body in (*before, *steps):
        result = await run_at(grid, at, operation, who, made.id, **body)
        assert not isinstance(result, Refusal), (operation.name, result)
    return UUID(str(made.id))


async def due(grid: Running, id: UUID, clock: str = "resolve") -> datetime | None:
    (row,) = await grid.fetch(f"select {clock}_due_at as due from report where id = $1", id)
    found: datetime | None = row["due"]
    return found


WHY = {"reason": "说明理由"}
START: tuple[Any, Any, datetime, dict[str, Any]] = (start_report, HANDLER, MONDAY, {})
FIRST_DUE = local("2026-03-12T00:00")  # seven working days


async def test_a_report_goes_up_one_level_at_a_time_and_down_again(grid: Running) -> None:
    receipt = await reported(grid, level="GRID")
    answer = await attempt(grid, TOWNSHIP, receipt, "escalate", to="TOWNSHIP")
    assert refusal(answer) == (422, "level_skipped", "/to")
    answer = await attempt(grid, TOWNSHIP, receipt, "escalate", to="GRID")
    assert refusal(answer) == (422, "not_above", "/to")
    answer = await attempt(grid, TOWNSHIP, receipt, "send-down")
    assert refusal(answer) == (409, "not_escalated")
    for level in ("VILLAGE", "TOWNSHIP", "DISTRICT"):
        receipt = await step(grid, DISTRICT, receipt, "escalate")
        told = await shown(grid, receipt)
        assert (told["level"], told["status"]) == (level, "REPORTED")
    answer = await attempt(grid, DISTRICT, receipt, "escalate")
    assert refusal(answer) == (409, "no_level_above")
    for level in ("TOWNSHIP", "VILLAGE", "GRID"):
        receipt = await step(grid, DISTRICT, receipt, "send-down")
        assert (await shown(grid, receipt))["level"] == level
    assert [said["step"] for said in (await shown(grid, receipt))["said"]] == (
        ["escalate"] * 3 + ["send_down"] * 3
    )


async def test_an_emergency_skips_levels(grid: Running) -> None:
    receipt = await reported(grid, level="GRID", urgency="EMERGENCY")
    receipt = await step(grid, VERIFIER, receipt, "escalate", to="DISTRICT")
    assert (await shown(grid, receipt))["level"] == "DISTRICT"
    answer = await grid.call(
        RED_MEMBER, "POST", "/v1/grid/reports", {**FACTS, "level": "DISTRICT", "urgency": "URGENT"}
    )
    assert refusal(answer) == (422, "level_not_yours", "/level")


FACTS = {"area_code": "330703105291001", "category": "ENVIRONMENT", "title": "河边堆放垃圾"}


async def test_a_report_is_ruled_on_by_its_level(grid: Running) -> None:
    receipt = await brought_to(grid, "ESCALATED")
    for name in ("take-up", "send-down"):
        answer = await attempt(grid, TOWNSHIP, receipt, name)
        assert refusal(answer) == (403, "of_another_level")
    assert "take_up_report" not in (await shown(grid, receipt, TOWNSHIP))["allowed_actions"]
    assert "take_up_report" in (await shown(grid, receipt))["allowed_actions"]
    receipt = await step(grid, DISTRICT, receipt, "take-up")
    assert refusal(await attempt(grid, TOWNSHIP, receipt, "assign")) == (403, "of_another_level")
    await step(grid, DISTRICT, receipt, "assign")


async def test_a_village_rules_on_what_is_with_it(grid: Running) -> None:
    receipt = await reported(grid, level="VILLAGE")
    receipt = await step(grid, VILLAGE, receipt, "accept")
    await step(grid, VILLAGE, receipt, "assign")
    receipt = await reported(grid)
    assert refusal(await attempt(grid, VILLAGE, receipt, "accept")) == (403, "of_another_level")


async def test_escalation_moves_no_deadline_but_the_district_may(grid: Running) -> None:
    made = await run_at(grid, MONDAY, create_report, RED_MEMBER)
    for operation, who, day, body in (
        (accept_report, TOWNSHIP, 0, {}),
        (escalate_report, TOWNSHIP, 1, WHY),
        (take_up_report, DISTRICT, 2, {}),
    ):
        await run_at(grid, MONDAY + day * DAY, operation, who, made.id, **body)
        assert await due(grid, made.id) == FIRST_DUE
    body = WHY | {"allowance": "10wd"}
    await run_at(grid, MONDAY + 2 * DAY, reset_report_deadline, DISTRICT, made.id, **body)
    assert await due(grid, made.id) == local("2026-03-19T00:00")


async def test_only_of_its_own_the_district_sets_the_deadline(grid: Running) -> None:
    receipt = await brought_to(grid, "ACCEPTED")
    answer = await attempt(grid, DISTRICT, receipt, "reset-deadline")
    assert refusal(answer) == (409, "not_of_the_district")
    answer = await attempt(grid, TOWNSHIP, receipt, "reset-deadline")
    assert refusal(answer) == (403, "permission_missing")


@pytest.mark.parametrize("allowance", ["366d", "251wd", "999d"])
async def test_a_deadline_is_set_anew_for_a_year_at_most(grid: Running, allowance: str) -> None:
    receipt = await brought_to(grid, "ESCALATED")
    receipt = await step(grid, DISTRICT, receipt, "take-up")
    answer = await attempt(grid, DISTRICT, receipt, "reset-deadline", allowance=allowance)
    assert refusal(answer) == (422, "reset_too_long", "/allowance")
    await step(grid, DISTRICT, receipt, "reset-deadline", allowance="365d")


@pytest.mark.parametrize("assisting", [[ENFORCEMENT], [MARKET, MARKET]])
async def test_nobody_leads_and_assists_nor_assists_twice(
    grid: Running, assisting: list[str]
) -> None:
    receipt = await brought_to(grid, "ACCEPTED")
    answer = await attempt(grid, TOWNSHIP, receipt, "assign", assisting=assisting)
    assert refusal(answer) == (422, "not_of_the_organisation", "/assisting")


async def test_each_organisation_has_a_delivery_of_its_own(grid: Running) -> None:
    receipt = await brought_to(grid, "ACCEPTED")
    receipt = await step(grid, TOWNSHIP, receipt, "assign", assisting=[MARKET])
    receipt = await step(grid, HANDLER, receipt, "receive")
    assert refusal(await attempt(grid, MATE, receipt, "receive")) == (409, "delivery_settled")
    receipt = await step(grid, ASSISTANT, receipt, "join")
    assert refusal(await attempt(grid, ASSISTANT, receipt, "join")) == (409, "delivery_settled")
    answer = await attempt(grid, HANDLER, receipt, "join")
    assert refusal(answer) == (403, "not_assigned_to_you")
    answer = await attempt(grid, ASSISTANT, receipt, "start")
    assert refusal(answer) == (403, "not_assigned_to_you")
    receipt = await step(grid, HANDLER, receipt, "start")
    told = (await shown(grid, receipt))["deliveries"]
    assert [(d["organisation"], d["part"], d["state"]) for d in told] == [
        (ENFORCEMENT, "LEAD", "SIGNED"),
        (MARKET, "ASSIST", "SIGNED"),
    ]
    assert refusal(await attempt(grid, ASSISTANT, receipt, "resolve"))[0] == 403


async def test_who_refuses_to_assist_sees_it_no_more_and_moves_no_clock(grid: Running) -> None:
    id_ = await lived(grid)
    before = await due(grid, id_), await due(grid, id_, "sign")
    await run_at(grid, MONDAY + DAY, decline_report, ASSISTANT, id_, **WHY)
    assert (
        (await due(grid, id_), await due(grid, id_, "sign"))
        == before
        == (
            FIRST_DUE,
            local("2026-03-04T00:00"),
        )
    )
    rows = await grid.fetch("select kind, stopped_at from clock where aggregate_id = $1", id_)
    assert {row["kind"] for row in rows if row["stopped_at"]} == {"accept"}
    answer = await grid.call(ASSISTANT, "GET", f"/v1/grid/reports/{id_}")
    assert refusal(answer) == (404, "not_found")
    (told,) = (d for d in (await shown(grid, {"id": id_}))["deliveries"] if d["part"] == "ASSIST")
    assert (told["state"], told["reason"]) == ("REFUSED", WHY["reason"])


async def test_a_transfer_gives_back_what_the_first_organisation_took(grid: Running) -> None:
    asked = (request_report_transfer, HANDLER, MONDAY + DAY, WHY)
    id_ = await lived(grid, asked)
    assert await due(grid, id_, "sign") is None  # it stands still
    other = {"organisation": ENFORCEMENT}
    result = await run_at(grid, MONDAY + 2 * DAY, grant_report_transfer, TOWNSHIP, id_, **other)
    assert code_of(result) == "same_organisation"
    other = {"organisation": MARKET}
    await run_at(grid, MONDAY + 3 * DAY, grant_report_transfer, TOWNSHIP, id_, **other)
    assert await due(grid, id_) == local(
        "2026-03-17T00:00"
    )  # from Thursday on, as if assigned then
    assert await due(grid, id_, "sign") == local("2026-03-07T00:00")
    told = await shown(grid, {"id": id_})
    assert (told["organisation"], told["assisting"], told["status"]) == (MARKET, [], "ASSIGNED")
    answer = await grid.call(MATE, "GET", f"/v1/grid/reports/{id_}")
    assert refusal(answer) == (404, "not_found")


async def test_a_transfer_that_is_refused_lets_the_time_to_sign_run_on(grid: Running) -> None:
    asked = (request_report_transfer, HANDLER, MONDAY + DAY, WHY)
    no = (refuse_report_transfer, TOWNSHIP, MONDAY + 3 * DAY, {"answer": "属其职责"})
    id_ = await lived(grid, asked, no)
    assert await due(grid, id_) == FIRST_DUE
    assert await due(grid, id_, "sign") == local("2026-03-07T00:00")
    again = await run_at(grid, MONDAY + 3 * DAY, request_report_transfer, HANDLER, id_, **WHY)
    assert not isinstance(again, Refusal)


async def test_a_transfer_is_asked_for_while_it_may_be_signed(grid: Running) -> None:
    id_ = await lived(grid)
    late = local("2026-03-04T00:01")
    result = await run_at(grid, late, request_report_transfer, HANDLER, id_, **WHY)
    assert code_of(result) == "sign_window_over"
    result = await run_at(grid, MONDAY, request_report_transfer, VERIFIER, id_, **WHY)
    assert code_of(result) == "not_assigned_to_you"


LONGER = {"allowance": "5wd", **WHY}


async def test_an_extension_is_given_once_and_the_clock_runs_until_then(grid: Running) -> None:
    id_ = await lived(grid, START, (request_report_extension, HANDLER, MONDAY + DAY, LONGER))
    assert await due(grid, id_) == FIRST_DUE
    result = await run_at(grid, MONDAY + DAY, request_report_extension, HANDLER, id_, **LONGER)
    assert code_of(result) == "already_requested"
    await run_at(grid, MONDAY + 2 * DAY, grant_report_extension, TOWNSHIP, id_)
    assert await due(grid, id_) == local("2026-03-19T00:00")
    result = await run_at(grid, MONDAY + 3 * DAY, request_report_extension, HANDLER, id_, **LONGER)
    assert code_of(result) == "extended_already"
    told = await shown(grid, {"id": id_}, HANDLER)
    assert "request_report_extension" not in told["allowed_actions"]


async def test_nobody_decides_on_a_request_of_their_own(grid: Running) -> None:
    receipt = await brought_to(grid, "PROCESSING")
    receipt = await step(grid, TOWNSHIP, receipt, "request-extension")
    answer = await attempt(grid, TOWNSHIP, receipt, "grant-extension")
    assert refusal(answer) == (403, "own_request")
    assert "grant_report_extension" not in (await shown(grid, receipt, TOWNSHIP))["allowed_actions"]
    await step(grid, COLLEAGUE, receipt, "grant-extension")


@pytest.mark.parametrize("allowance", ["8wd", "5d", "24h"])
async def test_an_extension_is_at_most_the_limit(grid: Running, allowance: str) -> None:
    receipt = await brought_to(grid, "PROCESSING")
    answer = await attempt(grid, HANDLER, receipt, "request-extension", allowance=allowance)
    assert refusal(answer) == (422, "extension_too_long", "/allowance")


@pytest.mark.parametrize(
    ("name", "who"),
    [
        ("grant-transfer", TOWNSHIP),
        ("refuse-transfer", TOWNSHIP),
        ("grant-extension", TOWNSHIP),
        ("refuse-extension", TOWNSHIP),
        ("suspend", DISTRICT),
        ("refuse-suspension", DISTRICT),
    ],
)
async def test_what_nobody_asked_for_is_not_decided(grid: Running, name: str, who: Any) -> None:
    receipt = await brought_to(grid, "PROCESSING")
    wrong = "step_not_allowed" if "transfer" in name else "nothing_requested"
    assert refusal(await attempt(grid, who, receipt, name)) == (409, wrong)
    assert refusal(await attempt(grid, HANDLER, receipt, name)) == (403, "permission_missing")


async def test_a_suspension_keeps_the_time_that_was_left(grid: Running) -> None:
    id_ = await lived(
        grid,
        START,
        (request_report_suspension, HANDLER, MONDAY + DAY, WHY),
        (suspend_report, DISTRICT, MONDAY + 2 * DAY, {}),
    )
    assert await due(grid, id_) is None
    rows = await grid.fetch(
        "select stopped_at from clock where aggregate_id = $1 and kind = 'resolve'", id_
    )
    assert rows[0]["stopped_at"] == MONDAY + 2 * DAY
    await run_at(grid, MONDAY + 14 * DAY, resume_report, HANDLER, id_)
    assert await due(grid, id_) == local("2026-03-25T00:00")  # one day had run, six are left
    (told,) = (await shown(grid, {"id": id_}))["suspensions"]
    assert told["ended_at"] is not None


async def test_what_waits_for_a_decision_is_listed(grid: Running) -> None:
    receipt = await brought_to(grid, "PROCESSING")
    receipt = await step(grid, HANDLER, receipt, "request-extension")
    path = "/v1/grid/reports"
    listed = (await grid.call(TOWNSHIP, "GET", path, awaiting="DECISION")).json()["items"]
    assert receipt["id"] in [line["id"] for line in listed]
    receipt = await step(grid, TOWNSHIP, receipt, "refuse-extension")
    listed = (await grid.call(TOWNSHIP, "GET", path, awaiting="DECISION")).json()["items"]
    assert receipt["id"] not in [line["id"] for line in listed]
    receipt = await step(grid, DISTRICT, receipt, "supervise")
    listed = (await grid.call(TOWNSHIP, "GET", path, awaiting="SUPERVISED")).json()["items"]
    assert receipt["id"] in [line["id"] for line in listed]
    (told,) = (await shown(grid, receipt))["supervisions"]
    assert (told["by"], told["demand"]) == (DISTRICT.subject, SAYING["supervise"]["demand"])


async def test_what_is_over_is_handled_no_more(grid: Running) -> None:
    receipt = await brought_to(grid, "ACCEPTED")
    receipt = await step(grid, TOWNSHIP, receipt, "assign", assisting=[MARKET])
    for name in ("start", "resolve", "verify", "close"):
        receipt = await step(grid, BY.get(name, TOWNSHIP), receipt, name)
    for who, name in (
        *((HANDLER, name) for name in ("request-extension", "request-suspension")),
        (STRANGER, "decline"),
        (DISTRICT, "supervise"),
    ):
        assert refusal(await attempt(grid, who, receipt, name)) == (409, "step_not_allowed"), name
    answer = await attempt(grid, COLLEAGUE, receipt, "fail-self-check")
    assert refusal(answer) == (409, "no_check_due")


@pytest.mark.parametrize("due", [timedelta(days=-400), timedelta(0)])
async def test_no_answer_is_demanded_for_the_past(grid: Running, due: timedelta) -> None:
    receipt = await brought_to(grid, "PROCESSING")
    at = datetime.now(UTC)
    told = {"occurred_at": at.isoformat(), "due_at": (at + due).isoformat()}
    answer = await attempt(grid, DISTRICT, receipt, "supervise", **told)
    assert refusal(answer) == (422, "demanded_for_the_past", "/due_at")


async def test_strangers_see_nothing_and_agencies_no_details(grid: Running) -> None:
    receipt = await brought_to(grid, "ASSIGNED")
    path = f"/v1/grid/reports/{receipt['id']}"
    told = await shown(grid, receipt, AGENCY)
    assert (told["description"], told["place"]) == (None, None)
    purpose = {"purpose": "现场处置需要"}
    answer = await grid.call(STRANGER, "POST", f"{path}/details", purpose)
    assert refusal(answer) == (404, "not_found")
    answer = await grid.call(TOWNSHIP, "POST", f"{path}/details", purpose)
    assert refusal(answer) == (403, "not_assigned_to_you")
    answer = await grid.call(RED_MEMBER, "POST", f"{path}/details", purpose)
    assert refusal(answer) == (403, "permission_missing")
    answer = await grid.call(AGENCY, "POST", f"{path}/details", {"purpose": "看"})
    assert refusal(answer) == (422, "invalid_request", "/purpose")
    answer = await grid.call(AGENCY, "POST", f"{path}/details", purpose)
    assert answer.json()["description"] == "河边有一堆建筑垃圾"
    assert (answer.headers["Cache-Control"], answer.headers["ETag"]) == ("no-store", '"4"')
    rows = await grid.fetch("select subject, fields, purpose from audit where action = 'REVEALED'")
    assert [tuple(row.values()) for row in rows] == [
        (AGENCY.subject, ["description", "place", "title"], purpose["purpose"])
    ]
