"""Many hands at one stock: however they race, nobody hands on what they do not have."""

import asyncio
import random
from typing import Any
from uuid import uuid4

from tests.grid.field import post
from tests.grid.materials.test_router import COUNTERS, ENTRIES, entry, furnished, item
from tests.grid.visiting import ago
from tests.support.grid import batch
from tests.support.people import DISTRICT
from tests.support.running import Running

BROKEN = """
    with instants as (select distinct item_id, township, occurred_at as at from material_entry),
    held as (
        select i.at, m.item_id, m.township, m.area_code,
            sum(quantity) filter (where entry_kind = 'ISSUE') as issued,
            sum(quantity) filter (where entry_kind = 'DISTRIBUTION') as given,
            sum(quantity) filter (where entry_kind = 'STOCK_IN') as stock
        from instants i join material_entry m
          on (m.item_id, m.township) = (i.item_id, i.township) and m.occurred_at <= i.at
        group by 1, 2, 3, 4
    ), t as (
        select at, item_id, township, sum(issued) as issued, sum(stock) as stock from held group by 1, 2, 3
    )
    select 'grid' from held where coalesce(given, 0) > coalesce(issued, 0)
    union all select 'township' from t where coalesce(issued, 0) > coalesce(stock, 0)"""
"""Whether anybody had handed on what they did not have, at any instant."""


async def test_racing_distributions_give_no_more_than_was_issued(grid: Running) -> None:
    for _ in range(4):
        item_id = await furnished(grid, stock=1000, issued=500)
        body = entry("DISTRIBUTION", item_id, 100)
        answers = await asyncio.gather(*(post(grid, DISTRICT, ENTRIES, **body) for _ in range(12)))
        assert sorted(answer.status_code for answer in answers) == [*[201] * 5, *[409] * 7]
    assert await grid.fetch(BROKEN) == []


async def test_racing_issues_give_no_more_than_is_in_stock(grid: Running) -> None:
    item_id = await furnished(grid, stock=500, issued=100)
    body = entry("ISSUE", item_id, 100)
    answers = await asyncio.gather(*(post(grid, DISTRICT, ENTRIES, **body) for _ in range(12)))
    assert sorted(answer.status_code for answer in answers) == [*[201] * 4, *[409] * 8]
    assert await grid.fetch(BROKEN) == []


async def test_one_entry_is_countered_once(grid: Running) -> None:
    item_id = await item(grid)
    stock = (await post(grid, DISTRICT, ENTRIES, **entry("STOCK_IN", item_id, 10))).json()
    body = {"counters": stock["id"], "reason": "误录"}
    answers = await asyncio.gather(*(post(grid, DISTRICT, COUNTERS, **body) for _ in range(6)))
    assert sorted(answer.status_code for answer in answers) == [201, *[409] * 5]


async def test_racing_batches_of_everything_keep_the_ledger(grid: Running) -> None:
    dice = random.Random(2017)
    early = {"occurred_at": ago(hours=1)}
    items = [await furnished(grid, stock=300, issued=100, **early) for _ in range(3)]

    def wish() -> dict[str, Any]:
        kind = dice.choice(["STOCK_IN", "ISSUE", "ISSUE", "DISTRIBUTION", "DISTRIBUTION"])
        body = entry(kind, dice.choice(items), dice.randint(1, 90))
        body["occurred_at"] = ago(minutes=dice.randrange(120))
        key = str(uuid4())
        return {"operation": "enter_material", "id": key, "key": key, "body": body}

    wishes = [[wish() for _ in range(15)] for _ in range(8)]
    results = await asyncio.gather(*(batch(grid, DISTRICT, *some) for some in wishes))
    outcomes = [result["outcome"] for some in results for result in some]
    assert {*outcomes} == {"applied", "conflict"}
    assert await grid.fetch(BROKEN) == []
    done = [
        wish["id"]
        for some, told in zip(wishes, results, strict=True)
        for wish, result in zip(some, told, strict=True)
        if result["outcome"] == "applied"
    ]
    counters = [
        post(grid, DISTRICT, COUNTERS, counters=id_, reason="误录", **sometime(dice))
        for id_ in dice.sample(done, len(done))
    ]
    answers = await asyncio.gather(*counters)
    codes = {answer.status_code for answer in answers}
    assert 201 in codes <= {201, 409, 422}  # some are dated before the entry
    assert await grid.fetch(BROKEN) == []


def sometime(dice: random.Random) -> dict[str, str]:
    """Now, or a time that was told."""
    return {"occurred_at": ago(minutes=dice.randrange(120))} if dice.random() < 0.5 else {}
