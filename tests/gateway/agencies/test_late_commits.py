"""No record is skipped because its transaction ended after another that began later."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from functools import partial

from services.chassis.database import driver
from services.chassis.eventlog.port import StoredRecord
from services.chassis.reader import move
from services.gateway.projections import archive
from services.gateway.projections.records import NAME, read_record
from tests.gateway.agencies.feeding import WHOLE, Event, Fed, histories, named, told


async def keep(
    fed: Fed, records: list[StoredRecord], done: Callable[[], Awaitable[object]]
) -> None:
    """Archive as the runner does; the transaction stays open until `done` has returned."""
    read = [read_record(record) for record in records]
    async with fed.archive.database.transaction() as connection:
        raw = await driver(connection)
        await archive.keep(raw, [(r.record, r.fact.event if r.fact else None) for r in read])
        await move(raw, NAME, records)
        await done()


async def nothing() -> None: ...


async def test_what_is_committed_late_is_read_late_and_not_lost(fed: Fed) -> None:
    facts = histories(4)
    fire = await fed.agency("fire-brigade", WHOLE)
    records = fed.archive.records(facts)
    numbers = {record.partition.number for record in records}
    slow = {number for number in numbers if number % 2}
    written, held = asyncio.Event(), asyncio.Event()

    async def hold() -> None:
        written.set()
        await held.wait()

    early = [record for record in records if record.partition.number in slow]
    task = asyncio.create_task(keep(fed, early, hold))
    await written.wait()
    await keep(fed, [r for r in records if r.partition.number not in slow], nothing)
    first, cursor = await fire.read(limit=3)
    assert 0 < len(first) < len(facts)
    held.set()
    await task
    late, _ = await fire.read(cursor, limit=3)
    assert len(late) > 0
    assert told([*first, *late]) == named(facts)


async def test_readers_beside_writers_miss_nothing_and_read_nothing_twice(fed: Fed) -> None:
    chance = random.Random(7)
    facts = histories(40)
    fire = await fed.agency("fire-brigade", WHOLE)
    queues: dict[int, list[StoredRecord]] = {}
    for record in fed.archive.records(facts):
        queues.setdefault(record.partition.number, []).append(record)

    async def write(numbers: list[int]) -> None:
        left = {number: queues[number] for number in numbers if number in queues}
        while left:
            batch = []
            for number in chance.sample(sorted(left), k=min(2, len(left))):
                size = chance.randint(1, 4)
                batch += left[number][:size]
                left[number] = left[number][size:]
            left = {number: rest for number, rest in left.items() if rest}
            await keep(fed, batch, partial(asyncio.sleep, chance.random() / 40))

    async def read(limit: int) -> list[Event]:
        events, cursor = await fire.read(limit=limit)
        while not writing.done():
            more, cursor = await fire.read(cursor, limit=limit)
            events += more
        return events + (await fire.read(cursor, limit=limit))[0]

    writing = asyncio.gather(*(write(list(range(start, 12, 3))) for start in range(3)))
    for events in await asyncio.gather(read(5), read(100)):
        assert told(events) == named(facts)
        versions: dict[str, int] = {}
        for event in events:
            assert event["aggregateversion"] == versions.get(event["subject"], 0) + 1
            versions[event["subject"]] = event["aggregateversion"]
    await writing
