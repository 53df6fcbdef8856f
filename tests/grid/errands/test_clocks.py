"""What time does to an errand: the promise passes, the copies of papers go."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from services.chassis.attachments.upkeep import Upkeep
from services.chassis.deadlines.sweeper import Sweeper
from services.chassis.identity.caller import Caller
from services.contracts import roles
from tests.grid.errands.asking import RUNNER, brought_to, shown, step
from tests.grid.people import ELSEWHERE, FULL_TIME, NEIGHBOUR, VILLAGE
from tests.support.files import asked, declaring, photo, sent
from tests.support.grid import refusal
from tests.support.people import TOWNSHIP, caller
from tests.support.running import Running

OFFICER, AUDITOR = caller(roles.PRIVACY_OFFICER), caller(roles.AUDITOR)
ID_COPY: dict[str, Any] = {"kind": "ID_CARD", "form": "COPY"}


def department(code: str) -> Caller:
    return caller(roles.DEPARTMENT_HANDLER, subject=f"handler of {code}", organisation=code)


async def swept(grid: Running, at: datetime) -> None:
    runtime = grid.runtime
    await Sweeper(runtime.database, runtime.unit, runtime.definition.nouns, 1).sweep(at)


async def with_a_copy(grid: Running) -> tuple[dict[str, Any], str]:
    """An errand that has ended, and the scan that it holds."""
    content = photo()
    file = declaring(content)
    receipt = await brought_to(grid, "ACCEPTED")
    receipt = await step(grid, receipt, "take-paper", **ID_COPY, attachments=[file])
    assert (await sent(grid, RUNNER, file["id"], content))["state"] == "COMPLETE"
    return await step(grid, receipt, "settle"), file["id"]


async def test_a_promise_that_passes_is_told_once(grid: Running) -> None:
    receipt = await brought_to(grid, "ACCEPTED")
    due = datetime.fromisoformat((await shown(grid, receipt))["promised_by"])
    for late in (-1, 1, 2):
        await swept(grid, due + timedelta(seconds=late))
    told = await shown(grid, receipt)
    assert datetime.fromisoformat(told["overdue_at"]) == due
    types = "select headers->>'ce_type' from outbox where aggregate_id = $1 order by id"
    found = [row[0] for row in await grid.fetch(types, UUID(receipt["id"]))]
    assert found.count("jinding.grid.errand.overdue.v1") == 1


async def test_whoever_delivers_in_time_keeps_the_promise(grid: Running) -> None:
    receipt = await brought_to(grid, "DELIVERED")
    due = datetime.fromisoformat((await shown(grid, receipt))["promised_by"])
    await swept(grid, due + timedelta(days=9))
    assert (await shown(grid, receipt))["overdue_at"] is None


async def test_copies_go_thirty_days_after_the_end(grid: Running) -> None:
    receipt, file = await with_a_copy(grid)
    told = await shown(grid, receipt)
    due = datetime.fromisoformat(told["purge_due_at"])
    assert due - datetime.fromisoformat(told["closed_at"]) == timedelta(days=30)
    await swept(grid, due - timedelta(seconds=1))
    assert (await asked(grid, RUNNER, file, "/content")).status_code == 200
    await swept(grid, due)
    answer = await asked(grid, RUNNER, file, "/content")
    assert refusal(answer)[:2] == (409, "not_whole")
    told = await shown(grid, receipt)
    (paper,) = told["papers"]
    assert (paper["files"], paper["purged_at"]) == ([], told["purged_at"])
    assert (told["status"], told["attachments"][0]["content_sha256"]) == ("CLOSED", None)


async def test_the_scan_of_an_original_is_a_copy_that_goes_as_well(grid: Running) -> None:
    content = photo()
    file = declaring(content)
    receipt = await brought_to(grid, "AUTHORISED")
    original = ID_COPY | {"form": "ORIGINAL"}
    receipt = await step(grid, receipt, "take-paper", **original, attachments=[file])
    assert (await sent(grid, RUNNER, file["id"], content))["state"] == "COMPLETE"
    receipt = await step(grid, receipt, "return-paper")
    receipt = await step(grid, receipt, "settle")
    due = (await shown(grid, receipt))["purge_due_at"]
    assert due is not None
    await swept(grid, datetime.fromisoformat(due))
    answer = await asked(grid, RUNNER, file["id"], "/content")
    assert refusal(answer)[:2] == (409, "not_whole")
    (paper,) = (await shown(grid, receipt))["papers"]
    assert (paper["files"], paper["purged_at"] is None) == ([], False)


async def test_the_very_content_is_removed(grid: Running) -> None:
    receipt, file = await with_a_copy(grid)
    store = grid.runtime.attached.store
    await swept(grid, datetime.fromisoformat((await shown(grid, receipt))["purge_due_at"]))
    assert await store.size(UUID(file)) is not None
    upkeep = Upkeep(grid.database_url, grid.runtime.attached)
    await upkeep.sweep(datetime.fromisoformat(receipt_time(await shown(grid, receipt))))
    assert await store.size(UUID(file)) is None


def receipt_time(told: dict[str, Any]) -> str:
    """Long after it."""
    return str((datetime.fromisoformat(told["purge_due_at"]) + timedelta(days=4)).isoformat())


async def test_a_legal_hold_keeps_the_copies(grid: Running) -> None:
    receipt, file = await with_a_copy(grid)
    hold = {"area_code": "330703", "aggregate_id": receipt["id"], "reason": "法院要求保全证据"}
    answer = await grid.call(OFFICER, "POST", "/v1/grid/legal-holds", hold)
    assert answer.status_code == 201, answer.text
    due = datetime.fromisoformat((await shown(grid, receipt))["purge_due_at"])
    await swept(grid, due)
    assert (await shown(grid, receipt))["purged_at"] is None
    assert (await asked(grid, RUNNER, file, "/content")).status_code == 200
    lifted = {"reason": "案件已经结束"}
    path = f"/v1/grid/legal-holds/{answer.json()['id']}/lift"
    assert (await grid.call(OFFICER, "POST", path, lifted)).is_success
    await swept(grid, due)
    assert (await shown(grid, receipt))["purged_at"] is not None


async def test_an_errand_without_copies_has_nothing_to_purge(grid: Running) -> None:
    receipt = await brought_to(grid, "CLOSED")
    assert (await shown(grid, receipt))["purge_due_at"] is None


async def test_a_scan_is_for_who_is_in_charge_and_is_audited(grid: Running) -> None:
    """Others see the errand, its people masked: the identity card would tell them."""
    content = photo()
    file = declaring(content)
    receipt = await brought_to(grid, "IN_PROGRESS")
    receipt = await step(grid, receipt, "take-paper", **ID_COPY, attachments=[file])
    assert (await sent(grid, RUNNER, file["id"], content))["state"] == "COMPLETE"
    office = department("330703-enforcement")
    receipt = await step(grid, receipt, "file")

    async def told(*who: Caller) -> list[Any]:
        answers = [await asked(grid, each, file["id"], "/content") for each in who]
        return [a.status_code if a.is_success else refusal(a) for a in answers]

    assert await told(ELSEWHERE, department("330703-planning")) == [(404, "not_found")] * 2
    assert await told(NEIGHBOUR, FULL_TIME, AUDITOR) == [(403, "not_in_charge")] * 3
    assert await told(RUNNER, VILLAGE, TOWNSHIP, office) == [200] * 4
    await step(grid, receipt, "answer", who=office)
    assert await told(office) == [(403, "not_in_charge")]
    rows = "select subject from audit where object_id = $1 and action = 'DOWNLOADED'"
    assert [row[0] for row in await grid.fetch(rows, UUID(receipt["id"]))] == [
        who.subject for who in (RUNNER, VILLAGE, TOWNSHIP, office)
    ]
