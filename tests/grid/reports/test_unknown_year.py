"""Deadlines of a year whose calendar comes later."""

import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from jinding.calendar_file import parse_import
from services.chassis.deadlines import calendar_table
from services.chassis.deadlines.calendar import SHANGHAI
from services.chassis.deadlines.sweeper import Sweeper
from services.grid.main import DEFINITION
from services.grid.reports.operations import (
    accept_report,
    cancel_report,
    create_report,
    resubmit_report,
    return_report,
)
from tests.support.grid import SAYING, run_at
from tests.support.people import RED_MEMBER, TOWNSHIP
from tests.support.running import Running

YEAR_2027 = """01-01 02-08 02-09 02-10 02-11 02-12 04-05 05-01 05-03 05-04 06-09 09-15 10-01 10-04
    10-05"""


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


CHRISTMAS, NEW_YEARS_EVE = local("2026-12-24T09:00"), local("2026-12-31T09:00")


async def known(grid: Running, id: UUID) -> dict[str, Any]:
    """Deadlines by clock, as the report has them; those in the clock table are due by then, with a warning before."""
    rows = await grid.fetch("select kind, due_at from clock where aggregate_id = $1", id)
    (report,) = await grid.fetch("select * from report where id = $1", id)
    known = {row["kind"]: report[f"{row['kind']}_due_at"] for row in rows}
    for kind, due in ((row["kind"], row["due_at"]) for row in rows):
        assert due == known[kind] or due < known[kind]
    return known


async def test_a_deadline_is_set_when_the_calendar_reaches_it(
    grid: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def made(at: datetime, *steps: Any) -> UUID:
        receipt = await run_at(grid, at, create_report, RED_MEMBER)
        for operation, when in steps:
            who = RED_MEMBER if operation is resubmit_report else TOWNSHIP
            said = SAYING.get(operation.name.removesuffix("_report"), {})
            await run_at(grid, when, operation, who, receipt.id, **said)
        return UUID(str(receipt.id))

    monkeypatch.setattr(calendar_table, "CACHE_SECONDS", -1.0)
    sweeper = Sweeper(grid.runtime.database, grid.runtime.unit, DEFINITION.nouns, 3600)
    accepted = await made(CHRISTMAS, (accept_report, CHRISTMAS))
    waiting = await made(NEW_YEARS_EVE)
    again = await made(CHRISTMAS, (return_report, CHRISTMAS), (resubmit_report, NEW_YEARS_EVE))
    cancelled = await made(NEW_YEARS_EVE, (cancel_report, NEW_YEARS_EVE))
    before = {"accept": local("2026-12-29"), "resolve": None}
    assert await known(grid, accepted) == before
    await sweeper.schedule(NEW_YEARS_EVE)
    assert await known(grid, accepted) == before
    assert [await known(grid, id_) for id_ in (waiting, again)] == [{"accept": None}] * 2

    rows = [{"day": f"2027-{day}", "is_working": False} for day in YEAR_2027.split()]
    async with grid.runtime.database.transaction() as connection:
        await calendar_table.store_import(connection, parse_import(rows))
    now = local("2027-01-01T09:00")
    await sweeper.schedule(now)
    assert await known(grid, accepted) == before | {"resolve": local("2027-01-06")}
    for id_ in (waiting, again):
        assert await known(grid, id_) == {"accept": local("2027-01-06")}
    assert await known(grid, cancelled) == {"accept": None}

    told = await grid.fetch(
        "select body from outbox where aggregate_id = $1 and headers ->> 'ce_type' like '%set%'",
        accepted,
    )
    (event,) = [json.loads(row["body"]) for row in told]
    assert (event["clock"], datetime.fromisoformat(event["due_at"])) == (
        "resolve",
        local("2027-01-06"),
    )
    (row,) = await grid.fetch("select occurred_at from report where id = $1", accepted)
    assert row["occurred_at"] == CHRISTMAS  # time's doing, nobody's step

    events = len(await grid.events())
    await sweeper.schedule(now)
    assert len(await grid.events()) == events
    await sweeper.sweep(local("2027-01-05T23:59"))
    assert len(await grid.events()) == events + 3  # warnings
    await sweeper.sweep(datetime(2027, 1, 6, tzinfo=UTC))
    (row,) = await grid.fetch("select resolve_overdue_at from report where id = $1", accepted)
    assert row["resolve_overdue_at"] == local("2027-01-06")
    assert len(await grid.events()) == events + 6
