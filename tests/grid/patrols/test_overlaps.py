"""One person, many devices: whoever is faster has the person, and nobody is counted twice."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from tests.grid.field import GRID, listed, post
from tests.grid.patrols.walking import enrolled
from tests.support.grid import batch
from tests.support.people import DISTRICT
from tests.support.running import Running

TWICE = """
    select 1 from patrol a join patrol b on a.id < b.id and a.participants ?| array(
        select jsonb_array_elements_text(b.participants))
    where 'VOIDED' not in (a.status, b.status)
      and tstzrange(a.started_at, a.ended_at) && tstzrange(b.started_at, b.ended_at)"""


async def test_racing_patrols_of_one_person_end_with_one(grid: Running) -> None:
    start = (datetime.now(UTC) - timedelta(hours=3)).isoformat()
    for place in range(4):
        await enrolled(grid, f"racer-{place}", *(f"mate-{place}-{n}" for n in range(10)))
        persons = [[f"racer-{place}", f"mate-{place}-{n}"] for n in range(10)]
        answers = await asyncio.gather(
            *(
                post(
                    grid,
                    DISTRICT,
                    "patrols",
                    area_code=GRID,
                    # each in another order, so that whoever locks in the order told deadlocks
                    participants=people if n % 2 else people[::-1],
                    occurred_at=start,
                )
                for n, people in enumerate(persons)
            )
        )
        codes = sorted(answer.status_code for answer in answers)
        assert codes == [201, *[409] * 9], [answer.text for answer in answers]
    assert await grid.fetch(TWICE) == []


async def test_racing_batches_end_with_one_of_each(grid: Running) -> None:
    start = datetime.now(UTC) - timedelta(hours=30)
    crowd = [f"crowd-{n}" for n in range(12)]
    await enrolled(grid, *crowd)

    def items(turn: int) -> list[dict[str, Any]]:
        return [
            {
                "operation": "record_patrol",
                "id": str(uuid4()),
                "key": str(uuid4()),
                "body": {
                    "area_code": GRID,
                    "participants": [crowd[(n + turn) % 12], crowd[(n + turn + 1) % 12]],
                    "occurred_at": (start + timedelta(hours=n)).isoformat(),
                    "ended_at": (start + timedelta(hours=n + 1)).isoformat(),
                },
            }
            for n in range(12)
        ]

    results = await asyncio.gather(*(batch(grid, DISTRICT, *items(turn)) for turn in range(6)))
    outcomes = {result["outcome"] for told in results for result in told}
    assert outcomes == {"applied", "conflict"}
    assert await grid.fetch(TWICE) == []


async def test_a_device_ends_one_patrol_and_begins_the_next_in_one_batch(grid: Running) -> None:
    ids = [str(uuid4()) for _ in "abc"]
    begun = datetime.now(UTC) - timedelta(hours=8)

    def item(number: int, operation: str, hours: int, **body: Any) -> dict[str, Any]:
        at = (begun + timedelta(hours=hours)).isoformat()
        return {
            "operation": operation,
            "id": ids[number],
            "key": f"{operation}/{ids[number]}",
            "body": {"occurred_at": at, **body},
        }

    await enrolled(grid, "all-day")
    facts: dict[str, Any] = {"area_code": GRID, "participants": ["all-day"]}
    first = [item(0, "record_patrol", 0, **facts)]
    (told,) = await batch(grid, DISTRICT, *first)
    assert told["outcome"] == "applied"
    results = await batch(
        grid,
        DISTRICT,
        item(0, "finish_patrol", 2),
        item(1, "record_patrol", 2, **facts),
        item(1, "finish_patrol", 4),
        item(2, "record_patrol", 3, **facts),
        item(2, "record_patrol", 4, **facts) | {"id": str(uuid4()), "key": "later"},
    )
    outcomes = [result["outcome"] for result in results]
    assert outcomes == ["applied", "applied", "applied", "conflict", "applied"]
    lines = [line for line in await listed(grid, "patrols") if line["participants"] == ["all-day"]]
    assert len(lines) == 3
