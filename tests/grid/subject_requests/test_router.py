"""The desk for people's rights over their own data: its steps, its clocks, and whom it refuses."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.chassis.deadlines.calendar import last_day, local_day
from services.chassis.deadlines.sweeper import Sweeper
from services.chassis.operation import Item
from services.contracts import roles
from services.grid.subject_requests import operations
from services.grid.subject_requests.schemas import ConfirmationIn
from tests.grid.subject_requests.asking import (
    CORRECTION,
    NUMBER,
    OFFICER,
    PHONE,
    REQUEST,
    REQUESTS,
    attempt,
    received,
    shown,
    step,
    verified,
)
from tests.support.grid import refusal
from tests.support.people import DISTRICT, TOWNSHIP, caller
from tests.support.running import Running

AUDITOR = caller(roles.AUDITOR)


async def test_who_asks_stands_sealed_and_is_shown_masked(grid: Running) -> None:
    request = await shown(grid, await received(grid))
    assert request["person"] == {
        "id": request["person"]["id"],
        "name": "欧阳**",
        "phone": "138****5678",
        "resident_id": "3****************3",
        "address": None,
        "erased": False,
    }
    rows = await grid.fetch("select r::text from subject_request r")
    rows += await grid.fetch("select convert_from(body, 'UTF8') || headers::text from outbox")
    assert not [row[0] for row in rows if NUMBER in row[0] or PHONE in row[0] or "欧阳" in row[0]]
    path = f"{REQUESTS}/{request['id']}/people/{request['person']['id']}/reveal"
    answer = await grid.call(OFFICER, "POST", path, {"purpose": "核验身份", "fields": ["phone"]})
    assert answer.status_code == 422  # a purpose has five characters
    told = {"purpose": "电话核验身份", "fields": ["phone"]}
    assert (await grid.call(OFFICER, "POST", path, told)).json()["phone"] == PHONE


async def test_an_answer_is_due_after_fifteen_days(grid: Running) -> None:
    request = await shown(grid, await received(grid))
    due = datetime.fromisoformat(request["answer_due_at"])
    days = last_day(due) - local_day(datetime.fromisoformat(request["received_at"]))
    assert (
        timedelta(days=15) <= days <= timedelta(days=24)
    )  # a day of rest is followed by a working day


async def test_a_deadline_that_passes_is_told_and_listed(grid: Running) -> None:
    receipt = await received(grid)
    due = datetime.fromisoformat((await shown(grid, receipt))["answer_due_at"])
    runtime = grid.runtime
    sweeper = Sweeper(runtime.database, runtime.unit, runtime.definition.nouns, 1)
    await sweeper.sweep(due + timedelta(seconds=1))
    assert (await shown(grid, receipt))["answer_overdue_at"] is not None
    page = await grid.call(OFFICER, "GET", REQUESTS, overdue="true")
    assert receipt["id"] in [item["id"] for item in page.json()["items"]]
    page = await grid.call(OFFICER, "GET", REQUESTS, overdue="false")
    assert receipt["id"] not in [item["id"] for item in page.json()["items"]]


@pytest.mark.parametrize("facts", [{"kind": "ACCESS"}, CORRECTION])
async def test_access_and_correction_end_by_hand(grid: Running, facts: dict[str, Any]) -> None:
    done = await step(grid, await verified(grid, **facts), "complete")
    assert done["status"] == "DONE"
    told = await shown(grid, done)
    assert (told["decided_by"], told["verified_by"]) == (OFFICER.subject, DISTRICT.subject)
    for name, who in (("complete", OFFICER), ("refuse", OFFICER), ("verify", DISTRICT)):
        said = {"reason": "WITHDRAWN"} if name == "refuse" else {}
        answer = await attempt(grid, done, name, who, **said)
        assert refusal(answer) == (409, "request_step_not_allowed")


async def test_a_refusal_tells_its_reason(grid: Running) -> None:
    refused = await step(grid, await received(grid), "refuse", reason="IDENTITY_NOT_PROVEN")
    assert (refused["status"], (await shown(grid, refused))["reason"]) == (
        "REFUSED",
        "IDENTITY_NOT_PROVEN",
    )


async def test_an_erasure_is_ordered_without_saying_whom(grid: Running) -> None:
    receipt = await step(grid, await verified(grid), "erase")
    told = "select convert_from(body, 'UTF8') || headers::text from outbox where aggregate_id = $1 order by id"
    bodies = [row[0] for row in await grid.fetch(told, UUID(receipt["id"]))]
    index = grid.runtime.unit.vault.index("resident_id", NUMBER).hex()
    assert [index in body for body in bodies] == [False, False, True]
    assert not [body for body in bodies if NUMBER in body or PHONE in body or "欧阳" in body]


async def test_an_erasure_waits_for_every_service(grid: Running) -> None:
    receipt = await step(grid, await verified(grid), "erase")
    assert receipt["status"] == "ERASING"
    told = await shown(grid, receipt)
    assert told["waits_for"] == ["disputes", "grid", "inspection", "training"]
    assert await confirmed(grid, receipt, "grid", "disputes", "training") == ["inspection"]
    assert (await shown(grid, receipt))["status"] == "ERASING"
    assert await confirmed(grid, receipt, "inspection", held=2, rules=["LEGAL_HOLD"]) == []
    told = await shown(grid, receipt)
    assert told["status"] == "DONE"
    assert told["confirmations"][2]["rules"] == ["LEGAL_HOLD"]


async def confirmed(
    grid: Running, receipt: dict[str, Any], *keepers: str, **facts: Any
) -> list[str]:
    """Which services it still waits for, once these have confirmed."""
    unit, job = grid.runtime.unit, grid.runtime.subscriber.caller
    for keeper in keepers:
        body = {"keeper": keeper, "erased": 1, "held": 0, "rules": []} | facts
        told = ConfirmationIn.model_validate(body)
        item = Item(operations.record_erasure, UUID(receipt["id"]), told)
        await unit.run([item], job)
    return list((await shown(grid, receipt))["waits_for"])


async def test_a_service_that_does_not_confirm_in_time_is_told(grid: Running) -> None:
    receipt = await step(grid, await verified(grid), "erase")
    due = datetime.fromisoformat((await shown(grid, receipt))["confirm_due_at"])
    runtime = grid.runtime
    sweeper = Sweeper(runtime.database, runtime.unit, runtime.definition.nouns, 1)
    await sweeper.sweep(due + timedelta(seconds=1))
    assert (await shown(grid, receipt))["confirm_overdue_at"] is not None
    page = await grid.call(OFFICER, "GET", REQUESTS, overdue="true", status="ERASING")
    assert receipt["id"] in [item["id"] for item in page.json()["items"]]


@pytest.mark.parametrize(
    ("facts", "told"),
    [
        ({"resident_id": None, "phone": None}, (422, "nobody_named", "/resident_id")),
        ({"resident_id": "330703190001011014"}, (422, "invalid_request", "/resident_id")),
        ({"phone": "110"}, (422, "invalid_request", "/phone")),
        ({"kind": "CORRECTION"}, (422, "nothing_to_correct", "/fields")),
        ({"fields": ["name"]}, (422, "nothing_to_correct", "/fields")),
        ({"kind": "CORRECTION", "fields": ["NAME"]}, (422, "invalid_request", "/fields/0")),
        ({"area_code": "330702"}, (403, "outside_scope", "/area_code")),
        ({"remark": "x"}, (422, "invalid_request", "/remark")),
    ],
)
async def test_what_is_not_taken(
    grid: Running, facts: dict[str, Any], told: tuple[Any, ...]
) -> None:
    answer = await grid.call(DISTRICT, "POST", REQUESTS, REQUEST | facts)
    assert refusal(answer) == told
    assert NUMBER not in answer.text
    assert PHONE not in answer.text


@pytest.mark.parametrize(("name", "body"), [("erase", {}), ("refuse", {"reason": "WITHDRAWN"})])
async def test_the_officer_alone_decides(grid: Running, name: str, body: dict[str, Any]) -> None:
    receipt = await verified(grid)
    refused = await attempt(grid, receipt, name, DISTRICT, **body)
    assert refusal(refused)[:2] == (403, "permission_missing")
    elsewhere = caller(roles.PRIVACY_OFFICER, "330702", subject="elsewhere")
    assert refusal(await attempt(grid, receipt, name, elsewhere, **body))[0] == 404
    assert (await shown(grid, receipt))["allowed_actions"] == [
        "erase_subject",
        "refuse_subject_request",
    ]
    assert (await shown(grid, receipt, DISTRICT))["allowed_actions"] == []


async def test_only_the_desk_and_auditors_see_requests(grid: Running) -> None:
    receipt = await received(grid)
    assert (await shown(grid, receipt, AUDITOR))["number"].startswith("SR330703000")
    refused = await grid.call(TOWNSHIP, "GET", f"{REQUESTS}/{receipt['id']}")
    assert refusal(refused) == (403, "permission_missing")
    assert refusal(await grid.call(OFFICER, "GET", f"{REQUESTS}/{uuid4()}")) == (404, "not_found")


async def test_an_unproven_identity_is_not_erased(grid: Running) -> None:
    receipt = await received(grid)
    assert refusal(await attempt(grid, receipt, "erase")) == (409, "request_step_not_allowed")
    access = await verified(grid, kind="ACCESS")
    assert refusal(await attempt(grid, access, "erase")) == (409, "another_kind_of_request")
