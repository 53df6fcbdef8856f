"""A report that is cancelled as a duplicate says of which; unlike a master, that one takes nothing up."""

import asyncio
import json
from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.grid.people import FULL_TIME, RESIDENT
from tests.support.grid import attempt, brought_to, refusal, reported, shown, step
from tests.support.people import DISTRICT, IMPORTER, RED_MEMBER, TOWNSHIP
from tests.support.running import Running


async def cancelled(grid: Running, receipt: Any, who: Any = TOWNSHIP, **body: Any) -> Any:
    return await attempt(grid, who, receipt, "cancel", **{"reason": "DUPLICATE"} | body)


@pytest.mark.parametrize("status", ["REPORTED", "PROCESSING", "CLOSED"])
async def test_a_duplicate_is_cancelled_with_what_it_duplicates(grid: Running, status: str) -> None:
    """Which may be closed and of another category; both reporters count once for the matter."""
    first = await brought_to(grid, status, FULL_TIME)
    twice = [
        await reported(grid, RESIDENT, category="OTHER", description="河边又有一堆垃圾，请清理")
    ]
    twice += [await reported(grid, FULL_TIME)]
    told = []
    for receipt in twice:
        answer = await cancelled(grid, receipt, duplicate_of=first["id"])
        assert answer.status_code == 200, answer.text
        told.append(await shown(grid, answer.json()))
    assert {(t["status"], t["cancel_reason"], t["duplicate_of"]) for t in told} == {
        ("CANCELLED", "DUPLICATE", first["id"])
    }
    query = "select credited from report where duplicate_of = $1 order by created_at"
    assert [row["credited"] for row in await grid.fetch(query, UUID(first["id"]))] == [True, False]
    (row,) = await grid.fetch(
        "select convert_from(body, 'utf8') as told from outbox order by id desc limit 1"
    )
    event = json.loads(row["told"])
    assert (event["duplicate_of"], event["credited"]) == (first["id"], False)
    assert (await shown(grid, first, RESIDENT))["status"] == status


async def test_a_duplicate_says_of_what(grid: Running) -> None:
    one, other = await reported(grid), await reported(grid)
    gone = await step(grid, TOWNSHIP, await reported(grid), "cancel")
    elsewhere = await reported(grid, IMPORTER, area_code="330703101")
    for of, expected in (
        (None, (422, "original_missing", "/duplicate_of")),
        (str(uuid4()), (422, "original_unknown", "/duplicate_of")),
        (elsewhere["id"], (422, "original_unknown", "/duplicate_of")),
        (one["id"], (422, "original_is_itself", "/duplicate_of")),
        (gone["id"], (409, "original_is_cancelled", "/duplicate_of")),
    ):
        assert refusal(await cancelled(grid, one, duplicate_of=of)) == expected
    answer = await cancelled(grid, one, reason="INVALID", duplicate_of=other["id"])
    assert refusal(answer) == (422, "original_not_asked", "/duplicate_of")
    answer = await cancelled(grid, one, RED_MEMBER, duplicate_of=other["id"])
    assert refusal(answer) == (403, "only_withdrawal", "/reason")
    assert (await shown(grid, one))["status"] == "REPORTED"
    done = await cancelled(grid, one, DISTRICT, duplicate_of=elsewhere["id"])
    assert done.status_code == 200, done.text


async def test_what_was_told_again_is_not_cancelled_itself(grid: Running) -> None:
    first, second = await reported(grid), await reported(grid)
    assert (await cancelled(grid, second, duplicate_of=first["id"])).status_code == 200
    assert refusal(await cancelled(grid, first, duplicate_of=second["id"])) == (
        409,
        "has_merged",
        "/reason",
    )


async def test_of_two_that_are_each_others_duplicates_one_is_left(grid: Running) -> None:
    for _ in range(4):
        one, two = await reported(grid), await reported(grid, RESIDENT)
        answers = await asyncio.gather(
            cancelled(grid, one, duplicate_of=two["id"]),
            cancelled(grid, two, duplicate_of=one["id"]),
        )
        assert sorted(answer.status_code for answer in answers) == [200, 409]
