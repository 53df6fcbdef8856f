"""What reports and visits bring about: visit tasks and weeks that are counted, each once."""

import json
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.chassis.deadlines.calendar import SHANGHAI, day_start, local_week
from services.chassis.deadlines.sweeper import Sweeper
from services.chassis.eventlog.port import Partition, StoredRecord
from services.contracts.grid import ReportReported
from services.contracts.grid_people import DutyWeekSnapshot, VisitSnapshot
from services.grid.duty.rules import WEEK
from services.grid.main import DEFINITION
from services.grid.visit_tasks.models import task_id_of
from tests.grid.field import GRID, TOWN, listed, made, seen, stepped
from tests.grid.people import ELSEWHERE, RESIDENT
from tests.grid.visiting import ago, linked, new_household, red
from tests.support.grid import refusal, reported
from tests.support.people import DISTRICT, TOWNSHIP
from tests.support.running import Running

PATH = "visit-tasks"
HEARD = (ReportReported, VisitSnapshot, DutyWeekSnapshot)
TOPICS = {topic: event for event in HEARD for topic in event.topics()}

Offsets = defaultdict[str, Iterator[int]]


@pytest.fixture(scope="module")
async def offsets(grid: Running) -> Offsets:
    for topic in TOPICS:
        await grid.fetch(
            "insert into consumer_offset values ('grid-subscriptions', $1, 0, 'this log', 0)", topic
        )
    return defaultdict(count)


async def heard(grid: Running, offsets: Offsets, of: str) -> None:
    """The service hears what it has told of the record `of`; twice, as may happen."""
    rows = await grid.fetch(
        "select topic, headers, body from outbox where aggregate_id = $1 order by version", UUID(of)
    )
    for row in (*rows, *rows):
        headers = tuple((n, str(v).encode()) for n, v in json.loads(row["headers"]).items())
        place = Partition(row["topic"], 0)
        record = StoredRecord(place, of.encode(), headers, row["body"], next(offsets[row["topic"]]))
        await grid.runtime.subscriber.settle([record])
    assert await grid.fetch("select reason from dead_letter") == []


async def swept(grid: Running, at: datetime) -> None:
    sweeper = Sweeper(grid.runtime.database, grid.runtime.unit, DEFINITION.nouns, 3600)
    while await sweeper.sweep(at):
        pass


async def visited(grid: Running, who: Any, home: dict[str, Any], **facts: Any) -> dict[str, Any]:
    body = {"household_id": home["id"], "mode": "IN_PERSON", "occurred_at": ago(minutes=1)}
    return await made(grid, who, "visits", **body | facts)


async def test_a_report_on_a_linked_household_has_it_visited(grid: Running, offsets: Any) -> None:
    who, _, home = await linked(grid)
    report = await reported(grid, TOWNSHIP, category="DISPUTE", household_id=home["id"])
    await heard(grid, offsets, report["id"])
    task = {"id": str(task_id_of(UUID(report["id"])))}
    told = await seen(grid, PATH, task, who)
    assert (told["status"], told["occasion"], told["household_id"]) == ("OPEN", "A1", home["id"])
    opened, due = (datetime.fromisoformat(told[name]) for name in ("opened_at", "due_at"))
    assert due - opened == timedelta(hours=24)
    assert [line["id"] for line in await listed(grid, PATH, who)] == [task["id"]]
    receipt = await visited(grid, who, home, mode="NOT_MET")
    assert (await seen(grid, "visits", receipt))["task_id"] is None
    receipt = await visited(grid, who, home)
    assert (await seen(grid, "visits", receipt))["task_id"] == task["id"]
    await heard(grid, offsets, receipt["id"])
    told = await seen(grid, PATH, task)
    assert (told["status"], told["version"], told["overdue_at"]) == ("DONE", 2, None)
    await swept(grid, datetime.now(UTC) + timedelta(hours=25))
    assert (await seen(grid, PATH, task))["overdue_at"] is None


async def test_a_task_that_nobody_settles_is_overdue_once(grid: Running, offsets: Any) -> None:
    who, _, home = await linked(grid)
    report = await reported(grid, category="EMERGENCY", household_id=home["id"])
    await heard(grid, offsets, report["id"])
    task = {"id": str(task_id_of(UUID(report["id"])))}
    due = datetime.fromisoformat((await seen(grid, PATH, task))["due_at"])
    for hours in (-0.1, 0, 30):
        await swept(grid, due + timedelta(hours=hours))
        told = await seen(grid, PATH, task)
        assert told["overdue_at"] is None or datetime.fromisoformat(told["overdue_at"]) == due
    assert (told["version"], told["occasion"]) == (2, "A2")
    overdue = await listed(grid, PATH, overdue=True)
    assert [line["id"] for line in overdue] == [task["id"]]
    receipt = await visited(grid, who, home)
    await heard(grid, offsets, receipt["id"])
    assert (await seen(grid, PATH, task))["status"] == "DONE"


UNDONE = [("correct", {"mode": "NOT_MET"}), ("void", {"reason": "误录"})]


async def settled(grid: Running, offsets: Any) -> tuple[Any, Any, dict[str, Any], dict[str, Any]]:
    """The member, the household, its task, and the visit that settled it."""
    who, _, home = await linked(grid)
    report = await reported(grid, TOWNSHIP, category="DISPUTE", household_id=home["id"])
    await heard(grid, offsets, report["id"])
    receipt = await visited(grid, who, home)
    await heard(grid, offsets, receipt["id"])
    return who, home, {"id": str(task_id_of(UUID(report["id"])))}, receipt


