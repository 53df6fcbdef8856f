"""The clock of the archive: a report that is over goes there by itself, once, when nobody can or must do any more."""

from collections import Counter
from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import partial
from random import Random
from runpy import run_path
from typing import Any
from uuid import UUID, uuid4

import pytest

import services.grid
from services.chassis.deadlines.calendar import SHANGHAI
from services.chassis.deadlines.sweeper import Sweeper
from services.chassis.errors import Refusal
from services.contracts.codes_grid import Lamp
from services.grid.main import DEFINITION
from services.grid.reports.clocks.archive import ARCHIVE, Ending, archived_from
from services.grid.reports.clocks.limits import ARCHIVE_DAYS, REOPEN_DAYS, Amount, Limits
from services.grid.reports.handling.operations import supervise_report
from services.grid.reports.lifecycle import OVER, Status
from services.grid.reports.models import Report
from services.grid.reports.outcome import operations, steps
from tests.grid.people import FULL_TIME, GRID
from tests.grid.reports.test_deadlines import DAY, HOUR, MONDAY, lived, stepped
from tests.grid.reports.test_models import make_report
from tests.support.grid import (
    LIVES,
    REPORTS,
    SAYING,
    batch,
    brought_to,
    refusal,
    reported,
    run_at,
    step,
)
from tests.support.limits import EVERY_DAY, started
from tests.support.people import DISTRICT, IMPORTER, RED_MEMBER, TOWNSHIP, VERIFIER
from tests.support.running import Running

CLOSED = ("accept", "assign", "start", "resolve", "verify", "close")
LAST = datetime(2026, 3, 18, tzinfo=SHANGHAI)
"""When what was closed on Monday, the second, can no longer be reopened."""


async def sweep(grid: Running, at: datetime) -> None:
    sweeper = Sweeper(grid.runtime.database, grid.runtime.unit, DEFINITION.nouns, 3600)
    while await sweeper.sweep(at):
        pass


async def archivings(grid: Running, id: UUID) -> list[datetime]:
    """When the report was archived, as each such event tells."""
    rows = await grid.fetch(
        "select (convert_from(body, 'utf8')::jsonb ->> 'occurred_at')::timestamptz as at"
        " from outbox where aggregate_id = $1 and headers ->> 'ce_type' like '%archived%'",
        id,
    )
    return [row["at"] for row in rows]


async def runs_until(grid: Running, id: UUID) -> datetime | None:
    """What the table of clocks says."""
    rows = await grid.fetch(
        "select due_at from clock where aggregate_id = $1 and kind = $2 and stopped_at is null",
        id,
        ARCHIVE,
    )
    return rows[0]["due_at"] if rows else None


async def test_it_is_archived_once_as_of_the_end_of_the_days_for_reopening(grid: Running) -> None:
    ids = [await lived(grid, *CLOSED), await lived(grid, *CLOSED, "evaluate")]
    await sweep(grid, LAST - timedelta(seconds=1))
    assert [await archivings(grid, id_) for id_ in ids] == [[], []]
    for at in (LAST + 40 * DAY, LAST + 41 * DAY):  # nobody swept for long
        await sweep(grid, at)
    for id_ in ids:
        assert await archivings(grid, id_) == [LAST]
        (row,) = await grid.fetch(
            "select status, archived_at, occurred_at from report where id = $1", id_
        )
        assert tuple(row.values()) == ("ARCHIVED", LAST, LAST)
        assert await runs_until(grid, id_) is None


@pytest.mark.parametrize("status", LIVES)
async def test_only_what_is_over_has_the_clock(grid: Running, status: str) -> None:
    receipt = await brought_to(grid, status)
    assert bool(await runs_until(grid, receipt["id"])) is (status in OVER)


async def test_reopening_stops_it_and_closing_again_starts_it_anew(grid: Running) -> None:
    id_ = await lived(grid, *CLOSED, "reopen")
    assert await runs_until(grid, id_) is None
    await sweep(grid, LAST + DAY)
    for days, name in enumerate(("resolve", "verify", "close"), start=2):
        await stepped(grid, id_, name, LAST + days * DAY)
    await sweep(grid, LAST + 19 * DAY)
    assert await archivings(grid, id_) == []
    await sweep(grid, LAST + 99 * DAY)
    assert await archivings(grid, id_) == [LAST + 20 * DAY]


