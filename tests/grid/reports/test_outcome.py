"""How a report ends, and what may follow: self-handling and its checks, evaluation, reopening, archive."""

from datetime import datetime, timedelta
from itertools import product
from typing import Any
from uuid import UUID

import pytest

from services.chassis.deadlines.calendar import SHANGHAI
from services.chassis.errors import Refusal
from services.chassis.identity.caller import Caller
from services.grid.reports.operations import (
    accept_report,
    assign_report,
    close_report,
    create_report,
    resolve_report,
    start_report,
    verify_report,
)
from services.grid.reports.outcome.operations import archive_report, reopen_report
from services.grid.reports.outcome.rules import is_sampled
from tests.grid.people import COLLEAGUE, FULL_TIME, INSTRUCTOR, NEIGHBOUR, RESIDENT, VILLAGE
from tests.support.grid import (
    SAYING,
    attempt,
    brought_to,
    refusal,
    reported,
    run_at,
    shown,
    step,
)
from tests.support.people import DISTRICT, HANDLER, IMPORTER, RED_MEMBER, TOWNSHIP, VERIFIER
from tests.support.running import Running

MONDAY = datetime(2026, 3, 2, 9, tzinfo=SHANGHAI)
DAY = timedelta(days=1)
AWAITING: dict[str, Any] = {"awaiting": "SELF_CHECK"}


async def listed(grid: Running, **query: Any) -> set[str]:
    answer = await grid.call(TOWNSHIP, "GET", "/v1/grid/reports", limit=200, **query)
    return {line["id"] for line in answer.json()["items"]}


async def self_handled(grid: Running, *, sampled: bool) -> dict[str, Any]:
    """The receipt of one that the grid closed itself, and that is to be checked or not."""
    while True:
        receipt = await reported(grid)
        if is_sampled(receipt["number"], 8) is sampled:
            return await step(grid, FULL_TIME, receipt, "self-handle")


def test_of_what_the_grid_closes_itself_at_least_one_in_twenty_is_checked() -> None:
    numbers = [f"GE330703105202603{day:02}{n:04}{n % 10}" for day in range(30) for n in range(300)]
    sampled = [is_sampled(number, 8) for number in numbers]
    assert 0.05 < sum(sampled) / len(sampled) < 0.11
    assert sampled == [is_sampled(number, 8) for number in numbers]
    assert not any(is_sampled(number, 0) for number in numbers)
    assert all(is_sampled(number, 100) for number in numbers)


async def test_a_member_handles_and_closes_it_within_the_grid(grid: Running) -> None:
    receipt = await self_handled(grid, sampled=False)
    told = await shown(grid, receipt)
    assert (told["status"], told["close_kind"], told["self_check"]) == ("CLOSED", "SELF", None)
    assert (told["handlers"], told["accepted_at"]) == ([FULL_TIME.subject], None)
    rows = await grid.fetch(
        "select kind, stopped_at from clock where aggregate_id = $1", told["id"]
    )
    assert {row["kind"]: bool(row["stopped_at"]) for row in rows} == {
        "accept": True,
        "archive": False,
    }
    answer = await attempt(grid, VERIFIER, receipt, "pass-self-check")
    assert refusal(answer) == (409, "no_check_due")


@pytest.mark.parametrize("who", [RED_MEMBER, TOWNSHIP, RESIDENT])
async def test_who_may_not_close_within_the_grid(grid: Running, who: Any) -> None:
    answer = await attempt(grid, who, await reported(grid), "self-handle")
    assert refusal(answer) == (403, "permission_missing")


async def test_a_dispute_is_not_closed_within_the_grid(grid: Running) -> None:
    receipt = await reported(grid, category="DISPUTE")
    answer = await attempt(grid, FULL_TIME, receipt, "self-handle")
    assert refusal(answer) == (409, "handled_by_case")


@pytest.mark.parametrize("facts", [{"category": "EMERGENCY"}, {"urgency": "EMERGENCY"}])
async def test_an_emergency_is_not_closed_within_the_grid(
    grid: Running, facts: dict[str, Any]
) -> None:
    receipt = await reported(grid, **facts)
    for who in (FULL_TIME, VERIFIER):
        told = await shown(grid, receipt, who)
        assert "self_handle_report" not in told["allowed_actions"]
        answer = await attempt(grid, who, receipt, "self-handle")
        assert refusal(answer) == (409, "for_the_duty_room")
    await step(grid, TOWNSHIP, receipt, "accept")


