"""The clocks of reports: each fires once, as of its due time, and only while it is owed."""

import json
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from services.chassis.deadlines.calendar import SHANGHAI
from services.chassis.deadlines.sweeper import Sweeper
from services.chassis.errors import Refusal
from services.chassis.unit import load_rows
from services.gateway.projections.grid import entries
from services.grid.main import DEFINITION
from services.grid.reports.models import Report
from services.grid.reports.operations import create_report
from services.grid.reports.queries import REPORTS
from tests.support.grid import BY, SAYING, run_at
from tests.support.people import HANDLER, RED_MEMBER, TOWNSHIP
from tests.support.running import Running

MONDAY = datetime(2026, 3, 2, 9, tzinfo=SHANGHAI)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
STEPS = {operation.name.removesuffix("_report"): operation for operation in REPORTS.operations}


async def lived(grid: Running, *steps: str, **facts: Any) -> UUID:
    """An urgent report of Monday, with a step each hour."""
    facts = {"urgency": "URGENT"} | facts
    made = await run_at(grid, MONDAY, create_report, RED_MEMBER, **facts)
    for hours, name in enumerate(steps, start=1):
        await stepped(grid, made.id, name, MONDAY + hours * HOUR)
    return UUID(str(made.id))


async def stepped(grid: Running, id: UUID, name: str, at: datetime) -> None:
    who = BY.get(name, TOWNSHIP)
    result = await run_at(grid, at, STEPS[name], who, id, **SAYING.get(name, {}))
    assert hasattr(result, "version"), result


async def overdue(grid: Running, id: UUID, at: datetime) -> list[tuple[str, datetime]]:
    """Every deadline of the report that was recorded as passed, once it is `at`."""
    sweeper = Sweeper(grid.runtime.database, grid.runtime.unit, DEFINITION.nouns, 3600)
    while await sweeper.sweep(at):
        pass
    rows = await grid.fetch(
        "select convert_from(body, 'utf8')::jsonb ->> 'clock' as clock,"
        " (convert_from(body, 'utf8')::jsonb ->> 'occurred_at')::timestamptz as at from outbox"
        " where aggregate_id = $1 and headers ->> 'ce_type' like '%overdue%' order by version",
        id,
    )
    return [(row["clock"], row["at"]) for row in rows]


async def test_a_report_not_accepted_in_time_is_overdue_once(grid: Running) -> None:
    id_ = await lived(grid)
    due = MONDAY + 2 * HOUR
    assert await overdue(grid, id_, due - timedelta(seconds=1)) == []
    assert await overdue(grid, id_, due) == [("accept", due)]
    assert await overdue(grid, id_, due + DAY) == [("accept", due)]


async def test_a_report_not_closed_in_time_is_overdue_once(grid: Running) -> None:
    id_ = await lived(grid, "accept", "assign", "start", "resolve", "verify")
    due = datetime(2026, 3, 4, tzinfo=SHANGHAI)
    assert await overdue(grid, id_, due - timedelta(seconds=1)) == []
    assert await overdue(grid, id_, due + DAY) == [("resolve", due)]
    await stepped(grid, id_, "close", due + DAY)
    assert await overdue(grid, id_, due + 9 * DAY) == [("resolve", due)]


@pytest.mark.parametrize(
    "steps",
    [
        ("accept", "assign", "start", "resolve", "verify", "close"),
        ("accept", "cancel"),
        ("cancel",),
    ],
)
async def test_what_has_ended_is_never_overdue(grid: Running, steps: tuple[str, ...]) -> None:
    assert await overdue(grid, await lived(grid, *steps), MONDAY + 99 * DAY) == []


async def test_a_returned_report_waits_for_its_reporter(grid: Running) -> None:
    id_ = await lived(grid, "return")
    assert await overdue(grid, id_, MONDAY + 30 * DAY) == []
    again = MONDAY + 31 * DAY
    await stepped(grid, id_, "resubmit", again)
    assert await overdue(grid, id_, again + HOUR) == []
    assert await overdue(grid, id_, again + 3 * HOUR) == [("accept", again + 2 * HOUR)]


async def test_a_clock_that_fired_starts_afresh_when_reported_again(grid: Running) -> None:
    id_ = await lived(grid)
    first = ("accept", MONDAY + 2 * HOUR)
    assert await overdue(grid, id_, MONDAY + 3 * HOUR) == [first]
    await stepped(grid, id_, "return", MONDAY + 3 * HOUR)
    await stepped(grid, id_, "resubmit", MONDAY + 4 * HOUR)
    (row,) = await grid.fetch("select accept_overdue_at from report where id = $1", id_)
    assert row["accept_overdue_at"] is None
    second = ("accept", MONDAY + 6 * HOUR)
    assert await overdue(grid, id_, MONDAY + 7 * HOUR) == [first, second]


