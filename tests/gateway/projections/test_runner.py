import asyncio
from random import Random
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from services.chassis import metrics
from services.chassis.errors import Unavailable
from services.chassis.reader import OffsetMoved
from services.contracts.event import Event
from services.contracts.registry import read
from services.gateway.projections import records
from services.gateway.projections.fold import Fact
from tests.gateway.projections.histories import History, Moves
from tests.gateway.projections.projecting import Known, Projecting, settle

WALK: Moves = [(0, "accept", 1), (1, "accept", 1), (0, "assign", 1), (0, "start", 1)]
FIRST, SECOND, THIRD = (str(UUID(int=number)).encode() for number in (1, 2, 3))
AHEAD = "its epoch is ahead of its service's"
WAITS = "waits behind an earlier dead letter of its aggregate"

TABLES = ("archive", "card", "tally", "dead_letter", "consumer_offset")
REFUSING = """
    create function refuse() returns trigger language plpgsql as
    $$ begin raise exception 'refused for a test'; end $$"""


def incidents(kind: str) -> float:
    return float(metrics.INCIDENTS.labels(kind)._value.get())


def of(history: History, number: int) -> list[Fact]:
    return [fact for fact in history.facts if fact.id.int == number]


@pytest.mark.parametrize("batch", [1, 3, 1000])
async def test_batches_become_archive_cards_and_tallies(gateway: Projecting, batch: int) -> None:
    history = History(WALK)
    await settle(gateway.runner(), gateway.records(history.facts), batch)
    assert await gateway.versions() == {1: 4, 2: 2, 3: 1}
    assert await gateway.wrong(history) == []
    rows = await gateway.fetch(
        "select a.type, a.area_code, a.headers::jsonb ->> 'ce_aggregateversion' from archive a "
        'where key = $1 order by a."offset"',
        SECOND,
    )
    assert rows == [
        ("jinding.grid.report.reported.v1", "330703105291002", "1"),
        ("jinding.grid.report.accepted.v1", "330703105291002", "2"),
    ]


async def test_a_batch_settled_by_another_leaves_no_trace(gateway: Projecting) -> None:
    history = History(WALK)
    records = gateway.records(history.facts)
    await settle(gateway.runner(), records)
    before = await gateway.fetch(
        "select (select count(*) from archive), (select sum(version) from folded)"
    )
    with pytest.raises(OffsetMoved):
        await gateway.runner().settle(records)
    after = await gateway.fetch(
        "select (select count(*) from archive), (select sum(version) from folded)"
    )
    assert after == before == [(len(records), 1)]
    assert await gateway.wrong(history) == []


@pytest.mark.parametrize("table", TABLES)
async def test_a_batch_is_settled_whole_or_not_at_all(gateway: Projecting, table: str) -> None:
    """Whichever of the writes fails, none of the others stays."""
    history = History(WALK)
    records = [gateway.record(history.facts[0], value=b"{}"), *gateway.records(history.facts[1:])]
    before = await written(gateway)
    await gateway.fetch(REFUSING)
    when = f"create trigger refused before insert or update on {table} for each row"
    await gateway.fetch(f"{when} execute function refuse()")
    with pytest.raises(asyncpg.RaiseError):
        await gateway.runner().settle(records)
    assert await written(gateway) == before
    await gateway.fetch(f"drop trigger refused on {table}")
    await gateway.runner().settle(records)
    after = await written(gateway)
    assert after.pop("tally") > 0
    assert after == {"archive": 7, "card": 2, "dead_letter": 4, "consumer_offset": 7}


async def written(gateway: Projecting) -> dict[str, int]:
    """How much there is of what a batch writes: rows, and places moved on."""
    rows = (f"(select count(*) from {table}) as {table}" for table in TABLES[:-1])
    read = "(select sum(next_offset) from consumer_offset)::int as consumer_offset"
    [found] = await gateway.fetch(f"select {', '.join(rows)}, {read}")
    return dict(zip(TABLES, found, strict=True))


async def test_a_first_batch_that_was_lost_does_not_spoil_the_month(gateway: Projecting) -> None:
    records = gateway.records(History(WALK).facts)
    runner = gateway.runner()
    with pytest.raises(OffsetMoved):
        await runner.settle(records[-1:])
    await runner.settle(records)
    await gateway.runner().settle(gateway.records(History(WALK).facts))
    assert await gateway.fetch("select count(*) from archive_rest") == [(0,)]


