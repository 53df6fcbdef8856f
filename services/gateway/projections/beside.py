"""A service's cards and tallies anew, in tables beside the live ones, and the switch to them.

They bear the live ones' names, in a schema that lives as long as the rebuild: whatever the store does in a
transaction that looks there first, it does to them.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy.ext.asyncio import AsyncConnection

from services.chassis.database import Database, DriverConnection, driver
from services.chassis.errors import StillRunning
from services.contracts.event import Event
from services.gateway.projections import store
from services.gateway.projections.fold import Fact, Key
from services.gateway.projections.store import BY_NOUN

LOCK_CLASS = 0x4A44_0004
TOLD = 1000


class StillAtIt(StillRunning):
    def __init__(self, what: str) -> None:
        super().__init__(
            f"同样的工作（{what}）仍在进行，请稍后再试。",
            f"Somebody is at it already ({what}); try again later.",
        )


@asynccontextmanager
async def alone(database: Database, what: str) -> AsyncIterator[AsyncConnection]:
    """A connection on which nobody else does the same; `StillAtIt` where somebody does."""
    async with database.connection() as connection:
        raw = await driver(connection)
        lock = (LOCK_CLASS, what)
        if not await raw.fetchval("select pg_try_advisory_lock($1, hashtext($2))", *lock):
            raise StillAtIt(what)
        try:
            yield connection
        finally:
            await raw.execute("select pg_advisory_unlock($1, hashtext($2))", *lock)


@asynccontextmanager
async def looking(connection: AsyncConnection, service: str) -> AsyncIterator[DriverConnection]:
    """A transaction, or a part of the one that is open, in which `card` and `tally` are those beside."""
    begun = connection.begin_nested if connection.in_transaction() else connection.begin
    async with begun():
        raw = await driver(connection)
        await look(raw, service)
        yield raw


async def look(connection: DriverConnection, service: str) -> None:
    """Until the end of the transaction."""
    await connection.execute(f"set local search_path = {_schema(service)}, public")


async def begin(connection: DriverConnection, service: str) -> None:
    """Make the tables, empty, whatever a rebuild that was killed has left."""
    schema = _schema(service)
    await end(connection, service)
    await connection.execute(
        f"create schema {schema}; "
        f"create unlogged table {schema}.card (like public.card, primary key (noun, id)); "
        f"create unlogged table {schema}.tally (like public.tally including defaults, "
        "primary key (area_code, metric, day, dimension))"
    )


async def end(connection: DriverConnection, service: str) -> None:
    await connection.execute(f"drop schema if exists {_schema(service)} cascade")


def _schema(service: str) -> str:
    return f"rebuilding_{service}"


async def unknown(connection: DriverConnection, service: str) -> list[Key]:
    """Live cards that there are none of beside."""
    rows = await connection.fetch(
        f"select noun, id from public.card l where {_GONE.format(_schema(service))}",
        store.nouns_of(service),
    )
    return [(row["noun"], row["id"]) for row in rows]


async def newer(connection: DriverConnection, service: str) -> list[Fact]:
    """Live cards that know more than those beside: somebody has asked the service since."""
    keys = await connection.fetch(
        f"select noun, id from public.card l join {_schema(service)}.card n using (noun, id) "
        "where noun = any($1::text[]) and (l.epoch, l.version) > (n.epoch, n.version)",
        store.nouns_of(service),
    )
    await connection.execute("set local search_path = public")
    known = await store.load(connection, [(row["noun"], row["id"]) for row in keys])
    return [Fact(BY_NOUN[noun], id_, *kept) for (noun, id_), kept in known.items()]


async def differing(connection: DriverConnection, service: str) -> list[tuple[Key, Event, Event]]:
    """The first cards of which both tell another story of one version: the live one, the one beside. An
    instant may be written in two ways."""
    rows = connection.cursor(
        "select noun, id, l.data::text as known, n.data::text as truth from public.card l "
        f"join {_schema(service)}.card n using (noun, id) where noun = any($1::text[]) "
        "and (l.epoch, l.version) = (n.epoch, n.version) and l.data <> n.data order by noun, id",
        store.nouns_of(service),
        prefetch=1000,
    )
    found: list[tuple[Key, Event, Event]] = []
    async for noun, id_, *told in rows:
        known, truth = map(BY_NOUN[noun].snapshot.model_validate_json, told)
        if known != truth and len(found) < TOLD:
            found.append(((noun, id_), known, truth))
    return found


async def switch(connection: DriverConnection, service: str) -> None:
    """Make the live tables equal to those beside. Most rows are equal already, and are left alone."""
    schema, nouns = _schema(service), store.nouns_of(service)
    for statement in (_CARDS_GONE, _CARDS_CHANGED):
        await connection.execute(statement.format(schema), nouns)
    for statement in (_TALLIES_GONE, _TALLIES_CHANGED):
        await connection.execute(statement.format(schema), service)


_GONE = """l.noun = any($1::text[])
    and not exists (select from {0}.card n where n.noun = l.noun and n.id = l.id)"""
_CARDS_GONE = "delete from public.card l where " + _GONE
_CARDS_CHANGED = """
    insert into public.card (noun, id, area_code, epoch, version, data)
    select n.noun, n.id, n.area_code, n.epoch, n.version, n.data
    from {0}.card n left join public.card l on l.noun = n.noun and l.id = n.id
    where n.noun = any($1::text[]) and (l.area_code, l.epoch, l.version, l.data)
        is distinct from (n.area_code, n.epoch, n.version, n.data)
    on conflict (noun, id) do update set area_code = excluded.area_code,
        epoch = excluded.epoch, version = excluded.version, data = excluded.data"""
_TALLIES_GONE = """
    delete from public.tally l where l.service = $1 and not exists (select from {0}.tally n
    where (n.area_code, n.metric, n.day, n.dimension) = (l.area_code, l.metric, l.day, l.dimension))"""
_TALLIES_CHANGED = """
    insert into public.tally (area_code, metric, day, dimension, service, n)
    select n.area_code, n.metric, n.day, n.dimension, n.service, n.n from {0}.tally n
    left join public.tally l using (area_code, metric, day, dimension)
    where n.service = $1 and (l.service, l.n) is distinct from (n.service, n.n)
    on conflict (area_code, metric, day, dimension)
        do update set service = excluded.service, n = excluded.n"""