async def told(grid: Running, id: UUID) -> list[tuple[str, str]]:
    """Warnings and deadlines of the report, in order."""
    rows = await grid.fetch(
        "select headers ->> 'ce_type' as type, convert_from(body, 'utf8')::jsonb ->> 'clock' as clock"
        " from outbox where aggregate_id = $1"
        " and headers ->> 'ce_type' ~ 'overdue|warned' order by version",
        id,
    )
    return [(row["type"].split(".")[-2], row["clock"]) for row in rows]


async def test_a_deadline_is_warned_of_before_it_passes(grid: Running) -> None:
    id_ = await lived(grid)
    half, most, due = (MONDAY + minutes * timedelta(minutes=1) for minutes in (60, 96, 120))
    await overdue(grid, id_, half - timedelta(seconds=1))
    assert await told(grid, id_) == []
    for at in (half, most):
        await overdue(grid, id_, at)
    assert await told(grid, id_) == [("warned", "accept")] * 2
    (row,) = await grid.fetch("select warned, occurred_at from report where id = $1", id_)
    assert (row["occurred_at"], datetime.fromisoformat(json.loads(row["warned"])["accept"])) == (
        MONDAY,
        most,
    )
    for at in (due, due + DAY):
        await overdue(grid, id_, at)
    assert await told(grid, id_) == [("warned", "accept")] * 2 + [("overdue", "accept")]


async def test_after_a_pause_of_the_service_nobody_is_warned_of_what_has_passed(
    grid: Running,
) -> None:
    id_ = await lived(grid)
    await overdue(grid, id_, MONDAY + 9 * DAY)
    assert await told(grid, id_) == [("overdue", "accept")]


async def test_signing_and_verifying_have_clocks_of_their_own(grid: Running) -> None:
    id_ = await lived(grid, "accept", "assign")
    signed = MONDAY + 6 * HOUR  # assigned at 11, within four hours
    assert await overdue(grid, id_, signed) == [("sign", signed)]
    for hours, name in ((7, "start"), (8, "resolve")):
        await stepped(grid, id_, name, MONDAY + hours * HOUR)
    due = datetime(2026, 3, 4, tzinfo=SHANGHAI)
    found = await overdue(grid, id_, due)
    assert sorted(found) == [("resolve", due), ("sign", signed), ("verify", due)]


@pytest.mark.parametrize(
    ("minutes", "lamp"),
    [(0, "GREEN"), (59, "GREEN"), (60, "YELLOW"), (119, "YELLOW"), (120, "RED")],
)
async def test_the_lamp_tells_how_near_a_deadline_is(
    grid: Running, minutes: int, lamp: str
) -> None:
    id_ = await lived(grid)
    async with grid.runtime.database.connection() as connection:
        report = (await connection.run_sync(load_rows, select(Report)))[id_]
    assert report.lamp_at(MONDAY + minutes * timedelta(minutes=1)) == lamp


@pytest.mark.parametrize(
    ("steps", "step", "due", "metric"),
    [
        ((), "accept", MONDAY + 2 * HOUR, "acceptance_in_time"),
        (
            ("accept", "assign", "start", "resolve", "verify"),
            "close",
            datetime(2026, 3, 4, tzinfo=SHANGHAI),
            "reports_due_closed_on_time",
        ),
    ],
)
@pytest.mark.parametrize("recorded", [True, False])
async def test_what_is_told_after_the_breach_is_not_in_time(
    grid: Running, steps: tuple[str, ...], step: str, due: datetime, metric: str, recorded: bool
) -> None:
    """An office says that it was before the deadline; the server has recorded that nobody had done it by then."""
    id_, before = await lived(grid, *steps), due - HOUR
    if recorded:
        assert await overdue(grid, id_, due) == [(step.replace("close", "resolve"), due)]
    result = await run_at(grid, due + HOUR, STEPS[step], TOWNSHIP, id_, occurred_at=before)
    assert hasattr(result, "version"), result
    async with grid.runtime.database.statements() as connection:
        query = select(Report).where(Report.id == id_)  # type: ignore[arg-type]
        rows = await connection.run_sync(load_rows, query)
    counted = {entry.metric for entry in entries(rows[id_].snapshot())}
    assert (metric in counted) is not recorded


async def test_no_transfer_is_asked_for_once_the_time_to_sign_is_over(grid: Running) -> None:
    id_ = await lived(grid, "accept", "assign")
    due = MONDAY + 6 * HOUR
    step, told = STEPS["request_report_transfer"], SAYING["request-transfer"]
    assert await overdue(grid, id_, due) == [("sign", due)]
    result = await run_at(grid, due + HOUR, step, HANDLER, id_, **told, occurred_at=due - HOUR)
    assert isinstance(result, Refusal)
    assert result.code == "sign_window_over"
