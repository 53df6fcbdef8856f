"""Cards and tallies anew from every event that was ever read."""

import asyncio
from dataclasses import replace
from random import Random
from typing import Any
from uuid import UUID

import pytest

from services.chassis.errors import Unavailable
from services.gateway.projections import archive, refill
from services.gateway.projections.fold import Fact
from services.gateway.projections.rebuild import RebuildSource, rebuild
from services.gateway.projections.refill import SnapshotsNeeded
from tests.gateway.projections.histories import STEPS, History, Moves
from tests.gateway.projections.projecting import (
    EVERYTHING,
    Known,
    Projecting,
    another_log,
    settle,
    trainee,
)
from tests.support.running import eventually

WALK: Moves = [(0, "accept", 1), (1, "accept", 1), (0, "assign", 1), (2, "DUPLICATE", 1)]
AWAY: Any = Known(away=True)


def any_moves(random: Random) -> Moves:
    """Most of them the way that a report goes, some not."""
    steps = [step for step in STEPS[:9] * 2 for _ in range(3)] + STEPS[9:]
    return [(random.randrange(3), step, random.randrange(99)) for step in steps]


async def from_archive(gateway: Projecting, known: Any = AWAY, service: str = "grid") -> Any:
    return await rebuild(gateway.database, known, service, RebuildSource.ARCHIVE)


