"""A code for a report: told once, to its reporter; what it tells, and to whom."""

import re
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest

from services.chassis.deadlines.calendar import local_day
from services.chassis.identity.caller import job
from tests.grid.people import NEIGHBOUR, OTHER_RESIDENT, RESIDENT, VILLAGE
from tests.support.grid import REPORTS, brought_to, refusal, reported, shown, step
from tests.support.people import DISTRICT, HANDLER, OTHER_TOWNSHIP, TOWNSHIP
from tests.support.running import Running

WRITTEN = re.compile(r"[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){2}")
GATEWAY = job("gateway")


async def asked(grid: Running, code: str, who: Any = GATEWAY) -> Any:
    return await grid.call(who, "POST", "/internal/reports/progress", {"code": code})


async def code_of(grid: Running, receipt: dict[str, Any], who: Any = RESIDENT) -> str:
    answer = await grid.call(who, "POST", f"{REPORTS}/{receipt['id']}/lookup-code", {})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["code"])


async def test_a_code_tells_status_dates_and_what_follows(grid: Running) -> None:
    receipt = await reported(grid, RESIDENT)
    code = await code_of(grid, receipt)
    assert WRITTEN.fullmatch(code)
    today = str(local_day(datetime.now(UTC)))
    told = (await asked(grid, code.lower().replace("-", ""))).json()
    assert told == {
        "status": {"code": "REPORTED", "zh": "待受理", "en": "Reported"},
        "next_step": {"code": "REPORTED", "zh": "等待受理", "en": "It waits to be accepted"},
        "reported_on": today,
        "accepted_on": None,
        "due_on": None,
        "resolved_on": None,
        "closed_on": None,
    }
    await step(grid, TOWNSHIP, receipt, "accept")
    told = (await asked(grid, code)).json()
    due = datetime.fromisoformat((await shown(grid, receipt))["resolve_due_at"])
    assert (told["accepted_on"], told["status"]["code"]) == (today, "ACCEPTED")
    assert told["due_on"] <= str(local_day(due))


async def test_nobody_reads_the_code_in_the_database_and_a_new_one_ends_it(grid: Running) -> None:
    receipt = await reported(grid, RESIDENT)
    first = await code_of(grid, receipt)
    rows = await grid.fetch("select digest from report_lookup")
    assert all(first.replace("-", "") not in row["digest"].upper() for row in rows)
    second = await code_of(grid, receipt)
    assert refusal(await asked(grid, first)) == (404, "not_found")
    assert (await asked(grid, second)).status_code == 200
    noted = await grid.fetch(
        "select subject from audit where action = 'KEY_MADE' and object_id = $1", receipt["id"]
    )
    assert [row["subject"] for row in noted] == [RESIDENT.subject] * 2


async def test_what_is_merged_tells_of_its_master(grid: Running) -> None:
    master = await brought_to(grid, "PROCESSING")
    receipt = await reported(grid, RESIDENT)
    code = await code_of(grid, receipt)
    await step(grid, TOWNSHIP, receipt, "merge", master=master["id"])
    assert (await asked(grid, code)).json()["status"]["code"] == "PROCESSING"


async def test_a_code_lasts_for_180_days_after_the_end(grid: Running) -> None:
    receipt = await brought_to(grid, "CLOSED", RESIDENT)
    code = await code_of(grid, receipt)
    for days, status in ((179, 200), (181, 404)):
        await grid.fetch(
            "update report set closed_at = now() - make_interval(days => $2) where id = $1",
            receipt["id"],
            days,
        )
        assert (await asked(grid, code)).status_code == status


async def test_who_may_have_a_code(grid: Running) -> None:
    receipt = await reported(grid, RESIDENT)
    path = f"{REPORTS}/{receipt['id']}/lookup-code"
    assert await code_of(grid, receipt, TOWNSHIP)  # for who came to its window
    for who in (NEIGHBOUR, VILLAGE):
        assert refusal(await grid.call(who, "POST", path, {})) == (403, "code_not_yours")
    for who in (OTHER_RESIDENT, OTHER_TOWNSHIP):
        assert refusal(await grid.call(who, "POST", path, {})) == (404, "not_found")
    assert refusal(await grid.call(HANDLER, "POST", path, {})) == (403, "permission_missing")
    nothing = f"{REPORTS}/{uuid4()}/lookup-code"
    assert refusal(await grid.call(DISTRICT, "POST", nothing, {})) == (404, "not_found")


@pytest.mark.parametrize("code", ["", "0000-0000-0000", "不是代码", "x" * 60, "7K3M-9XQ2"])
async def test_what_is_no_code_is_answered_alike(grid: Running, code: str) -> None:
    assert refusal(await asked(grid, code)) == (404, "not_found")


async def test_only_the_gateway_asks(grid: Running) -> None:
    code = await code_of(grid, await reported(grid, RESIDENT))
    assert refusal(await asked(grid, code, DISTRICT)) == (403, "permission_missing")
    assert refusal(await asked(grid, "x" * 61)) == (422, "invalid_request", "/code")