@pytest.mark.parametrize("way", [(), ("escalate",), ("escalate", "send-down")])
@pytest.mark.parametrize("level", ["GRID", "VILLAGE", "TOWNSHIP"])
async def test_what_went_up_is_not_closed_within_the_grid(
    grid: Running, level: str, way: tuple[str, ...]
) -> None:
    receipt = await reported(grid, level=level)
    for name in way:
        receipt = await step(grid, DISTRICT, receipt, name)
    for who in (FULL_TIME, VERIFIER, IMPORTER):
        told = (await shown(grid, receipt, who))["allowed_actions"]
        assert ("self_handle_report" in told) is (way != ("escalate",))
        if way == ("escalate",):
            answer = await attempt(grid, who, receipt, "self-handle")
            assert refusal(answer) == (403, "of_another_level")
    if way != ("escalate",):
        await step(grid, FULL_TIME, receipt, "self-handle")


async def test_what_is_supervised_is_not_closed_within_the_grid(grid: Running) -> None:
    receipt = await step(grid, DISTRICT, await reported(grid, level="GRID"), "supervise")
    for who in (FULL_TIME, VERIFIER, IMPORTER):
        assert "self_handle_report" not in (await shown(grid, receipt, who))["allowed_actions"]
        answer = await attempt(grid, who, receipt, "self-handle")
        assert refusal(answer) == (409, "under_supervision")
    await step(grid, TOWNSHIP, receipt, "accept")


async def test_what_is_incomplete_is_not_closed_within_the_grid(grid: Running) -> None:
    content = {"subcategory": "WATER", "details": {"medium": "WATER"}, "place": "桥头"}
    receipt = await reported(grid, FULL_TIME, **content)
    answer = await attempt(grid, FULL_TIME, receipt, "self-handle")
    assert refusal(answer) == (409, "not_complete_yet")
    assert "/details/cause, /details/people" in answer.json()["detail"]
    more = {"details": {"cause": "排污", "people": "一家作坊"}}
    receipt = await step(grid, FULL_TIME, receipt, "describe", **more)
    receipt = await step(grid, FULL_TIME, receipt, "self-handle")
    assert (await shown(grid, receipt))["close_kind"] == "SELF"


@pytest.mark.parametrize(
    ("handler", "verifier", "closer"), [*product((TOWNSHIP, COLLEAGUE), repeat=3)]
)
async def test_who_handled_it_closes_it_only_where_another_has_verified(
    grid: Running, handler: Caller, verifier: Caller, closer: Caller
) -> None:
    receipt = await brought_to(grid, "ASSIGNED")
    for name in ("start", "resolve"):
        receipt = await step(grid, handler, receipt, name)
    answer = await attempt(grid, closer, receipt, "close")
    assert refusal(answer) == (409, "step_not_allowed")
    if verifier is handler:
        answer = await attempt(grid, verifier, receipt, "verify")
        assert refusal(answer) == (403, "verifier_is_handler")
    else:
        receipt = await step(grid, verifier, receipt, "verify")
        assert "close_report" in (await shown(grid, receipt, closer))["allowed_actions"]
        await step(grid, closer, receipt, "close")


@pytest.mark.parametrize("asked", ["extension", "suspension"])
async def test_what_was_not_decided_in_time_is_decided_no_more(grid: Running, asked: str) -> None:
    master = await reported(grid)
    for ending in ("resolve", "merge"):
        receipt = await brought_to(grid, "PROCESSING")
        receipt = await step(grid, HANDLER, receipt, f"request-{asked}")
        who = HANDLER if ending == "resolve" else TOWNSHIP
        more = {"master": master["id"]} if ending == "merge" else {}
        receipt = await step(grid, who, receipt, ending, **more)
        (told,) = (await shown(grid, receipt))["requests"]
        assert (told["state"], told["decided_by"]) == ("LAPSED", None)
        assert told["decided_at"] is not None
    receipt = await brought_to(grid, "PROCESSING")
    for name in (f"request-{asked}", "resolve"):
        receipt = await step(grid, HANDLER, receipt, name)
    receipt = await step(grid, VERIFIER, receipt, "rework")
    grant = "suspend" if asked == "suspension" else "grant-extension"
    answer = await attempt(grid, DISTRICT, receipt, grant)
    assert refusal(answer) == (409, "nothing_requested")
    await step(grid, HANDLER, receipt, f"request-{asked}")


