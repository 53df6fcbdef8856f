"""The end of a dispute case resolves the report that it came from."""

from asyncio import create_task, gather
from datetime import UTC, datetime
from functools import partial
from itertools import count
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.chassis.eventlog.port import Partition, StoredRecord
from services.contracts.disputes import CaseEnded, CaseFact
from tests.chassis.outboxes import connected
from tests.grid.people import GRID
from tests.support.grid import attempt, brought_to, refusal, reported, shown, step
from tests.support.people import OPERATOR, TOWNSHIP, VERIFIER
from tests.support.running import Running, eventually

PLACE = Partition(CaseFact.topic, 0)
ENDED = datetime.now(UTC)


@pytest.fixture(scope="module")
async def offsets(grid: Running) -> Any:
    await grid.fetch(
        "insert into consumer_offset values ('grid-subscriptions', $1, 0, 'this log', 0)",
        PLACE.topic,
    )
    return count()


async def ended(grid: Running, offset: int, report: str | None) -> list[str]:
    """Hear of a case's end; the dead letters that come of it."""
    event = CaseEnded(
        area_code=GRID,
        occurred_at=ENDED,
        correlation_id=uuid4(),
        report_id=UUID(report) if report else None,
    )
    headers = (("ce_type", CaseEnded.type.encode()), ("ce_id", str(uuid4()).encode()))
    key, body = str(uuid4()).encode(), event.model_dump_json().encode()
    await grid.runtime.subscriber.settle([StoredRecord(PLACE, key, headers, body, offset)])
    rows = await grid.fetch('select reason from dead_letter where "offset" = $1', offset)
    return [row["reason"] for row in rows]


async def test_a_report_is_resolved_by_its_case(grid: Running, offsets: Any) -> None:
    receipt = await brought_to(grid, "ACCEPTED", category="DISPUTE")
    assert await ended(grid, next(offsets), receipt["id"]) == []
    told = await shown(grid, receipt)
    assert (told["status"], told["handlers"]) == ("RESOLVED", ["svc:disputes"])
    assert datetime.fromisoformat(told["resolved_at"]) == ENDED
    receipt = await step(grid, VERIFIER, receipt | {"version": told["version"]}, "verify")
    assert (await step(grid, TOWNSHIP, receipt, "close"))["status"] == "CLOSED"


async def test_what_is_over_stays_as_it_is(grid: Running, offsets: Any) -> None:
    done = await brought_to(grid, "ACCEPTED", category="DISPUTE")
    gone = await step(
        grid, TOWNSHIP, await brought_to(grid, "ACCEPTED", category="DISPUTE"), "cancel"
    )
    await ended(grid, next(offsets), done["id"])
    for receipt in (done, gone):
        before = await shown(grid, receipt)
        assert await ended(grid, next(offsets), receipt["id"]) == []
        assert await shown(grid, receipt) == before


async def test_a_case_that_came_from_no_dispute_report_changes_nothing(
    grid: Running, offsets: Any
) -> None:
    other = await brought_to(grid, "ACCEPTED")
    assert await ended(grid, next(offsets), None) == []
    assert await ended(grid, next(offsets), other["id"]) == []
    assert (await shown(grid, other))["status"] == "ACCEPTED"


async def test_what_cannot_be_resolved_is_put_aside(grid: Running, offsets: Any) -> None:
    missing = await ended(grid, next(offsets), str(uuid4()))
    assert missing == ["resolve_report_by_case refused: not_found: No such record."]
    early = await reported(grid, category="DISPUTE")
    (reason,) = await ended(grid, next(offsets), early["id"])
    assert reason.startswith("resolve_report_by_case refused: step_not_allowed")
    answer = await attempt(grid, TOWNSHIP, early, "resolve")
    assert refusal(answer) == (409, "step_not_allowed")


async def letter_of(grid: Running, offset: int) -> str:
    """What is put aside of a case whose report is not there."""
    await ended(grid, offset, str(uuid4()))
    (row,) = await grid.fetch('select id from dead_letter where "offset" = $1', offset)
    return str(row["id"])


async def test_what_failed_fails_again_while_nothing_has_changed(
    grid: Running, offsets: Any
) -> None:
    path = f"/v1/grid/dead-letters/{await letter_of(grid, next(offsets))}"
    assert refusal(await grid.call(OPERATOR, "POST", f"{path}/retry")) == (409, "retry_refused")
    assert not (await grid.call(OPERATOR, "POST", f"{path}/discard")).is_error


async def test_of_those_who_discard_a_letter_at_once_one_does(grid: Running, offsets: Any) -> None:
    path = f"/v1/grid/dead-letters/{await letter_of(grid, next(offsets))}/discard"
    async with connected(grid.database_url) as connection, connection.transaction():
        await connection.execute("lock table audit, dead_letter in exclusive mode")
        calls = [create_task(grid.call(OPERATOR, "POST", path)) for _ in range(3)]
        await eventually(partial(waiting, grid, 3))  # all of them have found it open
    answers = await gather(*calls)
    refused = [refusal(answer) for answer in answers if answer.is_error]
    assert refused == [(409, "already_settled")] * 2


async def waiting(grid: Running, n: int) -> bool:
    told = "select count(*) from pg_locks l join pg_database d on d.oid = l.database"
    (row,) = await grid.fetch(f"{told} where not granted and datname = current_database()")
    return bool(row["count"] == n)
