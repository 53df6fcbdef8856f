"""The SQL of the projection: cards, tallies and the archive, each by one statement a batch."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from services.chassis.database import DriverConnection, as_parameter
from services.chassis.eventlog.port import StoredRecord
from services.contracts.event import Event
from services.gateway.projections.cards import Projection
from services.gateway.projections.fold import Fact, Fold, Kept, Key, TallyKey, written
from services.gateway.projections.registry import ALL

BY_NOUN = {projection.noun: projection for projection in ALL}


async def load(connection: DriverConnection, keys: Iterable[Key]) -> dict[Key, Kept]:
    """The cards that exist among `keys`, locked against other writers."""
    ordered = sorted(set(keys))
    rows = await connection.fetch(
        "select c.noun, c.id, c.epoch, c.version, c.data::text as data from card c "
        "join unnest($1::text[], $2::uuid[]) as k(noun, id) on c.noun = k.noun and c.id = k.id "
        "order by c.noun, c.id for update of c",
        [noun for noun, _ in ordered],
        [id_ for _, id_ in ordered],
    )
    return {(row["noun"], row["id"]): _kept(row) for row in rows}


def _kept(row: Any) -> Kept:
    card = BY_NOUN[row["noun"]].snapshot.model_validate_json(row["data"])
    return Kept(row["epoch"], row["version"], card)


async def load_noun(connection: DriverConnection, noun: str) -> dict[Key, Kept]:
    """Every card of a noun."""
    rows = await connection.fetch(
        "select noun, id, epoch, version, data::text as data from card where noun = $1", noun
    )
    return {(row["noun"], row["id"]): _kept(row) for row in rows}


async def all_tallies(connection: DriverConnection, metrics: Iterable[str]) -> dict[TallyKey, int]:
    rows = await connection.fetch(
        "select area_code, metric, day, dimension, n from tally where metric = any($1::text[]) "
        "and n <> 0",
        sorted(metrics),
    )
    return {(r["area_code"], r["metric"], r["day"], r["dimension"]): r["n"] for r in rows}


async def save(connection: DriverConnection, fold: Fold) -> None:
    """Write the changed cards and the difference of the tallies, and count the batch."""
    changed = sorted(fold.changed.items())
    await connection.execute(
        "insert into card (noun, id, area_code, epoch, version, data) "
        "select * from unnest($1::text[], $2::uuid[], $3::text[], $4::int[], $5::int[], $6::jsonb[]) "
        "on conflict (noun, id) do update set area_code = excluded.area_code, "
        "epoch = excluded.epoch, version = excluded.version, data = excluded.data",
        [noun for (noun, _), _ in changed],
        [id_ for (_, id_), _ in changed],
        [kept.card.area_code for _, kept in changed],
        [kept.epoch for _, kept in changed],
        [kept.version for _, kept in changed],
        [kept.card.model_dump_json() for _, kept in changed],
    )
    await save_tallies(connection, fold.tallies)
    await connection.execute("update projection set version = version + 1")


async def save_tallies(connection: DriverConnection, tallies: Counter[TallyKey]) -> None:
    rows = written(tallies)
    await connection.execute(
        "insert into tally (area_code, metric, day, dimension, n) "
        "select * from unnest($1::text[], $2::text[], $3::date[], $4::text[], $5::bigint[]) "
        "on conflict (area_code, metric, day, dimension) do update set n = tally.n + excluded.n",
        [key[0] for key, _ in rows],
        [key[1] for key, _ in rows],
        [key[2] for key, _ in rows],
        [key[3] for key, _ in rows],
        [n for _, n in rows],
    )


async def archive(
    connection: DriverConnection, records: Sequence[tuple[StoredRecord, Event | None]]
) -> None:
    """Keep every record as read."""
    now = datetime.now(UTC)
    headers = [{k: v.decode("utf-8", "replace") for k, v in r.headers} for r, _ in records]
    events = [event for _, event in records]
    await connection.execute(
        'insert into archive (topic, partition, "offset", read_at, key, type, area_code, '
        "correlation_id, occurred_at, headers, value) select * from unnest($1::text[], "
        "$2::smallint[], $3::bigint[], $4::timestamptz[], $5::bytea[], $6::text[], $7::text[], "
        "$8::uuid[], $9::timestamptz[], $10::jsonb[], $11::bytea[])",
        [record.partition.topic for record, _ in records],
        [record.partition.number for record, _ in records],
        [record.offset for record, _ in records],
        [now] * len(records),
        [record.key for record, _ in records],
        [told.get("ce_type") for told in headers],
        [event and event.area_code for event in events],
        [event and event.correlation_id for event in events],
        [event and event.occurred_at for event in events],
        [as_parameter(told, True) for told in headers],
        [record.value for record, _ in records],
    )


async def prepare_archive(connection: DriverConnection, today: date) -> None:
    """Make this month's and the next month's partition, if they are missing."""
    for first in (today.replace(day=1), _next_month(today)):
        name = f"archive_{first:%Y_%m}"
        await connection.execute(
            f"create table if not exists {name} partition of archive "
            f"for values from ('{first}') to ('{_next_month(first)}')"
        )


def _next_month(day: date) -> date:
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)


def facts(projection: Projection, epoch: int, items: Iterable[dict[str, object]]) -> list[Fact]:
    """The items of a snapshot page."""
    return [
        Fact(
            projection,
            UUID(str(item["id"])),
            epoch,
            int(str(item["version"])),
            projection.snapshot.model_validate(item["event"]),
        )
        for item in items
    ]