@pytest.mark.parametrize(("name", "body"), UNDONE)
async def test_a_visit_that_was_none_leaves_its_task_open(
    grid: Running, offsets: Any, name: str, body: dict[str, Any]
) -> None:
    who, home, task, receipt = await settled(grid, offsets)
    receipt = await stepped(grid, TOWNSHIP, "visits", receipt, name, **body)
    await heard(grid, offsets, receipt["id"])
    told = await seen(grid, PATH, task)
    assert (told["status"], told["closed_at"], told["version"]) == ("OPEN", None, 3)
    due = datetime.fromisoformat(told["due_at"])
    await swept(grid, due)
    assert datetime.fromisoformat((await seen(grid, PATH, task))["overdue_at"]) == due
    second = await visited(grid, who, home)
    assert (await seen(grid, "visits", second))["task_id"] == task["id"]
    await heard(grid, offsets, second["id"])
    assert (await seen(grid, PATH, task))["status"] == "DONE"


@pytest.mark.parametrize(("name", "body"), UNDONE)
async def test_another_visit_that_settles_it_keeps_it_settled(
    grid: Running, offsets: Any, name: str, body: dict[str, Any]
) -> None:
    """Both were made before the first was heard of."""
    who, _, home = await linked(grid)
    report = await reported(grid, TOWNSHIP, category="DISPUTE", household_id=home["id"])
    await heard(grid, offsets, report["id"])
    task = {"id": str(task_id_of(UUID(report["id"])))}
    first = await visited(grid, who, home, occurred_at=ago(minutes=2))
    second = await visited(grid, who, home)
    for receipt in (first, second):
        await heard(grid, offsets, receipt["id"])
    await stepped(grid, TOWNSHIP, "visits", first, name, **body)
    await heard(grid, offsets, first["id"])
    told = await seen(grid, PATH, task)
    assert told["status"] == "DONE"
    assert told["closed_at"] == (await seen(grid, "visits", second))["visited_at"]
    await stepped(grid, TOWNSHIP, "visits", second, name, **body)
    await heard(grid, offsets, second["id"])
    assert (await seen(grid, PATH, task))["status"] == "OPEN"


async def test_a_visit_that_was_one_after_all_settles_its_task(grid: Running, offsets: Any) -> None:
    _, _, task, receipt = await settled(grid, offsets)
    for mode, status in (("NOT_MET", "OPEN"), ("PHONE", "DONE")):
        receipt = await stepped(grid, TOWNSHIP, "visits", receipt, "correct", mode=mode)
        await heard(grid, offsets, receipt["id"])
        assert (await seen(grid, PATH, task))["status"] == status


@pytest.mark.parametrize(
    "case", ["no_occasion", "not_linked", "no_household", "unknown", "sensitive"]
)
async def test_other_reports_open_none(grid: Running, offsets: Any, case: str) -> None:
    _, _, home = await linked(grid)
    told: dict[str, Any] = {"category": "DISPUTE", "household_id": home["id"]}
    match case:
        case "no_occasion":
            told["category"] = "TRAFFIC"
        case "not_linked":
            told["household_id"] = (await new_household(grid))["id"]
        case "no_household":
            told["household_id"] = None
        case "sensitive":
            told["anonymous"] = True
        case "unknown":
            told["household_id"] = str(uuid4())
    report = await reported(grid, **told)
    await heard(grid, offsets, report["id"])
    path = f"/v1/grid/{PATH}/{task_id_of(UUID(report['id']))}"
    assert refusal(await grid.call(DISTRICT, "GET", path)) == (404, "not_found")


async def test_who_sees_which_tasks(grid: Running, offsets: Any) -> None:
    _, _, home = await linked(grid)
    report = await reported(grid, category="PUBLIC_OPINION", household_id=home["id"])
    await heard(grid, offsets, report["id"])
    path = f"/v1/grid/{PATH}/{task_id_of(UUID(report['id']))}"
    for who in (ELSEWHERE, red("stranger")):
        assert refusal(await grid.call(who, "GET", path)) == (404, "not_found")
    answer = await grid.call(RESIDENT, "GET", path)
    assert refusal(answer) == (403, "permission_missing")
    assert (await grid.call(TOWNSHIP, "GET", path)).json()["occasion"] == "A3"


async def test_the_first_visit_of_a_week_has_it_counted_every_night(
    grid: Running, offsets: Any
) -> None:
    who, _, home = await linked(grid)
    now = datetime.now(UTC)
    monday = local_week(now)
    receipt = await visited(grid, who, home)
    await heard(grid, offsets, receipt["id"])

    async def week(first: Any) -> dict[str, Any]:
        weeks = await listed(grid, "duty-weeks", limit=200)
        (found,) = (week for week in weeks if week["starts_on"] == first.isoformat())
        return dict(found)

    counted = await week(monday)
    assert (counted["area_code"], counted["version"]) == (TOWN, 1)
    assert sum(line["done"] for line in counted["lines"]) >= 1
    _, _, other = await linked(grid)
    before = sum(line["due"] for line in counted["lines"])
    night = datetime.fromisoformat(counted["recount_at"])
    assert night.astimezone(SHANGHAI).hour == 0
    assert other
    await swept(grid, night)
    counted = await week(monday)
    assert sum(line["due"] for line in counted["lines"]) == before + 1
    assert datetime.fromisoformat(counted["recount_at"]) > night
    end = day_start(monday + WEEK)
    for at in (end, end + timedelta(days=1)):
        await swept(grid, at)
    await heard(grid, offsets, counted["id"])
    following = await week(monday + WEEK)
    assert [line["area_code"] for line in following["lines"]] == [GRID]