@pytest.mark.parametrize("who", [VERIFIER, INSTRUCTOR, TOWNSHIP])
async def test_a_sample_is_checked_by_somebody_else(grid: Running, who: Any) -> None:
    receipt = await self_handled(grid, sampled=True)
    assert receipt["id"] in await listed(grid, **AWAITING)
    answer = await attempt(grid, FULL_TIME, receipt, "pass-self-check")
    assert refusal(answer) == (403, "permission_missing")
    receipt = await step(grid, who, receipt, "pass-self-check")
    assert receipt["id"] not in await listed(grid, **AWAITING)
    told = await shown(grid, receipt)
    assert (told["status"], told["self_check"]) == ("CLOSED", "PASSED")


async def test_a_leader_does_not_check_what_the_leader_handled(grid: Running) -> None:
    while not is_sampled((receipt := await reported(grid))["number"], 8):
        pass
    receipt = await step(grid, VERIFIER, receipt, "self-handle")
    answer = await attempt(grid, VERIFIER, receipt, "pass-self-check")
    assert refusal(answer) == (403, "verifier_is_handler")


async def test_what_fails_its_check_is_open_again_with_a_deadline(grid: Running) -> None:
    receipt = await self_handled(grid, sampled=True)
    receipt = await step(grid, VERIFIER, receipt, "fail-self-check")
    told = await shown(grid, receipt)
    assert (told["status"], told["self_check"], told["rework_count"]) == ("PROCESSING", "FAILED", 1)
    assert (told["closed_at"], told["close_kind"]) == (None, None)
    assert told["resolve_due_at"] is not None
    receipt = await step(grid, FULL_TIME, receipt, "resolve")
    assert refusal(await attempt(grid, FULL_TIME, receipt, "verify"))[1] == "verifier_is_handler"
    receipt = await step(grid, VERIFIER, receipt, "verify")
    receipt = await step(grid, TOWNSHIP, receipt, "close")
    assert (await shown(grid, receipt))["close_kind"] == "CENTRE"


async def test_the_reporter_or_an_office_evaluates_once(grid: Running) -> None:
    receipt = await brought_to(grid, "CLOSED")
    for who in (NEIGHBOUR, VILLAGE, VERIFIER):
        assert refusal(await attempt(grid, who, receipt, "evaluate")) == (403, "not_the_reporter")
    answer = await attempt(grid, RED_MEMBER, receipt, "evaluate", score=6)
    assert refusal(answer) == (422, "invalid_request", "/score")
    receipt = await step(grid, RED_MEMBER, receipt, "evaluate", score=5, comment="很快")
    told = await shown(grid, receipt)
    assert (told["satisfied"], told["evaluated_by"], told["status"]) == (
        True,
        "REPORTER",
        "EVALUATED",
    )
    assert told["evaluations"][0]["comment"] == "很快"
    by = {
        who: (await shown(grid, receipt, who))["evaluations"][0]["by"]
        for who in (TOWNSHIP, HANDLER)
    }
    assert by == {TOWNSHIP: RED_MEMBER.subject, HANDLER: ""}  # who reported is told to few
    assert refusal(await attempt(grid, TOWNSHIP, receipt, "evaluate")) == (409, "step_not_allowed")
    answer = await attempt(grid, TOWNSHIP, receipt, "call-back")
    assert refusal(answer) == (409, "no_call_back_due")
    receipt = await step(grid, TOWNSHIP, await brought_to(grid, "CLOSED"), "evaluate")
    assert (await shown(grid, receipt))["evaluated_by"] == "CENTRE"


