import asyncio
import random
from collections import Counter, defaultdict
from datetime import date

import asyncpg
import pytest
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.schema import CreateTable

from services.chassis.numbers import RESERVED, Ahead, NumberSequence, allocate
from tests.support.grid import REPORT, REPORTS, batch, creation
from tests.support.people import DISTRICT, OTHER_TOWNSHIP, RED_MEMBER
from tests.support.postgres import FreshDatabases
from tests.support.running import Running

Key = tuple[str, str, date]
DAY = date(2017, 3, 1)
KEYS: list[Key] = [
    (prefix, f"33070310{town}", DAY) for prefix in ("GE", "DS") for town in range(1, 6)
]
ALLOCATORS = 8
ROUNDS = 25


@pytest.fixture
async def database(fresh_database: FreshDatabases) -> str:
    url = await fresh_database()
    engine = create_async_engine(url)
    async with engine.begin() as connection:
        await connection.execute(CreateTable(NumberSequence.metadata.tables["number_sequence"]))
    await engine.dispose()
    return url.replace("+asyncpg", "")


async def test_each_run_of_numbers_starts_at_one_and_goes_on(database: str) -> None:
    connection = await asyncpg.connect(database)
    first, second = KEYS[:2]
    assert await allocate(connection, Counter({first: 2, second: 1})) == {
        first: range(1, 3),
        second: range(1, 2),
    }
    assert await allocate(connection, {first: 3}) == {first: range(3, 6)}
    assert await allocate(connection, {first: 0}) == {}
    assert await allocate(connection, {}) == {}
    next_day = (first[0], first[1], date(2017, 3, 2))
    assert await allocate(connection, {next_day: 1}) == {next_day: range(1, 2)}
    await connection.close()


async def test_racing_allocators_get_disjoint_ranges_without_gaps(database: str) -> None:
    given: dict[Key, list[int]] = defaultdict(list)
    asked: Counter[Key] = Counter()

    async def allocator(seed: int) -> None:
        chance = random.Random(seed)
        connection = await asyncpg.connect(database)
        for _ in range(ROUNDS):
            keys = chance.sample(KEYS, chance.randint(1, len(KEYS)))
            wanted = {key: chance.randint(1, 5) for key in keys}
            ranges = await allocate(connection, wanted)
            assert {key: len(numbers) for key, numbers in ranges.items()} == wanted
            asked.update(wanted)
            for key, numbers in ranges.items():
                given[key] += numbers
        await connection.close()

    await asyncio.gather(*map(allocator, range(ALLOCATORS)))
    for key, numbers in given.items():
        assert sorted(numbers) == list(range(1, asked[key] + 1))


async def test_transactions_over_the_same_runs_wait_and_do_not_deadlock(database: str) -> None:
    orders = [KEYS, KEYS[::-1]] * (ALLOCATORS // 2)

    async def in_transaction(keys: list[Key]) -> None:
        connection = await asyncpg.connect(database)
        for _ in range(ROUNDS):
            async with connection.transaction():
                await allocate(connection, dict.fromkeys(keys, 1))
        await connection.close()

    await asyncio.gather(*map(in_transaction, orders))
    connection = await asyncpg.connect(database)
    last = await connection.fetch("select distinct last from number_sequence")
    assert [row["last"] for row in last] == [ALLOCATORS * ROUNDS]
    await connection.close()


async def test_a_busy_run_is_asked_for_a_few_numbers_at_once(database: str) -> None:
    connection = await asyncpg.connect(database)
    ahead, (busy, other) = Ahead(), KEYS[:2]
    taken = [n for _ in range(RESERVED) for n in (await ahead.take(connection, {busy: 2}))[busy]]
    assert taken == list(range(1, 2 * RESERVED + 1))
    assert await ahead.take(connection, {other: 1}) == {other: [1]}
    rows = await connection.fetch("select prefix, area_code, day, last from number_sequence")
    last = {tuple(row)[:3]: row["last"] for row in rows}
    assert last[other] == 1
    assert 2 * RESERVED <= last[busy] < 3 * RESERVED
    assert await Ahead().take(connection, {busy: 1}) == {busy: [last[busy] + 1]}
    await connection.close()


async def numbers_taken(grid: Running) -> int:
    rows = await grid.fetch("select coalesce(sum(last), 0) from number_sequence")
    return int(rows[0][0])


async def test_what_is_refused_for_its_area_takes_no_number(grid: Running) -> None:
    invented = [creation(f"{n}", area_code=f"3307{n:05}") for n in range(500)]
    results = await batch(grid, RED_MEMBER, *invented)
    assert {(r["outcome"], r["code"]) for r in results} == {("rejected", "outside_scope")}
    assert {r["errors"][0]["pointer"] for r in results} == {"/body/area_code"}
    answer = await grid.call(OTHER_TOWNSHIP, "POST", REPORTS, REPORT)
    assert (answer.status_code, answer.json()["code"]) == (403, "outside_scope")
    assert await numbers_taken(grid) == 0


async def test_what_is_done_already_takes_no_other_number(grid: Running) -> None:
    key = {"Idempotency-Key": "one"}
    first = await grid.call(DISTRICT, "POST", REPORTS, REPORT, key)
    items = [creation("two"), creation("three")]
    done = await batch(grid, DISTRICT, *items)
    for _ in range(3):
        again = await grid.call(DISTRICT, "POST", REPORTS, REPORT, key)
        assert (again.status_code, again.json()) == (201, first.json())
        results = await batch(grid, DISTRICT, *items)
        assert [r["receipt"] for r in results] == [r["receipt"] for r in done]
    assert await numbers_taken(grid) == 3


async def test_items_that_are_run_again_alone_keep_their_numbers(grid: Running) -> None:
    await grid.fetch("create unique index only_one_of_a_title on report (title)")
    titles = ["甲事", "甲事", "乙事"]
    results = await batch(
        grid, RED_MEMBER, *(creation(f"{n}", title=title) for n, title in enumerate(titles))
    )
    assert [r["outcome"] for r in results] == ["applied", "rejected", "applied"]
    assert await numbers_taken(grid) == 3