async def test_whoever_is_unsatisfied_is_called_back_first(grid: Running) -> None:
    id_ = await lived(grid, *CLOSED)
    at, called = MONDAY + DAY, LAST + 9 * DAY + HOUR
    told = {"satisfied": False}
    await run_at(grid, at, operations.evaluate_report, RED_MEMBER, id_, **told)
    assert await runs_until(grid, id_) is None
    await sweep(grid, called)
    assert await archivings(grid, id_) == []
    said = SAYING["call-back"]
    await run_at(grid, called, operations.call_back_report, TOWNSHIP, id_, **said)
    await sweep(grid, called + DAY)
    assert await archivings(grid, id_) == [called]


async def test_what_the_grid_closed_itself_is_checked_first(grid: Running) -> None:
    while True:
        receipt = await step(grid, FULL_TIME, await reported(grid), "self-handle")
        if await runs_until(grid, receipt["id"]) is None:  # of the sample
            break
    receipt = await step(grid, VERIFIER, receipt, "pass-self-check")
    assert await runs_until(grid, receipt["id"])


async def test_what_is_supervised_is_archived_once_it_was_closed(grid: Running) -> None:
    id_ = await lived(grid)
    told = {"demand": "限期办结", "due_at": LAST + 99 * DAY}
    await run_at(grid, MONDAY + HOUR, supervise_report, DISTRICT, id_, **told)
    assert await runs_until(grid, id_) is None
    for hours, name in enumerate(CLOSED, start=2):
        await stepped(grid, id_, name, MONDAY + hours * HOUR)
    assert await runs_until(grid, id_) == LAST


async def test_a_person_may_archive_it_before_the_clock_does(grid: Running) -> None:
    id_ = await lived(grid, *CLOSED)
    await run_at(grid, LAST + HOUR, operations.archive_report, TOWNSHIP, id_)
    await sweep(grid, LAST + DAY)
    assert await archivings(grid, id_) == [LAST + HOUR]
    for name in ("reopen", "archive", "evaluate", "call-back"):
        told = SAYING.get(name, {})
        answer = await grid.call(
            TOWNSHIP, "POST", f"{REPORTS}/{id_}/{name}", told, {"If-Match": "*"}
        )
        assert refusal(answer) == (409, "step_not_allowed")


async def test_what_is_imported_is_archived_when_its_batch_is_completed(grid: Running) -> None:
    """As of the time when it would have been."""
    opened = (await grid.call(IMPORTER, "POST", "/v1/grid/imports", {"source": "台账"})).json()
    id_, day = str(uuid4()), {"occurred_at": "2017-03-02T10:00:00+08:00"}
    facts = {"area_code": GRID, "category": "OTHER", "title": "旧事一件"}
    facts["description"] = "旧台账登记的一件事情"
    wishes: list[tuple[str, str, dict[str, Any]]] = [
        ("create_report", "red-7", facts),
        ("self_handle_report", "full-7", {"opinion": "已当场清理"}),
        ("pass_report_self_check", "leader-7", {"findings": "属实"}),
    ]
    items = [
        {"operation": name, "id": id_, "key": name, "body": body | day | {"on_behalf_of": by}}
        for name, by, body in wishes
    ]
    results = await batch(grid, IMPORTER, *items, import_batch=opened["id"])
    assert results[1]["outcome"] == "applied", results
    at = datetime(2026, 3, 2, tzinfo=SHANGHAI)
    await sweep(grid, at)
    assert await archivings(grid, UUID(id_)) == []
    await grid.call(IMPORTER, "POST", f"/v1/grid/imports/{opened['id']}/complete", {})
    await sweep(grid, at)
    assert await archivings(grid, UUID(id_)) == [datetime(2017, 3, 18, tzinfo=SHANGHAI)]


async def test_reports_of_before_get_the_clocks_that_they_would_have(grid: Running) -> None:
    receipt = await brought_to(grid, "CLOSED")
    await step(grid, RED_MEMBER, receipt, "evaluate", satisfied=False)
    await brought_to(grid, "EVALUATED")
    await brought_to(grid, "PROCESSING")
    running = "select * from clock where kind = 'archive' and stopped_at is null order by 2"
    kept = await grid.fetch(running)
    assert kept
    await grid.fetch("delete from clock where kind = 'archive'")
    (path,) = services.grid.__path__
    revision = run_path(f"{path}/migrations/versions/0021_archived_by_the_clock.py")
    await grid.fetch(revision["CLOCKS"])
    assert await grid.fetch(running) == kept


