"""Dead letters, parked events and replays in the hands of an operator."""

import asyncio
from typing import Any
from uuid import UUID, uuid4

import pytest
from structlog.testing import capture_logs

from services.contracts.grid import ReportFact, ReportVerified
from tests.chassis.test_consumer import BODY, put
from tests.support.grid import reported
from tests.support.people import DISTRICT, IMPORTER, OPERATOR
from tests.support.running import Running

LETTERS = "/v1/grid/dead-letters"
PARKED = "/v1/grid/parked-events"
SLOW = """
    create function slow() returns trigger language plpgsql as
    $$ begin perform pg_sleep(0.5); return new; end $$"""
SLOWLY = "create trigger slowly after insert on outbox for each row execute function slow()"


@pytest.fixture
async def letter(grid: Running) -> UUID:
    """One that would apply now: it puts an area."""
    subscriber = grid.runtime.subscriber
    subscriber.subscriptions, subscriber.caller = {ReportVerified: put}, IMPORTER
    id_ = uuid4()
    await grid.fetch("delete from area")
    await grid.fetch(
        'insert into dead_letter (id, consumer, topic, partition, "offset", key, headers, value,'
        " reason, parked_at) values ($1, $2, $3, 0, 0, $4, $5, $6, 'x', now())",
        id_,
        subscriber.name,
        ReportFact.topic,
        str(uuid4()).encode(),
        f'{{"ce_id": "e", "ce_type": "{ReportVerified.type}"}}',
        BODY,
    )
    return id_


async def settle(grid: Running, letter: UUID, how: str, after: float = 0) -> int:
    await asyncio.sleep(after)
    return (await grid.call(OPERATOR, "POST", f"{LETTERS}/{letter}/{how}")).status_code


async def settled(grid: Running) -> tuple[str, str]:
    ((how, by),) = await grid.fetch("select settled_how, settled_by from dead_letter")
    return how, by


async def test_a_letter_is_settled_by_the_faster_and_undone_by_the_slower(
    grid: Running, letter: UUID
) -> None:
    await grid.fetch(SLOW)
    await grid.fetch(SLOWLY)
    answers = await asyncio.gather(
        settle(grid, letter, "retry"), settle(grid, letter, "discard", after=0.2)
    )
    assert sorted(answers) == [200, 409]
    assert await settled(grid) == ("discarded", OPERATOR.subject)
    assert await grid.fetch("select from area") == []


@pytest.mark.parametrize(("how", "done"), [("retry", "retried"), ("discard", "discarded")])
async def test_who_settled_a_letter_is_kept(
    grid: Running, letter: UUID, how: str, done: str
) -> None:
    assert await settle(grid, letter, how) == 200
    assert await settled(grid) == (done, OPERATOR.subject)
    assert await settle(grid, letter, how) == 404


async def parked(grid: Running) -> list[dict[str, Any]]:
    answer = await grid.call(OPERATOR, "GET", PARKED)
    return list(answer.json()["items"])


async def test_a_parked_event_is_listed_and_released(grid: Running) -> None:
    await reported(grid)
    await grid.fetch("update outbox set parked = 'too large' where topic like '%report.v1'")
    (event,) = await parked(grid)
    assert (event["type"], event["reason"], event["version"]) == (
        "jinding.grid.report.reported.v1",
        "too large",
        1,
    )
    path = f"{PARKED}/{event['id']}/release"
    assert (await grid.call(DISTRICT, "POST", path)).status_code == 403
    with capture_logs() as logged:
        answer = await grid.call(OPERATOR, "POST", path)
    assert (answer.status_code, answer.json(), await parked(grid)) == (200, {"items": []}, [])
    told = next(line for line in logged if line["event"] == "event_released")
    assert (told["outbox_id"], told["by"]) == (event["id"], OPERATOR.subject)
    assert (await grid.call(OPERATOR, "POST", path)).status_code == 404


async def test_a_replay_publishes_a_topic_and_a_time_once_more(grid: Running) -> None:
    for _ in range(3):
        await reported(grid)
    await grid.fetch("delete from unpublished")
    topic = ReportFact.topic
    old = "id = (select min(id) from outbox where topic = $1)"
    await grid.fetch(f"update outbox set created_at = '2026-01-01T00:00Z' where {old}", topic)
    body = {"topic": topic, "since": "2026-02-01T00:00:00Z", "until": "2199-12-31T00:00:00Z"}
    assert (await grid.call(DISTRICT, "POST", "/v1/grid/replays", body)).status_code == 403
    with capture_logs() as logged:
        answer = await grid.call(OPERATOR, "POST", "/v1/grid/replays", body)
    again = await grid.fetch("select topic, id from unpublished join outbox using (id)")
    assert answer.json() == {"events": 2}
    assert [row["topic"] for row in again] == [topic, topic]
    told = next(line for line in logged if line["event"] == "events_replayed")
    assert (told["by"], told["topic"]) == (OPERATOR.subject, topic)
