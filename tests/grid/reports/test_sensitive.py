"""Sensitive reports: told on a topic of their own from the first event to the last."""

import json
from typing import Any
from uuid import UUID

import pytest

from services.chassis.identity.caller import Caller
from services.contracts.grid import ReportReported, ReportSnapshot
from services.grid.main import DEFINITION
from tests.chassis.test_snapshots import page
from tests.grid.people import COLLEAGUE, RESIDENT
from tests.grid.reports.test_content import CLUE, TOLD
from tests.support.grid import LIVES, SAYING, brought_to, reported, shown, step
from tests.support.people import RED_MEMBER, TOWNSHIP
from tests.support.running import Running

PLAIN, APART = ReportReported.topics()
SENSITIVE: dict[str, dict[str, Any]] = {
    "clue": CLUE | {"details": {"cause": "不明", "people": "无"}},
    "anonymous": {"anonymous": True},
    "accuses": {"accuses": True},
}


async def events(grid: Running, receipt: dict[str, Any]) -> list[tuple[str, int]]:
    """Topic and version of each, in the order in which they are published."""
    rows = await grid.fetch(
        "select topic, version from outbox where aggregate_id = $1 order by id",
        UUID(receipt["id"]),
    )
    return [tuple(row) for row in rows]


async def lived(grid: Running, who: Caller, **facts: Any) -> dict[str, Any]:
    """The receipt of one that went all the way; an office verifies it, as nobody else sees it."""
    receipt = await brought_to(grid, "RESOLVED", who, **facts)
    for name, by in (("verify", COLLEAGUE), ("close", TOWNSHIP), ("evaluate", who)):
        receipt = await step(grid, by, receipt, name)
    return receipt


@pytest.mark.parametrize("facts", SENSITIVE.values(), ids=SENSITIVE)
async def test_whatever_happens_to_it_is_told_on_their_topic(
    grid: Running, facts: dict[str, Any]
) -> None:
    receipt = await lived(grid, RED_MEMBER, **facts)
    told = await events(grid, receipt)
    assert told == [(APART, n + 1) for n in range(len(LIVES["EVALUATED"]) + 1)]


@pytest.mark.parametrize("status", ["EVALUATED", "SUSPENDED", "CANCELLED"])
async def test_one_that_is_not_is_told_on_the_topic_of_all(grid: Running, status: str) -> None:
    receipt = await brought_to(grid, status)
    told = await events(grid, receipt)
    assert told == [(PLAIN, n + 1) for n in range(len(LIVES[status]) + 1)]


async def test_nothing_that_is_said_later_moves_it(grid: Running) -> None:
    """Neither a description nor a merger: its master may be a plain one."""
    master, own = await reported(grid), await reported(grid, anonymous=True)
    own = await step(grid, RED_MEMBER, own, "describe", **TOLD)
    own = await step(grid, TOWNSHIP, own, "merge", master=master["id"])
    assert await events(grid, own) == [(APART, 1), (APART, 2), (APART, 3)]
    await step(grid, TOWNSHIP, master, "accept")
    assert await events(grid, master) == [(PLAIN, 1), (PLAIN, 2)]


async def test_one_of_before_stays_where_it_was_told(grid: Running) -> None:
    """What was written without knowing of their topic has its events on that of all reports."""
    receipt = await reported(grid, RESIDENT, anonymous=True)
    (default,) = await grid.fetch(
        "select column_default from information_schema.columns "
        "where table_name = 'report' and column_name = 'told_with_all'"
    )
    assert default[0] == "true"
    of = UUID(receipt["id"])
    await grid.fetch("update report set told_with_all = true where id = $1", of)
    await step(grid, TOWNSHIP, receipt, "accept")
    assert [topic for topic, _ in await events(grid, receipt)] == [APART, PLAIN]
    answer = await page(grid, only=receipt["id"])
    assert answer["items"][0]["event"]["told_apart"] is False


async def test_its_events_tell_that_it_is_and_nothing_else_of_it(grid: Running) -> None:
    secret = {"title": "举报某某", "description": "他藏在桥洞", "place": "桥洞 7 号"}
    receipt = await lived(grid, RESIDENT, accuses=True, **secret)
    assert (await shown(grid, receipt))["sensitive"] is True
    rows = await grid.fetch(
        "select convert_from(body, 'utf8') as body, headers::text from outbox "
        "where aggregate_id = $1 order by id",
        UUID(receipt["id"]),
    )
    assert json.loads(rows[0]["body"])["told_apart"] is True
    told = "".join(row["body"] + row["headers"] for row in rows)
    for hidden in (*secret.values(), RESIDENT.subject, SAYING["resolve"]["opinion"]):
        assert hidden not in told


async def test_the_snapshot_tells_of_both_once(grid: Running) -> None:
    kinds: tuple[dict[str, Any], ...] = {}, {"anonymous": True}
    marked = {(await reported(grid, **facts))["id"]: bool(facts) for facts in kinds}
    found: dict[str, list[Any]] = {}
    after: str | None = None
    while True:
        read = await page(grid, **({"after": after} if after else {}))
        for item in read["items"]:
            found.setdefault(item["id"], []).append(item)
        after = read["next"]
        if after is None:
            break
    for id_, apart in marked.items():
        (item,) = found[id_]
        assert (item["type"], item["event"]["told_apart"]) == (ReportSnapshot.type, apart)


def test_who_follows_reports_follows_both_topics() -> None:
    """An anonymous report is visited, becomes a case or a hazard like any other."""
    followed = {topic for event in DEFINITION.subscriptions for topic in event.topics()}
    assert {PLAIN, APART} <= followed