async def test_repeats_in_the_log_are_archived_and_change_nothing(gateway: Projecting) -> None:
    history = History(WALK)
    again = [*history.facts, *reversed(history.facts)]
    await settle(gateway.runner(), gateway.records(again), 4)
    assert await gateway.fetch("select count(*) from archive") == [(len(again),)]
    assert await gateway.wrong(history) == []


async def test_what_is_missing_is_fetched_as_a_snapshot(gateway: Projecting) -> None:
    history = History(WALK)
    known: Any = Known(history.snapshots)
    seen = [of(history, 1)[0], *of(history, 1)[2:], *of(history, 2)[1:], *of(history, 3)]
    before = incidents("version_gap")
    await gateway.runner(known).settle(gateway.records(seen))
    assert incidents("version_gap") == before + 2
    assert known.asked == [UUID(int=1), UUID(int=2)]
    assert await gateway.versions() == {1: 4, 2: 2, 3: 1}
    assert await gateway.wrong(history) == []


async def test_what_no_snapshot_makes_up_for_is_put_aside(gateway: Projecting) -> None:
    history = History(WALK)
    records = gateway.records([*of(history, 1)[2:], *of(history, 2)])
    async with asyncio.timeout(20):
        await gateway.runner(Known()).settle(records)
    reason = "events before it are missing, and its service has no snapshot to make up for them"
    assert await gateway.letters() == [(FIRST, reason), (FIRST, WAITS)]
    assert await gateway.versions() == {2: 2}


async def test_a_gap_waits_for_its_service(gateway: Projecting) -> None:
    history = History(WALK)
    known: Any = Known(history.snapshots, away=True)
    records = gateway.records(history.facts[3:])
    with pytest.raises(Unavailable):
        await gateway.runner(known).settle(records)
    assert await gateway.fetch("select count(*) from archive") == [(0,)]
    known.away = False
    await gateway.runner(known).settle(records)
    assert await gateway.letters() == []


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"value": b"{}"}, "ReportAccepted: area_code/missing, occurred_at/missing"),
        ({"value": b"\xff"}, "ReportAccepted: json_invalid"),
        ({"ce_epoch": b"x"}, "ValueError"),
        ({"ce_aggregateversion": b"9999999999"}, "ValueError: epoch or version out of range"),
        ({"ce_type": b"jinding.disputes.case.performed.v1"}, "ValueError: jinding.disputes.case"),
    ],
)
async def test_poison_is_put_aside_and_its_aggregate_waits(
    gateway: Projecting, changes: dict[str, bytes], reason: str
) -> None:
    history = History(WALK)
    records = [
        gateway.record(fact, **(changes if place == 3 else {}))
        for place, fact in enumerate(history.facts)
    ]
    await gateway.runner().settle(records)
    letters = await gateway.letters()
    assert [key for key, _ in letters] == [FIRST, FIRST, FIRST]
    assert letters[0][1].startswith(reason)
    assert [why for _, why in letters[1:]] == [WAITS, WAITS]
    assert await gateway.versions() == {1: 1, 2: 2, 3: 1}
    assert await gateway.fetch("select count(*) from archive") == [(len(records),)]
    [later] = gateway.records(of(History([*WALK, (0, "resolve", 1)]), 1)[-1:])
    await gateway.runner().settle([later])
    assert (await gateway.letters())[-1] == (FIRST, WAITS)


async def test_an_area_code_without_end_stops_nobody(
    gateway: Projecting, monkeypatch: pytest.MonkeyPatch
) -> None:
    history = History([])
    first, second, third = history.facts
    endless = {"area_code": "".join(Random(1).choices("0123456789", k=12_000))}
    refused = gateway.record(first._replace(event=first.event.model_copy(update=endless)))
    snapshot = history.snapshots[1].event.model_copy(update=endless)
    unindexed = gateway.record(second._replace(event=snapshot))

    def unchecked(headers: dict[str, bytes], value: bytes | None) -> Event | None:
        return snapshot if value == unindexed.value else read(headers, value)

    monkeypatch.setattr(records, "read", unchecked)
    await gateway.runner().settle([refused, unindexed, gateway.record(third)])
    assert await gateway.versions() == {3: 1}
    letters = dict(await gateway.letters())
    assert letters[FIRST].startswith("ReportReported: area_code/string_pattern_mismatch")
    assert letters[SECOND].startswith("ProgramLimitExceededError")


