"""What a subscriber makes of one batch of records: dead letters, and who waits behind them."""

from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from services.chassis.consumer import Cause, Subscriber, Subscriptions
from services.chassis.eventlog.port import Partition, StoredRecord
from services.chassis.operation import Item
from services.chassis.reader import OffsetMoved
from services.contracts.grid import ReportClosed, ReportFact, ReportVerified
from services.grid.areas.operations import put_area
from services.grid.areas.schemas import AreaIn
from services.grid.main import create_app
from tests.support.people import IMPORTER
from tests.support.postgres import FreshDatabases
from tests.support.running import Running, running

PLACE = Partition(ReportFact.topic, 0)
BODY = (
    b'{"area_code":"330703","occurred_at":"2017-01-01T00:00:00Z",'
    b'"correlation_id":"00000000-0000-0000-0000-000000000001"}'
)
REFUSING = """
    create function refuse() returns trigger language plpgsql as
    $$ begin raise exception 'refused for a test'; end $$"""
WAITS = "waits behind an earlier dead letter of its aggregate"


def put(event: Any, cause: Cause, parent: str | None = None) -> Item:
    """A consequence that succeeds: an area that is named after the event."""
    facts = {"code": "330703", "name": cause.key, "kind": "DISTRICT", "parent": parent}
    body = AreaIn.model_validate(facts | {"valid_from": "2000-01-01"})
    return Item(put_area, uuid4(), body, cause.key)


def refused(event: Any, cause: Cause) -> Item:
    return put(event, cause, parent="999999")


def broken(event: Any, cause: Cause) -> Item:
    raise ZeroDivisionError("a mistake of the program")


@pytest.fixture
async def grid(fresh_database: FreshDatabases, tmp_path: Path) -> AsyncIterator[Running]:
    async with running("grid", create_app, fresh_database, tmp_path) as service:
        await service.fetch(
            "insert into consumer_offset values ('grid-subscriptions', $1, 0, 'this log', 0)",
            PLACE.topic,
        )
        yield service


def record(offset: int, aggregate: UUID, type_: str = ReportVerified.type) -> StoredRecord:
    key = str(aggregate).encode()
    headers = (("ce_type", type_.encode()), ("ce_id", f"event {offset}".encode()))
    return StoredRecord(PLACE, key, headers, BODY, offset)


async def settled(
    grid: Running, plans: Subscriptions, records: Sequence[StoredRecord]
) -> tuple[list[str], list[tuple[int, str]]]:
    """Names of the areas that were put, and the dead letters, after one batch."""
    runtime = grid.runtime
    subscriber = Subscriber("grid", plans, runtime.database, runtime.unit)
    subscriber.caller = IMPORTER  # a job may not import areas
    await subscriber.settle(records)
    ((place,),) = await grid.fetch("select next_offset from consumer_offset")
    assert place == len(records)
    areas = await grid.fetch("select name from area order by name")
    dead = await grid.fetch('select "offset", reason from dead_letter order by 1')
    return [row["name"] for row in areas], [(row[0], row[1]) for row in dead]


@pytest.mark.parametrize("table", ["dead_letter", "consumer_offset"])
async def test_a_batch_is_settled_whole_or_not_at_all(grid: Running, table: str) -> None:
    """Whichever of the reader's own writes fails, nothing of the batch stays, and it can be settled later."""
    records = [record(0, uuid4(), ReportClosed.type), record(1, uuid4())]
    plans: Subscriptions = {ReportClosed: refused, ReportVerified: put}
    await grid.fetch(REFUSING)
    when = f"create trigger refused before insert or update on {table} for each row"
    await grid.fetch(f"{when} execute function refuse()")
    with pytest.raises((asyncpg.RaiseError, OffsetMoved)):
        await settled(grid, plans, records)
    tables = ("area", "outbox", "answer", "dead_letter", "consumer_offset where next_offset > 0")
    for each in tables:
        assert await grid.fetch(f"select from {each}") == [], each
    await grid.fetch(f"drop trigger refused on {table}")
    areas, dead = await settled(grid, plans, records)
    assert (areas, [offset for offset, _ in dead]) == (["event 1"], [0])


async def test_what_follows_a_refusal_in_the_same_batch_waits_behind_it(grid: Running) -> None:
    one, other = uuid4(), uuid4()
    records = [
        record(0, one, ReportClosed.type),
        record(1, other),
        record(2, one),
        record(3, other),
    ]
    plans: Subscriptions = {ReportClosed: refused, ReportVerified: put}
    areas, dead = await settled(grid, plans, records)
    assert areas == ["event 1", "event 3"]
    (at, reason), behind = dead
    assert (at, reason.split(": ")[:2]) == (0, ["put_area refused", "parent_mismatch"])
    assert behind == (2, WAITS)


async def test_what_precedes_a_poison_record_in_the_same_batch_is_applied(grid: Running) -> None:
    one = uuid4()
    poison = StoredRecord(PLACE, str(one).encode(), record(1, one).headers, b'{"name":"x"}', 1)
    areas, dead = await settled(
        grid, {ReportVerified: put}, [record(0, one), poison, record(2, one), record(3, uuid4())]
    )
    assert areas == ["event 0", "event 3"]
    (at, reason), behind = dead
    assert (at, reason.split(": ")[0]) == (1, "ReportVerified")
    assert "x" not in reason.split()  # it never quotes what the record holds
    assert behind == (2, WAITS)


async def test_a_mistake_of_the_program_costs_one_record_not_the_reader(grid: Running) -> None:
    one = uuid4()
    records = [record(0, one, ReportClosed.type), record(1, uuid4())]
    areas, dead = await settled(grid, {ReportClosed: broken, ReportVerified: put}, records)
    assert areas == ["event 1"]
    assert dead == [(0, "ZeroDivisionError")]


@pytest.mark.parametrize(
    ("key", "header", "reason"),
    [
        (b"no uuid", "ce_id", "ValueError: badly formed hexadecimal UUID string"),
        (b"4eaf0de0-ace2-4672-a101-c4a8e8c8ea2d", "other", "ValueError: an event without ce_id"),
    ],
)
async def test_a_record_that_does_not_say_where_it_comes_from_is_put_aside(
    grid: Running, key: bytes, header: str, reason: str
) -> None:
    headers = (("ce_type", ReportVerified.type.encode()), (header, b"1"))
    nameless = StoredRecord(PLACE, key, headers, BODY, 0)
    assert await settled(grid, {ReportVerified: put}, [nameless]) == ([], [(0, reason)])