async def test_nobody_evaluates_what_they_handled(grid: Running) -> None:
    receipt = await step(grid, DISTRICT, await brought_to(grid, "ASSIGNED"), "start")
    for who, name in ((DISTRICT, "resolve"), (VERIFIER, "verify"), (TOWNSHIP, "close")):
        receipt = await step(grid, who, receipt, name)
    assert "evaluate_report" not in (await shown(grid, receipt, DISTRICT))["allowed_actions"]
    answer = await attempt(grid, DISTRICT, receipt, "evaluate")
    assert refusal(answer) == (403, "verifier_is_handler")
    await step(grid, RED_MEMBER, receipt, "evaluate")


async def test_the_unsatisfied_are_called_back(grid: Running) -> None:
    receipt = await brought_to(grid, "CLOSED")
    receipt = await step(grid, RED_MEMBER, receipt, "evaluate", satisfied=False)
    assert receipt["id"] in await listed(grid, awaiting="CALL_BACK")
    answer = await attempt(grid, TOWNSHIP, receipt, "archive")
    assert refusal(answer) == (409, "not_done")
    answer = await attempt(grid, RED_MEMBER, receipt, "call-back")
    assert refusal(answer) == (403, "permission_missing")
    receipt = await step(grid, TOWNSHIP, receipt, "call-back")
    assert receipt["id"] not in await listed(grid, awaiting="CALL_BACK")
    (told,) = (await shown(grid, receipt))["evaluations"]
    assert (told["called_back_by"], told["call_back"]) == (
        TOWNSHIP.subject,
        SAYING["call-back"]["findings"],
    )


async def test_a_report_is_reopened_by_its_reporter_or_an_office(grid: Running) -> None:
    receipt = await brought_to(grid, "EVALUATED")
    for who in (NEIGHBOUR, VILLAGE):
        assert refusal(await attempt(grid, who, receipt, "reopen")) == (403, "not_the_reporter")
    receipt = await step(grid, COLLEAGUE, receipt, "reopen")
    told = await shown(grid, receipt)
    assert (told["status"], told["reopenings"], told["closed_at"]) == ("PROCESSING", 1, None)
    await step(grid, HANDLER, receipt, "resolve")


def code_of(result: Any) -> str | None:
    """The code of the refusal, if it is one."""
    return result.code if isinstance(result, Refusal) else None


async def closed(grid: Running) -> UUID:
    """Of Monday."""
    made = await run_at(grid, MONDAY, create_report, RED_MEMBER)
    for operation, who in (
        (accept_report, TOWNSHIP),
        (assign_report, TOWNSHIP),
        (start_report, HANDLER),
        (resolve_report, HANDLER),
        (verify_report, VERIFIER),
        (close_report, TOWNSHIP),
    ):
        said = SAYING.get(operation.name.removesuffix("_report"), {})
        result = await run_at(grid, MONDAY, operation, who, made.id, **said)
        assert not isinstance(result, Refusal), result
    return UUID(str(made.id))


async def test_fifteen_days_it_may_be_reopened_and_then_archived(grid: Running) -> None:
    last = datetime(2026, 3, 17, 23, 59, tzinfo=SHANGHAI)
    after = last + timedelta(minutes=1)
    why = SAYING["reopen"]
    one, other = await closed(grid), await closed(grid)
    result = await run_at(grid, last, archive_report, TOWNSHIP, one)
    assert code_of(result) == "may_be_reopened"
    result = await run_at(grid, after, reopen_report, RED_MEMBER, one, **why)
    assert code_of(result) == "closed_for_good"
    told = why | {"occurred_at": last}
    result = await run_at(grid, after, reopen_report, TOWNSHIP, one, **told)
    assert (
        code_of(result) == "closed_for_good"
    )  # an office says when it was, the server when that came
    await run_at(grid, after, reopen_report, RED_MEMBER, other, **told)
    (row,) = await grid.fetch("select status, resolve_due_at from report where id = $1", other)
    assert tuple(row.values()) == ("PROCESSING", datetime(2026, 3, 27, tzinfo=SHANGHAI))
    result = await run_at(grid, after, archive_report, TOWNSHIP, one)
    assert result.status == "ARCHIVED"
    result = await run_at(grid, after, reopen_report, RED_MEMBER, one, **why)
    assert code_of(result) == "step_not_allowed"
    assert (await shown(grid, {"id": one}))["allowed_actions"] == []
