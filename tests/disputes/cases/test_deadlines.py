"""The mediation limit of a case: fixed at acceptance, or as soon as the calendar reaches that far."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest

from jinding.calendar_file import parse_import
from services.chassis.deadlines import calendar_table
from services.chassis.deadlines.sweeper import Passed, Sweeper
from services.chassis.identity.caller import job
from services.chassis.operation import Item
from services.disputes.cases.operations import accept_case, record_case_overdue
from services.disputes.cases.queries import CASES as NOUN
from services.disputes.cases.schemas import CaseStepIn
from tests.disputes.calls import (
    CASE,
    MEDIATOR,
    PARTIES,
    TERMINATION,
    Receipt,
    case_step,
    imported,
    mediated,
    registered,
)
from tests.support.people import TOWNSHIP
from tests.support.running import Running

ACCEPTED = datetime(2026, 12, 10, 2, tzinfo=UTC)
HOLIDAYS = """2027-01-01 2027-02-05 2027-02-08 2027-02-09 2027-02-10 2027-02-11 2027-04-05 2027-05-01
    2027-05-03 2027-05-04 2027-06-09 2027-09-15 2027-10-01 2027-10-04 2027-10-05"""


async def accepted_long_ago(disputes: Running, day: str) -> UUID:
    id_ = "0191d7a0-0000-4000-8000-0000000000c1"
    at = {"occurred_at": f"{day}T09:00:00+08:00"}
    items: list[Receipt] = [
        {"operation": "register_case", "body": CASE | {"parties": PARTIES} | at},
        {"operation": "accept_case", "body": at},
    ]
    named = [item | {"id": id_, "key": item["operation"]} for item in items]
    results = await imported(disputes, named)
    assert [result["outcome"] for result in results] == ["applied", "applied"], results
    return UUID(id_)


async def clocks(disputes: Running) -> list[tuple[Any, ...]]:
    rows = await disputes.fetch("select kind, due_at, stopped_at, fired_at from clock")
    return [tuple(row) for row in rows]


async def test_a_mediation_has_one_calendar_month_and_is_overdue_once(disputes: Running) -> None:
    """Accepted on 2 March 2017: 2 April is a day of rest, and so are the next two."""
    case_id = await accepted_long_ago(disputes, "2017-03-02")
    due = datetime(2017, 4, 5, 16, tzinfo=UTC)
    assert await clocks(disputes) == [("mediate", due, None, None)]
    item = Item(record_case_overdue, case_id, Passed(kind="mediate", occurred_at=due))
    for outcome in ("ACCEPTED", None):
        (result,) = await disputes.runtime.unit.run([item], job("clock"))
        assert getattr(result, "status", None) == outcome
    assert await clocks(disputes) == [("mediate", due, None, due)]
    assert (await disputes.events())[2:] == [("disputes.case.overdue.v1", 3)]


async def test_a_termination_stops_the_clock(disputes: Running) -> None:
    receipt = await mediated(disputes)
    await case_step(disputes, receipt, "terminate", MEDIATOR, **TERMINATION)
    ((_, _, stopped_at, fired_at),) = await clocks(disputes)
    assert stopped_at is not None
    assert fired_at is None


async def test_a_case_of_any_day_finds_its_limit(disputes: Running) -> None:
    await accepted_long_ago(disputes, "1949-10-01")
    assert await clocks(disputes) == [("mediate", None, None, None)]


async def test_a_deadline_beyond_the_calendar_is_set_when_its_year_is_imported(
    disputes: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Accepted on 10 December 2026: its month ends on a Sunday, so with the Monday after it."""
    monkeypatch.setattr(calendar_table, "CACHE_SECONDS", -1.0)
    receipt = await registered(disputes)
    item = Item(accept_case, UUID(receipt["id"]), CaseStepIn())
    await disputes.runtime.unit.run([item], TOWNSHIP, at=ACCEPTED)
    assert await clocks(disputes) == [("mediate", None, None, None)]
    sweeper = Sweeper(disputes.runtime.database, disputes.runtime.unit, [NOUN], 1.0)
    await sweeper.schedule(datetime(2026, 12, 11, tzinfo=UTC))
    assert len(await disputes.events()) == 2
    await know_2027(disputes)
    await sweeper.schedule(datetime(2026, 12, 12, tzinfo=UTC))
    due = datetime(2027, 1, 11, 16, tzinfo=UTC)
    assert await clocks(disputes) == [("mediate", due, None, None)]
    assert not await sweeper.sweep(due.replace(hour=15))
    for _ in range(2):
        assert not await sweeper.sweep(datetime(2027, 3, 1, tzinfo=UTC))
    assert await clocks(disputes) == [("mediate", due, None, due)]
    assert (await disputes.events())[2:] == [
        ("disputes.case.deadline_set.v1", 3),
        ("disputes.case.overdue.v1", 4),
    ]
    (row,) = await disputes.fetch("select occurred_at, mediate_due_at from dispute_case")
    assert tuple(row) == (ACCEPTED, due)


async def know_2027(disputes: Running) -> None:
    listed = [{"day": day, "is_working": False} for day in HOLIDAYS.split()]
    rows = parse_import(listed)
    assert rows[-1].day == date(2027, 12, 31)
    async with disputes.runtime.database.transaction() as connection:
        await calendar_table.store_import(connection, rows)
