"""A settlement and what it locks exclude each other, and nobody gets a place that is taken."""

import asyncio
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

import asyncpg

from tests.support.running import Running
from tests.training.calls import (
    ATTENDANCES,
    OFFICER,
    SESSION,
    SESSIONS,
    Receipt,
    at,
    attempt,
    attended,
    presence,
    refusal,
    registered,
    started,
    step,
)

ASSESS = f"{ATTENDANCES}/{{}}/assess"
RESULT = {"theory_score": 90, "practice_passed": True}


@asynccontextmanager
async def settling(training: Running) -> AsyncIterator[None]:
    """While the session is being settled: the transaction is open until the end."""
    connection = await asyncpg.connect(training.database_url.replace("+asyncpg", ""))
    async with connection.transaction():
        await connection.execute("update training_session set status = 'SETTLED'")
        yield
    await connection.close()


async def begun(call: Awaitable[Any]) -> asyncio.Future[Any]:
    """Once it had time to be done, if nothing kept it waiting."""
    task = asyncio.ensure_future(call)
    await asyncio.sleep(0.3)
    assert not task.done()
    return task


async def record(training: Running, session: Receipt, trainee: Receipt) -> Any:
    return await training.call(OFFICER, "POST", ATTENDANCES, presence(session, trainee))


async def test_no_attendance_slips_in_while_a_session_is_settled(training: Running) -> None:
    session, trainee = await started(training), await registered(training)
    async with settling(training):
        task = await begun(record(training, session, trainee))
    assert refusal(await task) == (409, "session_not_held")


async def test_no_assessment_slips_in_while_a_session_is_settled(training: Running) -> None:
    attendance = await attended(training, await started(training))
    async with settling(training):
        task = await begun(attempt(training, OFFICER, ASSESS, attendance, **RESULT))
    assert refusal(await task) == (409, "session_not_held")


async def test_a_settlement_waits_for_the_attendance_that_is_being_recorded(
    training: Running,
) -> None:
    session = await started(training)
    session = await step(training, f"{SESSIONS}/{{}}/finish", session, occurred_at=at(120))
    settle = f"{SESSIONS}/{{}}/settle"
    trainees = [await registered(training) for _ in range(4)]
    answers = await asyncio.gather(
        *(record(training, session, trainee) for trainee in trainees),
        attempt(training, OFFICER, settle, session, occurred_at=at(180)),
    )
    assert answers[-1].status_code == 200
    recorded = [answer.status_code for answer in answers[:-1]]
    assert set(recorded) <= {201, 409}
    rows = await training.fetch("select count(*) from attendance")
    assert rows[0]["count"] == recorded.count(201)


async def test_a_session_takes_no_more_than_its_capacity(training: Running) -> None:
    session = await started(training, capacity=2)
    trainees = [await registered(training) for _ in range(5)]
    answers = await asyncio.gather(*(record(training, session, trainee) for trainee in trainees))
    assert sorted(answer.status_code for answer in answers) == [201, 201, 409, 409, 409]
    codes = {answer.json()["code"] for answer in answers if answer.status_code == 409}
    assert codes == {"session_full"}


def item(operation: str, key: str, body: Receipt, **facts: Any) -> Receipt:
    return {"operation": operation, "key": key, "body": body, **facts}


async def ran(training: Running, items: list[Receipt]) -> list[tuple[str, str | None]]:
    answer = await training.call(OFFICER, "POST", "/v1/training/batch", {"items": items})
    assert answer.status_code == 200, answer.text
    return [(line["outcome"], line.get("code")) for line in answer.json()["results"]]


async def test_the_places_are_counted_within_a_batch_too(training: Running) -> None:
    session = await started(training, capacity=2)
    first, second, third = [await registered(training) for _ in range(3)]
    items = [
        item("record_attendance", str(number), presence(session, trainee))
        for number, trainee in enumerate((first, first, second, third))
    ]
    assert await ran(training, items) == [
        ("applied", None),
        ("rejected", "already_attended"),
        ("applied", None),
        ("conflict", "session_full"),
    ]


async def test_a_session_its_attendance_and_the_assessment_come_in_one_batch(
    training: Running,
) -> None:
    session, attendance, trainee = str(uuid4()), str(uuid4()), await registered(training)
    items = [
        item("open_training_session", "1", SESSION, id=session),
        item("start_training_session", "2", {"occurred_at": at()}, id=session),
        item("record_attendance", "3", presence({"id": session}, trainee), id=attendance),
        item("record_assessment", "4", RESULT, id=attendance),
    ]
    assert await ran(training, items) == [("applied", None)] * 4


async def test_an_assessment_of_nothing_is_refused(training: Running) -> None:
    items = [item("record_assessment", "1", RESULT, id=str(uuid4()))]
    assert await ran(training, items) == [("rejected", "not_found")]
