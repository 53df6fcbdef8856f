"""A task that comes again does so by itself, once a round, until its last day or until somebody stops it."""

import asyncio
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID

import pytest

from services.chassis.deadlines.calendar import SHANGHAI
from services.chassis.deadlines.sweeper import Sweeper
from services.chassis.eventlog.port import Partition, StoredRecord
from services.contracts.grid_tasks import TaskOrderFact, TaskOrderRoundDue
from tests.grid.field import MEMBER, OTHER_TOWN, listed, made, post, seen, step, stepped
from tests.grid.tasks.test_router import HERE, code_of, issued, items, order, soon
from tests.support.grid import refusal
from tests.support.people import DISTRICT, OTHER_TOWNSHIP, TOWNSHIP
from tests.support.running import Running

PLACE = Partition(TaskOrderFact.topic, 0)
PATH = "task-orders"


@pytest.fixture(scope="module")
async def offsets(grid: Running) -> Any:
    statement = "insert into consumer_offset values ('grid-subscriptions', $1, 0, 'this log', 0)"
    await grid.fetch(statement, PLACE.topic)
    return count()


async def due(grid: Running, receipt: dict[str, Any], sweepers: int = 1) -> None:
    """Its deadline was an hour ago, and passed is what that brings about."""
    at, id_ = datetime.now(UTC) - timedelta(hours=1), UUID(receipt["id"])
    statement = "update task_order set due_at = $2, remind_at = $3 where id = $1"
    await grid.fetch(statement, id_, at, at - timedelta(hours=2))
    query = "update clock set due_at = $2 where aggregate_id = $1 and kind = 'round'"
    await grid.fetch(query, id_, at)
    await swept(grid, 0, sweepers)


async def swept(grid: Running, days: float, sweepers: int = 1) -> None:
    """All that `sweepers` do at once when so much time has passed."""
    runtime = grid.runtime
    each = [
        Sweeper(runtime.database, runtime.unit, runtime.definition.nouns, 1)
        for _ in range(sweepers)
    ]
    now = datetime.now(UTC) + timedelta(days=days)
    await asyncio.gather(*(sweeper.sweep(now) for sweeper in each))
    await each[0].sweep(now)


async def called(grid: Running, receipt: dict[str, Any]) -> list[StoredRecord]:
    """What calls for the round that follows, as it is published."""
    rows = await grid.fetch(
        "select headers::text, body from outbox where aggregate_id = $1"
        f" and headers::text like '%{TaskOrderRoundDue.type}%'",
        UUID(receipt["id"]),
    )
    told = [(json.loads(row["headers"]), row["body"]) for row in rows]
    return [
        StoredRecord(
            PLACE,
            receipt["id"].encode(),
            tuple((name, value.encode()) for name, value in headers.items()),
            body,
            0,
        )
        for headers, body in told
    ]


async def heard(grid: Running, receipt: dict[str, Any], offsets: Any, times: int = 1) -> list[str]:
    """Grid hears of it `times` times; the dead letters that come of it."""
    letters = []
    for _ in range(times):
        for record in await called(grid, receipt):
            at = next(offsets)
            await grid.runtime.subscriber.settle([replace(record, offset=at)])
            rows = await grid.fetch('select reason from dead_letter where "offset" = $1', at)
            letters += [row["reason"] for row in rows]
    return letters


async def rounds(grid: Running, receipt: dict[str, Any]) -> list[Any]:
    series = (await seen(grid, PATH, receipt))["series"]
    rows = await grid.fetch(
        "select id, round, due_at from task_order where series = $1 order by round", UUID(series)
    )
    return list(rows)


async def test_the_next_round_comes_when_this_one_is_due(grid: Running, offsets: Any) -> None:
    village = HERE | {"area_code": HERE["area_code"], "subject": MEMBER.subject}
    receipt = await issued(grid, period="WEEKLY", targets=[village], remind_at=soon(5))
    await swept(grid, 6)
    assert await called(grid, receipt) == []
    await due(grid, receipt)
    assert await heard(grid, receipt, offsets) == []
    first, second = await rounds(grid, receipt)
    assert second["due_at"] == first["due_at"] + timedelta(days=7)
    told = await seen(grid, PATH, {"id": str(second["id"])})
    assert (told["round"], told["issued_by"], told["period"]) == (2, "svc:grid", "WEEKLY")
    assert datetime.fromisoformat(told["issued_at"]) == first["due_at"]
    ahead = datetime.fromisoformat(told["due_at"]) - datetime.fromisoformat(told["remind_at"])
    assert ahead == timedelta(hours=2)
    (item,) = await items(grid, {"id": told["id"]})
    assert (item["subject"], item["status"]) == (MEMBER.subject, "PENDING")


async def test_a_short_month_does_not_move_the_rounds_that_follow(grid: Running) -> None:
    year = datetime.now(SHANGHAI).year + 1
    due_at = datetime(year, 1, 31, 7, tzinfo=SHANGHAI)  # in UTC the day before
    receipt = await issued(grid, period="MONTHLY", due_at=due_at.isoformat())
    for _ in range(3):
        last = str((await rounds(grid, receipt))[-1]["id"])
        await made(grid, TOWNSHIP, f"{PATH}/repeats", order_id=last)
    days = [row["due_at"].astimezone(SHANGHAI) for row in await rounds(grid, receipt)]
    short = due_at.replace(month=3, day=1) - timedelta(days=1)
    assert days == [due_at, short, due_at.replace(month=3), due_at.replace(month=4, day=30)]