@pytest.mark.parametrize("seed", range(5))
async def test_archive_and_snapshots_give_what_the_live_tables_hold(
    gateway: Projecting, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    monkeypatch.setattr(archive, "BATCH", 7)
    random = Random(seed)
    history = History(any_moves(random))
    known: Any = Known(history.snapshots)
    repeats = random.sample(history.facts, len(history.facts) // 2)
    await settle(gateway.runner(), gateway.records([*history.facts, *repeats]), 5)
    live = await gateway.fetch(EVERYTHING)
    assert len(live) > 20
    for source in RebuildSource:
        await gateway.fetch("with gone as (delete from card) delete from tally returning 1")
        assert await rebuild(gateway.database, known, "grid", source) == []
        assert await gateway.fetch(EVERYTHING) == live
        assert await rebuild(gateway.database, known, "grid", source) == []
        assert await gateway.fetch(EVERYTHING) == live
    assert known.asked == []


@pytest.mark.parametrize("source", RebuildSource)
async def test_a_rebuild_under_live_writes_loses_nothing_and_doubles_nothing(
    gateway: Projecting, monkeypatch: pytest.MonkeyPatch, source: RebuildSource
) -> None:
    monkeypatch.setattr(archive, "BATCH", 7)
    monkeypatch.setattr(refill, "BATCH", 3)
    history = History(any_moves(Random(7)))
    known: Any = Known(history.snapshots)
    records = gateway.records(history.facts)
    await gateway.runner(known).settle(records[:2])
    rebuilt = 0

    async def again_and_again() -> None:
        nonlocal rebuilt
        while True:
            await rebuild(gateway.database, known, "grid", source)
            rebuilt += 1

    rebuilding = asyncio.create_task(again_and_again())
    for start in range(2, len(records), 2):
        await gateway.runner(known).settle(records[start : start + 2])
        await asyncio.sleep(0)

    async def five_times() -> bool:
        return rebuilt >= 5

    await eventually(five_times, 30)
    rebuilding.cancel()
    await asyncio.wait({rebuilding})
    assert rebuilding.cancelled()
    assert await gateway.wrong(history) == []
    assert await gateway.letters() == []


async def test_logs_that_were_replaced_are_folded_one_after_the_other(gateway: Projecting) -> None:
    history = History(WALK)
    await gateway.runner().settle(gateway.records(history.facts[:4]))
    for identity, facts in (("zzz", history.facts[4:5]), ("aaa", history.facts[5:])):
        await another_log(gateway, identity)
        await gateway.runner().settle(gateway.records(facts))
    live = await gateway.fetch(EVERYTHING)
    await gateway.fetch("with gone as (delete from card) delete from tally returning 1")
    assert await from_archive(gateway) == []
    assert await gateway.fetch(EVERYTHING) == live
    assert await gateway.wrong(history) == []


async def test_what_another_record_took_the_offset_of_is_folded_too(
    gateway: Projecting, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The log came back from an older copy, was written on, and an operator let it be read again."""
    first, second = gateway.record(trainee(1)), gateway.record(trainee(2))
    await gateway.runner().settle([first])
    await another_log(gateway, "log")
    await gateway.runner().settle([replace(second, partition=first.partition, offset=0)])
    for batch in (1, 2):
        monkeypatch.setattr(archive, "BATCH", batch)
        assert await from_archive(gateway, service="training") == []
        assert await gateway.versions() == {1: 1, 2: 1}


async def test_what_the_archive_cannot_tell_its_service_is_asked_for(gateway: Projecting) -> None:
    """The first event of one report was never read, one of another is poison, the third is only a card."""
    history = History(WALK)
    known: Any = Known(history.snapshots)
    facts = [fact for fact in history.facts if fact.id.int != 3][1:]
    poison = gateway.record(facts[-1], value=b"{}")
    await gateway.runner(known).settle([*gateway.records(facts[:-1]), poison])
    assert len(await gateway.letters()) == 1
    await rebuild(gateway.database, known, "grid")
    known.asked.clear()
    assert await from_archive(gateway, known) == []
    assert set(known.asked) == {UUID(int=1), UUID(int=3)}
    assert await gateway.wrong(history) == []
    assert await gateway.letters() == []
    with pytest.raises(Unavailable):
        await from_archive(gateway)
    assert await gateway.wrong(history) == []


async def test_what_not_even_its_service_knows_is_left_out_and_stays_a_letter(
    gateway: Projecting,
) -> None:
    fact = History(WALK).facts[0]
    await gateway.runner().settle([gateway.record(fact), gateway.record(fact, value=b"{}")])
    [told] = await from_archive(gateway, Known())
    assert told == ("snapshot", f"report {fact.id}", "", "its service does not know it")
    assert await gateway.versions() == {1: 1}
    assert len(await gateway.letters()) == 1


async def test_what_the_database_refuses_stops_nothing_else(gateway: Projecting) -> None:
    history = History(WALK)
    records = gateway.records(history.facts)
    bad = history.facts[1]._replace(id=UUID(int=9))
    value = bad.event.model_dump_json().replace('"GE1"', '"\\u0000"').encode()
    await gateway.runner().settle([*records[:2], gateway.record(bad, value=value), *records[2:]])
    [told] = await from_archive(gateway, Known(history.snapshots))
    assert told.what == f"report {UUID(int=9)}"
    assert await gateway.versions() == {1: 3, 2: 2, 3: 2}
    assert [key for key, _ in await gateway.letters()] == [str(UUID(int=9)).encode()]


async def test_a_restored_service_is_not_rebuilt_from_what_came_before(gateway: Projecting) -> None:
    before, after = History(WALK), History([], epoch=2)
    restored: Any = Known(after.snapshots, epoch_now=2)
    await gateway.runner().settle(gateway.records(before.facts))
    await gateway.runner(restored).settle(gateway.records(after.facts))
    with pytest.raises(SnapshotsNeeded, match="rebuild it from its snapshots"):
        await from_archive(gateway, restored)
    assert await gateway.wrong(restored) == []


async def test_an_epoch_that_nobody_announced_changes_nothing(gateway: Projecting) -> None:
    history = History(WALK)
    known: Any = Known(history.snapshots)
    forged: list[Fact] = [history.facts[0]._replace(id=UUID(int=9), epoch=7), trainee(8)]
    await gateway.runner(known).settle(gateway.records([*history.facts, *forged]))
    [told] = await from_archive(gateway, known)
    assert told.what == f"report {UUID(int=9)}"
    assert await from_archive(gateway, service="training") == []
    assert await gateway.versions() == {1: 3, 2: 2, 3: 2, 8: 1}
