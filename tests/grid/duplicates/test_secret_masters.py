"""Who told of the same as a secret report may be whom it accuses: how it goes is theirs to know, and no more."""

from typing import Any

import pytest

from tests.grid.device.holding import Device
from tests.grid.inbox.test_work import told
from tests.grid.lookups.test_router import asked, code_of
from tests.grid.people import GRID, RESIDENT
from tests.support.grid import REPORTS, attempt, brought_to, refusal, reported, step
from tests.support.people import HANDLER, RED_MEMBER, TOWNSHIP
from tests.support.running import Running

SECRETS: list[dict[str, Any]] = [{"anonymous": True}, {"accuses": True}]


@pytest.mark.parametrize("secret", SECRETS)
async def test_a_secret_master_is_shown_to_no_follower(
    grid: Running, secret: dict[str, Any]
) -> None:
    words = "匿名举报隔壁张某销赃"
    master = await reported(grid, RED_MEMBER, title=words, description=words, **secret)
    receipt = await brought_to(grid, "PROCESSING", RESIDENT)
    code, device = await code_of(grid, receipt), Device(RESIDENT)
    await step(grid, TOWNSHIP, receipt, "merge", master=master["id"])
    for who in (RESIDENT, HANDLER):
        answer = await grid.call(who, "GET", f"{REPORTS}/{master['id']}")
        assert refusal(answer) == (404, "not_found")
        answer = await attempt(grid, who, master, "evaluate")
        assert refusal(answer)[0] in (403, 404)
        answer = await grid.call(who, "GET", REPORTS, limit=200)
        assert words not in answer.text
        assert receipt["id"] in answer.text
    await device.sync(grid)
    assert master["id"] not in device.held["report"]
    assert (await told(grid, RESIDENT, "merged"))["count"] == 0
    await step(grid, TOWNSHIP, master, "accept")
    assert (await asked(grid, code)).json()["status"]["code"] == "ACCEPTED"
    assert GRID in (await grid.call(RED_MEMBER, "GET", f"{REPORTS}/{master['id']}")).text


async def test_a_secret_report_follows_a_plain_master(grid: Running) -> None:
    master = await reported(grid, RED_MEMBER)
    receipt = await reported(grid, RESIDENT, anonymous=True)
    await step(grid, TOWNSHIP, receipt, "merge", master=master["id"])
    answer = await grid.call(RESIDENT, "GET", f"{REPORTS}/{master['id']}")
    assert answer.json()["status"] == "REPORTED"
    answer = await grid.call(RED_MEMBER, "GET", f"{REPORTS}/{receipt['id']}")
    assert refusal(answer) == (404, "not_found")
