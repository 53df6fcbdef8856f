"""The SQL of the projection: cards, tallies and epochs, each by one statement a batch."""

from collections import Counter
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from services.chassis.database import DriverConnection, as_rows, recordset
from services.gateway.projections.fold import Fold, Kept, Key, TallyKey, written
from services.gateway.projections.registry import ALL

BY_NOUN = {projection.noun: projection for projection in ALL}
LOCK_CLASS = 0x4A44_0002
KEY = {"noun": "text", "id": "uuid"}
CARD = KEY | {"area_code": "text", "epoch": "int", "version": "int", "data": "jsonb"}
TALLY = dict.fromkeys(("area_code", "metric", "day", "dimension", "service"), "text")
TALLY |= {"day": "date", "n": "bigint"}


async def fold_beside_others(connection: DriverConnection, services: Iterable[str]) -> None:
    """Begin to fold. Waits while somebody folds one of `services` alone: a card read before would be
    outdated when written."""
    for service in sorted(services):
        await connection.execute(
            "select pg_advisory_xact_lock_shared($1, hashtext($2))", LOCK_CLASS, service
        )


async def fold_alone(connection: DriverConnection, service: str) -> None:
    """Until the end of the transaction nobody else changes a card of the service; everybody may read the
    old ones."""
    await connection.execute("select pg_advisory_xact_lock($1, hashtext($2))", LOCK_CLASS, service)


async def load(connection: DriverConnection, keys: Iterable[Key]) -> dict[Key, Kept]:
    """The cards that exist among `keys`."""
    ordered = sorted(set(keys))
    rows = await connection.fetch(
        "select noun, id, epoch, version, data::text as data from card "
        f"join {recordset(KEY)} using (noun, id)",
        as_rows(KEY, ordered),
    )
    return {(row["noun"], row["id"]): _kept(row) for row in rows}


def _kept(row: Any) -> Kept:
    card = BY_NOUN[row["noun"]].snapshot.model_validate_json(row["data"])
    return Kept(row["epoch"], row["version"], card)


async def every_card(connection: DriverConnection, service: str) -> AsyncIterator[tuple[Key, Kept]]:
    """All cards of a service, as of now; needs a transaction."""
    rows = connection.cursor(
        "select noun, id, epoch, version, data::text as data from card where noun = any($1::text[])",
        nouns_of(service),
        prefetch=1000,
    )
    async for row in rows:
        yield (row["noun"], row["id"]), _kept(row)


async def ids(connection: DriverConnection, noun: str) -> set[UUID]:
    return {
        row["id"] for row in await connection.fetch("select id from card where noun = $1", noun)
    }


async def tallies_of(connection: DriverConnection, service: str) -> dict[TallyKey, int]:
    rows = await connection.fetch(
        "select area_code, metric, day, dimension, service, n from tally "
        "where service = $1 and n <> 0",
        service,
    )
    return {tuple(row)[:5]: row["n"] for row in rows}


async def save(connection: DriverConnection, fold: Fold) -> None:
    """Write the changed cards and the difference of the tallies."""
    if not fold.changed:
        return
    changed = [
        (*key, kept.card.area_code, kept.epoch, kept.version, kept.card)
        for key, kept in sorted(fold.changed.items())
    ]
    await connection.execute(
        f"insert into card {_source(CARD)} "
        "on conflict (noun, id) do update set area_code = excluded.area_code, "
        "epoch = excluded.epoch, version = excluded.version, data = excluded.data",
        as_rows(CARD, changed),
    )
    await _save_tallies(connection, fold.tallies)


async def count(connection: DriverConnection, services: Iterable[str]) -> None:
    """Tell the dashboards that figures of `services` have changed. Last in a transaction: all writers of a
    service share its row."""
    for service in sorted(services):
        await connection.execute(
            "update folded set version = version + 1 where service = $1", service
        )


async def _save_tallies(connection: DriverConnection, tallies: Counter[TallyKey]) -> None:
    await connection.execute(
        f"insert into tally {_source(TALLY)} "
        "on conflict (area_code, metric, day, dimension) do update set n = tally.n + excluded.n",
        as_rows(TALLY, [(*key, n) for key, n in written(tallies)]),
    )


def _source(types: Mapping[str, str]) -> str:
    """Columns of an insertion, and the rows for them."""
    columns = ", ".join(types)
    return f"({columns}) select {columns} from {recordset(types)}"


def nouns_of(service: str) -> list[str]:
    return [projection.noun for projection in ALL if projection.service == service]


async def settle_letters(
    connection: DriverConnection,
    how: str,
    by: str,
    topics: Sequence[str],
    *,
    only: Sequence[bytes] | None = None,
    but: Sequence[bytes] = (),
) -> None:
    """Settle the open dead letters of `topics`; `only` and `but` are keys."""
    await connection.execute(
        "update dead_letter set settled_at = now(), settled_how = $1, settled_by = $2 "
        "where settled_at is null and topic = any($3::text[]) "
        "and ($4::bytea[] is null or key = any($4)) and key <> all($5::bytea[])",
        how,
        by,
        topics,
        only,
        but,
    )


async def epochs(connection: DriverConnection) -> dict[str, int]:
    """The epoch of each service whose events have been read."""
    rows = await connection.fetch("select service, epoch from watermark where epoch > 0")
    return {row["service"]: row["epoch"] for row in rows}


async def save_epoch(
    connection: DriverConnection, service: str, epoch: int, *, if_first: bool = False
) -> None:
    await connection.execute(
        "insert into watermark (service, epoch, checked_at) values ($1, $2, $3) "
        "on conflict (service) do update set epoch = excluded.epoch "
        "where watermark.epoch = 0 or not $4",
        service,
        epoch,
        datetime.now(UTC),
        if_first,
    )
