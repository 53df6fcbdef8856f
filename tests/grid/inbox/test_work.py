"""Tasks, errands and what one's reports were merged into, on the first screen and in the sync."""

import json
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.chassis.identity.caller import Caller
from services.contracts import roles
from tests.grid.device.holding import Device
from tests.grid.errands.asking import RUNNER
from tests.grid.errands.asking import brought_to as errand_at
from tests.grid.field import GRID, MATE, MEMBER
from tests.grid.inbox.test_inbox import inbox, waits
from tests.grid.people import ELSEWHERE
from tests.grid.tasks.test_router import HERE, done, only_item
from tests.support.grid import brought_to, reported, step
from tests.support.people import HANDLER, OTHER_TOWNSHIP, TOWNSHIP, caller
from tests.support.running import Running


def reporter() -> Caller:
    return caller(roles.RESIDENT, GRID, subject=f"r-{uuid4()}")


async def told(grid: Running, who: Caller, section: str, **query: Any) -> dict[str, Any]:
    return dict((await inbox(grid, who, **query))["sections"][section])


async def test_the_first_screen_has_two_paths_and_tells_the_same(grid: Running) -> None:
    answer = await grid.call(MEMBER, "GET", "/v1/inbox", rows=50)
    assert answer.status_code == 200
    assert answer.json()["sections"] == (await inbox(grid, MEMBER))["sections"]


async def test_a_task_waits_for_the_people_of_the_place(grid: Running) -> None:
    item = await only_item(grid)
    assert await waits(grid, MEMBER, "tasks", item["id"])
    assert await waits(grid, MATE, "tasks", item["id"])
    for other in (ELSEWHERE, OTHER_TOWNSHIP, TOWNSHIP):
        assert not await waits(grid, other, "tasks", item["id"])


async def test_a_task_with_a_name_waits_for_them_alone(grid: Running) -> None:
    item = await only_item(grid, targets=[HERE | {"subject": MATE.subject}])
    assert await waits(grid, MATE, "tasks", item["id"])
    assert not await waits(grid, MEMBER, "tasks", item["id"])


async def test_what_was_submitted_waits_for_the_office(grid: Running) -> None:
    item = await done(grid, await only_item(grid), "read", "start", "submit")
    assert not await waits(grid, MEMBER, "tasks", item["id"])
    assert await waits(grid, TOWNSHIP, "tasks_to_judge", item["id"])
    assert not await waits(grid, OTHER_TOWNSHIP, "tasks_to_judge", item["id"])
    assert "tasks_to_judge" not in (await inbox(grid, MEMBER))["sections"]
    await done(grid, item, "reject")
    assert await waits(grid, MEMBER, "tasks", item["id"])


async def test_what_is_late_is_counted(grid: Running) -> None:
    me = replace(MEMBER, subject=f"m-{uuid4()}", areas=())
    target = HERE | {"subject": me.subject}
    for _ in range(2):
        item = await only_item(grid, targets=[target])
    section = await told(grid, me, "tasks")
    assert (section["count"], section["overdue"], section["changed"]) == (2, 0, None)
    cursor = (await inbox(grid, me))["next"]
    query = "update task_item set expired_at = now() where id = $1"
    await grid.fetch(query, UUID(item["id"]))
    section = await told(grid, me, "tasks", since=cursor)
    assert (section["count"], section["overdue"], section["changed"]) == (2, 1, 1)
    assert [line["id"] for line in section["items"] if line["expired_at"]] == [item["id"]]
    assert section["items"][0]["due_at"]
    assert (await told(grid, me, "attachments"))["overdue"] is None


async def test_a_device_is_told_of_tasks_and_errands(grid: Running) -> None:
    device, other = Device(MEMBER), Device(ELSEWHERE)
    for each in (device, other):
        await each.sync(grid)
    item, errand = await only_item(grid), await errand_at(grid, "ACCEPTED")
    for each in (device, other):
        await each.sync(grid)
    assert [row["id"] for row in device.news(noun="task_item")] == [item["id"]]
    assert [row["id"] for row in device.news(noun="task_order")] == [item["order_id"]]
    assert [row["id"] for row in device.news(noun="errand")] == [errand["id"]]
    assert not {"applicant", "masked_name"} & device.news(noun="errand")[0].keys()
    assert other.news(noun="task_item") == other.news(noun="errand") == []


async def test_an_errand_waits_for_who_is_in_charge_until_it_has_ended(grid: Running) -> None:
    new = await errand_at(grid, "SUBMITTED")
    assert await waits(grid, MATE, "errands", new["id"])
    receipt = await errand_at(grid, "ACCEPTED")
    assert await waits(grid, RUNNER, "errands", receipt["id"])
    for other in (MATE, TOWNSHIP, OTHER_TOWNSHIP):
        assert not await waits(grid, other, "errands", receipt["id"])
    closed = await errand_at(grid, "CLOSED")
    assert not await waits(grid, RUNNER, "errands", closed["id"])


async def test_an_errand_waits_at_the_window_of_a_department(grid: Running) -> None:
    receipt = await errand_at(grid, "IN_PROGRESS")
    windows = [
        {"department": HANDLER.organisation, "window": "1", "matter": "x", "result": None}
        | {"submitted_at": "2026-03-02T01:00:00Z"}
    ]
    query = (
        "update errand set windows = $2::text::jsonb, departments = $3::text::jsonb where id = $1"
    )
    departments = f'["{HANDLER.organisation}"]'
    for result, expected in ((None, True), ("DONE", False)):
        windows[0]["result"] = result
        await grid.fetch(query, UUID(receipt["id"]), json.dumps(windows), departments)
        assert await waits(grid, HANDLER, "errands", receipt["id"]) is expected


async def test_who_reported_what_was_merged_is_told_at_once_and_of_every_news(
    grid: Running,
) -> None:
    mine = reporter()
    master, receipt = await reported(grid, TOWNSHIP), await reported(grid, mine)
    device = Device(mine)
    await device.sync(grid)
    cursor = (await inbox(grid, mine))["next"]
    assert master["id"] not in device.held["report"]
    await step(grid, TOWNSHIP, receipt, "merge", master=master["id"])
    await device.sync(grid)
    assert device.held["report"][receipt["id"]]["duplicate_of"] == master["id"]
    assert device.held["report"][master["id"]]["status"] == "REPORTED"
    section = await told(grid, mine, "merged", since=cursor)
    assert (section["count"], section["changed"]) == (1, 1)
    cursor = (await inbox(grid, mine))["next"]
    assert (await told(grid, mine, "merged", since=cursor))["changed"] == 0
    await step(grid, TOWNSHIP, master, "accept")
    await device.sync(grid)
    assert [(row["id"], row["status"]) for row in device.news()] == [(master["id"], "ACCEPTED")]
    section = await told(grid, mine, "merged", since=cursor)
    assert (section["items"][0]["id"], section["changed"]) == (master["id"], 1)


@pytest.mark.parametrize("status", ["ASSIGNED", "RESOLVED"])
async def test_a_deadline_of_the_step_makes_a_report_late(grid: Running, status: str) -> None:
    receipt = await brought_to(grid, status)
    column = {"ASSIGNED": "sign", "RESOLVED": "verify"}[status]
    assert not await waits(grid, TOWNSHIP, "overdue", receipt["id"])
    query = f"update report set {column}_overdue_at = now() where id = $1"
    await grid.fetch(query, UUID(receipt["id"]))
    assert await waits(grid, TOWNSHIP, "overdue", receipt["id"])