async def test_two_that_sweep_and_hear_it_at_once_issue_it_once(
    grid: Running, offsets: Any
) -> None:
    receipt = await issued(grid, period="MONTHLY")
    await due(grid, receipt, sweepers=2)
    await due(grid, receipt, sweepers=2)
    (record,) = await called(grid, receipt)
    subscriber = grid.runtime.subscriber
    unit, caller = subscriber.unit, subscriber.caller
    run = subscriber.consequences(record)
    await asyncio.gather(unit.run(run, caller), unit.run(run, caller))
    assert await heard(grid, receipt, offsets, times=2) == []
    _, second = await rounds(grid, receipt)
    assert len(await items(grid, {"id": str(second["id"])})) == 1


async def test_who_was_faster_by_hand_has_issued_it(grid: Running, offsets: Any) -> None:
    receipt = await issued(grid, period="WEEKLY")
    by_hand = await made(grid, TOWNSHIP, f"{PATH}/repeats", order_id=receipt["id"])
    await due(grid, receipt)
    assert await heard(grid, receipt, offsets) == []
    assert [str(row["id"]) for row in await rounds(grid, receipt)] == [receipt["id"], by_hand["id"]]
    answer = await step(grid, TOWNSHIP, PATH, receipt | {"version": 2}, "end")
    assert refusal(answer)[:2] == (409, "round_issued")


async def test_it_comes_until_its_last_day(grid: Running, offsets: Any) -> None:
    until = (datetime.now(UTC) + timedelta(days=12)).date().isoformat()
    receipt = await issued(grid, period="WEEKLY", repeats_until=until)
    answer = await post(grid, TOWNSHIP, f"{PATH}/repeats", order_id=receipt["id"])
    assert refusal(answer)[:2] == (409, "series_ended")
    await swept(grid, 8)
    assert await called(grid, receipt) == []
    told = await seen(grid, PATH, receipt)
    assert (told["end"], told["allowed_actions"]) == ("LAST_ROUND", [])
    assert len(await rounds(grid, receipt)) == 1


async def test_who_stops_it_stops_it_for_good(grid: Running) -> None:
    receipt = await issued(grid, period="WEEKLY")
    assert "end_task_order" in (await seen(grid, PATH, receipt, TOWNSHIP))["allowed_actions"]
    assert (await seen(grid, PATH, receipt, MEMBER))["allowed_actions"] == []
    ended = await stepped(grid, TOWNSHIP, PATH, receipt, "end")
    assert (ended["status"], (await seen(grid, PATH, ended))["end"]) == ("ENDED", "STOPPED")
    await swept(grid, 8)
    assert await called(grid, receipt) == []
    assert refusal(await step(grid, TOWNSHIP, PATH, ended, "end"))[:2] == (409, "series_ended")
    answer = await post(grid, TOWNSHIP, f"{PATH}/repeats", order_id=receipt["id"])
    assert refusal(answer)[:2] == (409, "series_ended")


async def test_who_may_not_stop_it(grid: Running) -> None:
    receipt = await issued(grid, period="WEEKLY")
    once = await issued(grid)
    assert refusal(await step(grid, MEMBER, PATH, receipt, "end"))[:2] == (
        403,
        "permission_missing",
    )
    assert refusal(await step(grid, OTHER_TOWNSHIP, PATH, receipt, "end"))[:2] == (404, "not_found")
    assert refusal(await step(grid, TOWNSHIP, PATH, once, "end"))[:2] == (409, "not_recurring")
    await swept(grid, 8)
    late = receipt | {"version": 2}
    assert refusal(await step(grid, TOWNSHIP, PATH, late, "end"))[:2] == (409, "round_issued")


async def test_an_office_below_does_not_stop_what_is_asked_above(grid: Running) -> None:
    receipt = await issued(grid, DISTRICT, area_code="330703", period="WEEKLY")
    answer = await step(grid, TOWNSHIP, PATH, receipt, "end")
    assert refusal(answer)[:2] == (403, "outside_scope")


async def test_it_ends_when_its_matter_is_off_the_list(grid: Running) -> None:
    code = await code_of(grid)
    receipt = await issued(grid, code=code, period="WEEKLY")
    (entry,) = [e for e in await listed(grid, "admission-items", limit=200) if e["code"] == code]
    tomorrow = (datetime.now(UTC) + timedelta(days=2)).date().isoformat()
    await stepped(grid, DISTRICT, "admission-items", entry, "take-off", valid_to=tomorrow)
    await swept(grid, 8)
    assert (await seen(grid, PATH, receipt))["end"] == "OFF_THE_LIST"


async def test_it_ends_when_a_place_is_gone(grid: Running) -> None:
    receipt = await issued(grid, DISTRICT, area_code="330703", period="WEEKLY")
    missing = json.dumps([{"kind": "GRID", "area_code": f"{OTHER_TOWN}999001"}])
    query = "update task_order set targets = $2::text::jsonb where id = $1"
    await grid.fetch(query, UUID(receipt["id"]), missing)
    await swept(grid, 8)
    assert (await seen(grid, PATH, receipt))["end"] == "TARGET_GONE"


@pytest.mark.parametrize("facts", [{"period": None}, {"period": "WEEKLY"}])
async def test_a_last_day_that_means_nothing_is_refused(
    grid: Running, facts: dict[str, Any]
) -> None:
    code = await code_of(grid)
    body = order(code, repeats_until="2026-01-02" if facts["period"] else "2199-01-01", **facts)
    answer = await post(grid, TOWNSHIP, PATH, **body)
    assert refusal(answer) == (422, "no_such_end", "/repeats_until")
