"""Duplicates are suggested; an office merges them, and everybody who reported follows the one that goes on."""

import asyncio
import json
from typing import Any
from uuid import uuid4

import pytest

from services.contracts.grid import ReportSnapshot
from services.gateway.projections.grid import entries
from services.grid.reports.outcome.operations import archive_report
from tests.grid.people import (
    ELSEWHERE,
    FULL_TIME,
    NEIGHBOUR,
    OTHER_OFFICE,
    OTHER_RESIDENT,
    RESIDENT,
    VILLAGE,
    both,
)
from tests.grid.reports.test_archive import CLOSED, LAST
from tests.grid.reports.test_content import position
from tests.grid.reports.test_deadlines import lived
from tests.support.grid import (
    BATCH,
    LIVES,
    REPORTS,
    attempt,
    brought_to,
    refusal,
    reported,
    run_at,
    shown,
    step,
)
from tests.support.people import DISTRICT, HANDLER, OTHER_TOWNSHIP, RED_MEMBER, TOWNSHIP
from tests.support.running import Running

GRID = "330703105291001"


async def merge(grid: Running, receipt: Any, master: Any, who: Any = TOWNSHIP) -> Any:
    return await attempt(grid, who, receipt, "merge", master=master["id"])


async def test_what_may_be_the_same_is_suggested(grid: Running) -> None:
    here = position(lng=119.71, lat=29.11)
    told = {"category": "TRAFFIC", "subcategory": "SIGNAL", "details": {"road": "金义中路"}}
    near = await reported(grid, RESIDENT, **told, position=here)
    secret = await reported(grid, RESIDENT, **told, position=here, accuses=True)
    far = await reported(grid, RESIDENT, **told, position=position(lng=119.75, lat=29.11))
    wish = {"area_code": GRID, "category": "TRAFFIC", "position": position(lng=119.7105, lat=29.11)}
    answer = await grid.call(NEIGHBOUR, "POST", f"{REPORTS}/duplicates", wish)
    (line,) = answer.json()["items"]
    assert (line["id"], line["metres"], line["number"]) == (near["id"], 49, near["number"])
    answer = await grid.call(TOWNSHIP, "GET", f"{REPORTS}/{near['id']}/duplicates")
    (line,) = answer.json()["items"]
    assert (line["id"], line["metres"]) == (secret["id"], None)
    wish["subcategory"] = "ROAD_DEFECT"
    answer = await grid.call(TOWNSHIP, "POST", f"{REPORTS}/duplicates", wish)
    assert answer.json()["items"] == []
    assert far["id"] not in answer.text


async def test_nobody_is_told_of_what_they_may_not_see(grid: Running) -> None:
    told = {"category": "MARKET", "place": "村口小店"}
    receipt = await reported(grid, RESIDENT, **told)
    wish = {"area_code": GRID, **told}
    for who, found in ((OTHER_RESIDENT, 0), (OTHER_TOWNSHIP, 0), (NEIGHBOUR, 1)):
        answer = await grid.call(who, "POST", f"{REPORTS}/duplicates", wish)
        assert len(answer.json()["items"]) == found, who
    answer = await grid.call(OTHER_RESIDENT, "GET", f"{REPORTS}/{receipt['id']}/duplicates")
    assert refusal(answer) == (404, "not_found")


async def test_a_merged_report_keeps_its_number_and_names_its_master(grid: Running) -> None:
    master = await brought_to(grid, "PROCESSING")
    receipt = await reported(grid, RESIDENT)
    merged = await step(grid, TOWNSHIP, receipt, "merge", master=master["id"])
    assert (merged["status"], merged["number"]) == ("CANCELLED", receipt["number"])
    told = await shown(grid, merged)
    assert (told["duplicate_of"], told["cancel_reason"]) == (master["id"], "DUPLICATE")
    assert (await shown(grid, master))["status"] == "PROCESSING"
    answer = await grid.call(DISTRICT, "GET", REPORTS, duplicate_of=master["id"])
    assert [item["number"] for item in answer.json()["items"]] == [receipt["number"]]
    (row,) = await grid.fetch(
        "select convert_from(body, 'utf8') as told from outbox"
        " where aggregate_id = $1 order by version desc limit 1",
        merged["id"],
    )
    event = json.loads(row["told"])
    assert (event["duplicate_of"], event["credited"]) == (master["id"], True)