def test_the_lamp_takes_no_notice_of_it() -> None:
    report = make_report(Status.VERIFIED, accepted_at=MONDAY)
    report.close(Ending(LAST, LAST), by="office", at=MONDAY)
    report.occurred_at = MONDAY
    assert ARCHIVE in {clock.kind for clock in report.clocks()}
    assert report.lamp_at(LAST + DAY) is Lamp.GREEN


@pytest.mark.parametrize(("days", "due"), [(None, 15), (3, 15), (15, 15), (90, 90)])
def test_its_days_are_a_row_but_never_fewer_than_those_for_reopening(
    days: int | None, due: int
) -> None:
    told = {REOPEN_DAYS: 15} | ({ARCHIVE_DAYS: days} if days else {})
    rows = [Amount(name, "", date(1900, 1, 1), n) for name, n in told.items()]
    ending = Limits([], EVERY_DAY, rows).ending(GRID, MONDAY)
    midnight = datetime(2026, 3, 3, tzinfo=SHANGHAI)
    assert ending == (midnight + 15 * DAY, midnight + due * DAY)


Happened = tuple[datetime, str]
FIFTEEN = Limits([], EVERY_DAY, [Amount(REOPEN_DAYS, "", date(1900, 1, 1), 15)])


def history(random: Random) -> tuple[Report, list[Happened]]:
    """What may become of a report while nobody sweeps, and what did."""
    report, at, told = make_report(), MONDAY, list[Happened]()
    for _ in range(random.randint(1, 20)):
        at += random.choice([0, 0, 1, 30, 200, 400]) * HOUR
        name = random.choice([*STEPS])
        try:
            STEPS[name](report, at)
        except Refusal:
            continue
        told.append((at, name))
        report.occurred_at = at
    return report, told


def self_handled(report: Report, at: datetime, *, sampled: bool) -> None:
    ending = FIFTEEN.ending(GRID, at)
    steps.self_handle(report, "已清理", sampled=sampled, ending=ending, by="one", at=at)


def checked(report: Report, at: datetime, *, failed: bool) -> None:
    again = started("resolve", at) if failed else None
    steps.self_check(report, again, "到现场看过", by="other", at=at)


def evaluated(report: Report, at: datetime, *, satisfied: bool) -> None:
    steps.evaluate(report, satisfied, None, "", by="other", at=at)


STEPS: dict[str, Callable[[Report, datetime], Any]] = {
    "self-handled": partial(self_handled, sampled=False),
    "sampled": partial(self_handled, sampled=True),
    "passed": partial(checked, failed=False),
    "failed": partial(checked, failed=True),
    "satisfied": partial(evaluated, satisfied=True),
    "unsatisfied": partial(evaluated, satisfied=False),
    "called back": lambda r, at: steps.call_back(r, "已说明", by="one", at=at),
    "reopened": lambda r, at: steps.reopen(r, "又出现", started("resolve", at), by="one", at=at),
    "resolved": lambda r, at: r.resolve("已清理", started("verify", at), by="one", at=at),
    "verified": lambda r, at: r.verify(by="other", at=at),
    "closed": lambda r, at: r.close(FIFTEEN.ending(GRID, at), by="one", at=at),
}


def walked(told: list[Happened]) -> datetime | None:
    """The first hour, from that of the last step on, in which all is done and the days are over."""
    closed, owed = None, set[str]()
    for at, name in told:
        match name:
            case "self-handled" | "sampled" | "closed":
                closed = at
            case "failed" | "reopened":
                closed = None
        owed |= {"sampled": {"check"}, "unsatisfied": {"call-back"}}.get(name, set())
        owed -= {"check"} if name in ("passed", "failed") else set()
        owed -= {"call-back"} if name in ("called back", "satisfied") else set()
    if closed is None or owed:
        return None
    at = told[-1][0]
    while (at.date() - closed.date()).days <= 15:
        at += HOUR
    return at


@pytest.mark.parametrize("part", range(4))
def test_the_clock_is_what_walking_through_time_says(part: int) -> None:
    random, seen = Random(part), Counter[str]()
    for _ in range(1000):
        report, told = history(random)
        due = walked(told)
        assert archived_from(report) == due, told
        seen.update({name for _, name in told} | {"late" if due and due > LAST else "in time"})
        if due:
            assert steps.archive_in_time(report, by="svc:clock", at=due - HOUR) is None
            event = steps.archive_in_time(report, by="svc:clock", at=due + 99 * DAY)
            assert event is not None
            assert (event.occurred_at, report.status) == (due, Status.ARCHIVED)
    assert min(seen[name] for name in [*STEPS, "late", "in time"]) > 5