async def test_what_the_database_does_not_take_is_put_aside_alone(gateway: Projecting) -> None:
    history = History(WALK)
    records = gateway.records(history.facts)
    bad = History([]).facts[1]
    value = bad.event.model_dump_json().replace('"GE1"', '"\\u0000"').encode()
    records.insert(2, gateway.record(bad._replace(id=UUID(int=9)), value=value))
    await gateway.runner().settle(records)
    assert await gateway.versions() == {1: 4, 2: 2, 3: 1}
    [(key, reason)] = await gateway.letters()
    assert key == str(UUID(int=9)).encode()
    assert reason.startswith("TextNotStorable")


async def test_headers_that_are_no_text_do_not_stop_it(gateway: Projecting) -> None:
    fact = History([]).facts[0]
    odd = {"ce_\0": b"\0\xff", "ce_type": b"\0"}
    await gateway.runner().settle([gateway.record(fact, **odd), gateway.record(fact)])
    assert await gateway.versions() == {1: 1}
    rows = await gateway.fetch("select type, headers ->> 'ce_' from archive order by \"offset\"")
    assert rows == [("", "\ufffd"), ("jinding.grid.report.reported.v1", None)]


async def test_an_unknown_type_is_counted_and_kept(gateway: Projecting) -> None:
    before = incidents("unknown_event_type")
    fact = History([]).facts[0]
    newer = gateway.record(fact, ce_type=b"jinding.grid.report.praised.v1")
    await gateway.runner().settle([newer, gateway.record(fact)])
    assert incidents("unknown_event_type") == before + 1
    assert (await gateway.versions(), await gateway.letters()) == ({1: 1}, [])


async def test_a_restored_service_is_read_anew_before_its_events(gateway: Projecting) -> None:
    before, after = History(WALK), History([*WALK[:1], (0, "WITHDRAWN", 30)], epoch=2)
    await gateway.runner().settle(gateway.records(before.facts))
    runner = gateway.runner(Known(after.snapshots, epoch_now=2))
    late = [fact for fact in before.facts if fact.id.int == 2]
    await runner.settle(gateway.records([*late, after.facts[-1]]))
    assert await gateway.versions() == {1: 3, 2: 1, 3: 1}
    assert await gateway.wrong(Known(after.snapshots, epoch_now=2)) == []
    assert await gateway.letters() == []


async def test_events_of_before_the_restore_do_not_come_back(gateway: Projecting) -> None:
    before, after = History(WALK), History([], epoch=2)
    runner = gateway.runner(Known(after.snapshots[:1], epoch_now=2))
    await runner.settle(gateway.records(of(before, 1)[:1]))
    await runner.settle(gateway.records([after.facts[0], *of(before, 2)]))
    await gateway.runner().settle(gateway.records(of(before, 3)))
    assert await gateway.versions() == {1: 1}


async def test_an_epoch_that_its_service_does_not_know_is_put_aside(gateway: Projecting) -> None:
    history = History(WALK)
    known: Any = Known(history.snapshots)
    running = gateway.runner(known)
    await running.settle(gateway.records(history.facts))
    before = incidents("new_epoch")
    forged = [history.facts[0]._replace(id=UUID(int=number), epoch=7) for number in (8, 9)]
    for fact in forged:
        await running.settle([gateway.record(fact)])
    assert [reason for _, reason in await gateway.letters()] == [AHEAD, AHEAD]
    assert incidents("new_epoch") == before
    assert await gateway.wrong(history) == []


async def test_it_is_put_aside_even_as_the_first_that_is_read_of_its_service(
    gateway: Projecting,
) -> None:
    """Taken at its word it would make all that follows look outdated."""
    history = History(WALK)
    runner = gateway.runner(Known(history.snapshots))
    await runner.settle([gateway.record(history.facts[0]._replace(id=UUID(int=8), epoch=7))])
    await runner.settle(gateway.records(history.facts))
    assert [reason for _, reason in await gateway.letters()] == [AHEAD]
    assert await gateway.wrong(history) == []