async def test_who_reported_or_handled_a_merged_one_follows_its_master(grid: Running) -> None:
    master = await reported(grid, FULL_TIME)
    receipt = await brought_to(grid, "PROCESSING", RESIDENT)
    path = f"{REPORTS}/{master['id']}"
    for who in (RESIDENT, HANDLER):
        assert refusal(await grid.call(who, "GET", path)) == (404, "not_found")
    await step(grid, TOWNSHIP, receipt, "merge", master=master["id"])
    await step(grid, TOWNSHIP, master, "accept")
    for who in (RESIDENT, HANDLER):
        assert (await shown(grid, master, who))["status"] == "ACCEPTED"
    assert refusal(await grid.call(OTHER_RESIDENT, "GET", path)) == (404, "not_found")


async def test_everybody_is_credited_and_the_matter_counts_once(grid: Running) -> None:
    master = await reported(grid, RESIDENT)
    again = await reported(grid, RESIDENT)
    also = [await reported(grid, RED_MEMBER), await reported(grid, FULL_TIME)]
    for receipt in (again, *also):
        await step(grid, TOWNSHIP, receipt, "merge", master=master["id"])
    found: dict[str, int] = {}
    for receipt in (master, again, *also):
        told = await shown(grid, receipt)
        card = ReportSnapshot.model_validate(
            {**told, "credited": await credited(grid, receipt), "occurred_at": told["reported_at"]}
        )
        for entry in entries(card):
            found[entry.metric] = found.get(entry.metric, 0) + entry.n
    assert found["reports_filed"] == 1
    assert found["reporters_credited"] == 3


async def credited(grid: Running, receipt: Any) -> bool:
    (row,) = await grid.fetch("select credited from report where id = $1", receipt["id"])
    return bool(row["credited"])


async def test_what_is_not_merged(grid: Running) -> None:
    receipt = await reported(grid)
    assert refusal(await merge(grid, receipt, receipt)) == (422, "master_is_itself", "/master")
    unknown = await merge(grid, receipt, {"id": str(uuid4())})
    assert refusal(unknown) == (422, "master_unknown", "/master")
    other = await reported(grid, DISTRICT, area_code="330703101")
    assert refusal(await merge(grid, receipt, other)) == (422, "master_unknown", "/master")
    traffic = await reported(grid, category="TRAFFIC")
    assert refusal(await merge(grid, receipt, traffic)) == (409, "another_category", "/master")
    over = await brought_to(grid, "CANCELLED")
    assert refusal(await merge(grid, receipt, over)) == (409, "master_is_over", "/master")
    master = await reported(grid)
    for who in (RED_MEMBER, VILLAGE):
        assert refusal(await merge(grid, receipt, master, who)) == (403, "permission_missing")
    given = await step(grid, TOWNSHIP, await reported(grid), "accept")
    given = await step(grid, DISTRICT, given, "assign", organisation=OTHER_OFFICE)
    assert refusal(await merge(grid, given, master, ELSEWHERE)) == (403, "only_offices")
    assert refusal(await merge(grid, receipt, master, OTHER_TOWNSHIP)) == (404, "not_found")
    closed = await brought_to(grid, "CLOSED")
    assert refusal(await merge(grid, closed, master)) == (409, "step_not_allowed")


@pytest.mark.parametrize("status", LIVES)
async def test_nothing_is_merged_into_what_nobody_deals_with_any_more(
    grid: Running, status: str
) -> None:
    told: dict[str, Any] = {"category": "MARKET", "place": f"店铺{status}"}
    master = await brought_to(grid, status, **told)
    receipt = await reported(grid, RESIDENT, **told)
    answer = await grid.call(TOWNSHIP, "GET", f"{REPORTS}/{receipt['id']}/duplicates")
    suggested = {line["id"]: line["mergeable"] for line in answer.json()["items"]}
    closed = status in ("CLOSED", "EVALUATED")
    assert suggested == ({} if status == "CANCELLED" else {master["id"]: not closed})
    answer = await merge(grid, receipt, master)
    if closed or status == "CANCELLED":
        code = "master_is_closed" if closed else "master_is_over"
        assert refusal(answer) == (409, code, "/master")
        assert (await shown(grid, receipt))["status"] == "REPORTED"
    else:
        assert answer.status_code == 200, answer.text
    if closed:
        await step(grid, RED_MEMBER, master, "reopen")
        await step(grid, TOWNSHIP, receipt, "merge", master=master["id"])


async def test_nothing_is_merged_into_what_is_archived(grid: Running) -> None:
    id_ = await lived(grid, *CLOSED)
    archived = await run_at(grid, LAST, archive_report, TOWNSHIP, id_)
    assert archived.status == "ARCHIVED"
    answer = await merge(grid, await reported(grid), {"id": str(id_)})
    assert refusal(answer) == (409, "master_is_closed", "/master")


async def test_a_batch_merges_nothing_into_what_it_closes(grid: Running) -> None:
    master, one, other = [await reported(grid) for _ in range(3)]
    told: list[tuple[str, Any, dict[str, Any]]] = [
        ("self_handle_report", master, {"opinion": "已当场清理"}),
        ("merge_report", one, {"master": master["id"]}),
        ("reopen_report", master, {"reason": "又出现"}),
        ("merge_report", other, {"master": master["id"]}),
    ]
    items = [
        {"operation": name, "id": receipt["id"], "key": f"{n}/{receipt['id']}", "body": body}
        for n, (name, receipt, body) in enumerate(told)
    ]
    answer = await grid.call(both(TOWNSHIP, FULL_TIME), "POST", BATCH, {"items": items})
    results = answer.json()["results"]
    assert [result.get("code") for result in results] == [None, "master_is_closed", None, None]


@pytest.mark.parametrize("ending", ["close", "reopen"])
async def test_closing_and_merging_at_once(grid: Running, ending: str) -> None:
    """Whichever comes first: never is anything merged into what is closed."""
    master = await brought_to(grid, "VERIFIED" if ending == "close" else "CLOSED")
    receipt = await reported(grid, RESIDENT)
    who = TOWNSHIP if ending == "close" else RED_MEMBER
    merged, ended = await asyncio.gather(
        merge(grid, receipt, master), attempt(grid, who, master, ending)
    )
    assert ended.status_code == 200, ended.text
    assert merged.status_code == 200 or refusal(merged) == (409, "master_is_closed", "/master")
    status = (await shown(grid, receipt))["status"]
    assert status == ("CANCELLED" if merged.status_code == 200 else "REPORTED")


@pytest.mark.parametrize("reason", ["DUPLICATE", "INVALID", "WITHDRAWN"])
async def test_a_master_goes_on_for_all(grid: Running, reason: str) -> None:
    master, receipt = await reported(grid), await reported(grid, RESIDENT)
    await step(grid, TOWNSHIP, receipt, "merge", master=master["id"])
    who = RED_MEMBER if reason == "WITHDRAWN" else TOWNSHIP
    answer = await attempt(grid, who, master, "cancel", reason=reason)
    assert refusal(answer) == (409, "has_merged", "/reason")
    third = await reported(grid, FULL_TIME)
    assert refusal(await merge(grid, master, third)) == (409, "has_merged", "/reason")
    await step(grid, TOWNSHIP, master, "cancel", reason="OUT_OF_SCOPE")


async def test_a_batch_merges_no_chain(grid: Running) -> None:
    one, two, three = [await reported(grid) for _ in range(3)]
    items = [
        {
            "operation": "merge_report",
            "id": report["id"],
            "key": report["id"],
            "body": {"master": master["id"]},
        }
        for report, master in ((one, two), (two, three))
    ]
    answer = await grid.call(TOWNSHIP, "POST", BATCH, {"items": items})
    first, second = answer.json()["results"]
    assert (first["outcome"], second.get("code")) == ("applied", "has_merged")


async def test_two_that_are_merged_into_each_other_at_once_do_not_both_end(grid: Running) -> None:
    for _ in range(4):
        one, two = await reported(grid), await reported(grid, RESIDENT)
        answers = await asyncio.gather(merge(grid, one, two), merge(grid, two, one))
        assert sorted(answer.status_code for answer in answers) == [200, 409]
        ended = [(await shown(grid, receipt))["status"] for receipt in (one, two)]
        assert sorted(ended) == ["CANCELLED", "REPORTED"]


async def test_many_merge_into_one_at_once(grid: Running) -> None:
    for _ in range(3):
        master = await reported(grid)
        receipts = [await reported(grid, RESIDENT) for _ in range(6)]
        answers = await asyncio.gather(*(merge(grid, receipt, master) for receipt in receipts))
        assert [answer.status_code for answer in answers] == [200] * 6
        assert {(await shown(grid, receipt))["status"] for receipt in receipts} == {"CANCELLED"}
