"""How far an agency's stream was filled, and of which aggregates it holds something.

A row is written before the first event of its aggregate is sent, and stays for as long as its tombstone is to be read:
whatever is killed when, what the agency may have got is known here. There is one row for an aggregate at most.
"""

import json
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import NamedTuple
from uuid import UUID

from services.chassis.database import DriverConnection, as_json
from services.chassis.eventlog.port import RETENTION_DAYS
from services.gateway.agencies.scope import Scope, as_table
from services.gateway.agencies.snapshot import sees
from services.gateway.projections.records import NAME
from services.gateway.projections.registry import ALL

TOPICS = [projection.topic for projection in ALL]
NOUNS = [projection.noun for projection in ALL]
KIND = "unnest($2::text[], $3::text[]) as kind(topic, noun)"

# What waits in a dead letter has no card, or an old one, until an operator has settled that.
SEEN = f"""
    select a.noun, a.id from unnest($4::text[], $5::uuid[]) as a(noun, id) join {KIND} using (noun)
    left join card c on c.noun = a.noun and c.id = a.id
    where {sees("kind.topic")} or exists (select from dead_letter d
        where d.consumer = $6 and d.settled_at is null and d.topic = kind.topic
        and d.key = convert_to(a.id::text, 'UTF8'))"""
LOST = f"""
    insert into agency_sent (agency, noun, id, gone)
    select $5::text, c.noun, c.id, true from card c join {KIND} using (noun)
    where {sees("kind.topic", "$4")} and not {sees("kind.topic")}
    on conflict (agency, noun, id) do update set gone = true"""


class Known(NamedTuple):
    """`granted` was when the stream was filled last. No `log_identity`: there was no topic. No `cursor`: from the
    beginning."""

    granted: str
    log_identity: str | None
    cursor: str | None

    @property
    def scopes(self) -> list[Scope]:
        scopes, _ = json.loads(self.granted)
        return [Scope(**{name: tuple(told) for name, told in scope.items()}) for scope in scopes]


class Aggregate(NamedTuple):
    noun: str
    id: UUID


class At(NamedTuple):
    epoch: int
    version: int


Places = dict[Aggregate, At]


async def known_of(connection: DriverConnection, agency: str) -> Known | None:
    row = await connection.fetchrow(
        "select granted, log_identity, cursor from agency_stream where agency = $1", agency
    )
    return Known(*row) if row else None


async def begin(
    connection: DriverConnection, agency: str, granted: str, log_identity: str | None
) -> None:
    """From the beginning of the archive."""
    await connection.execute(
        "insert into agency_stream values ($1, $2, $3, null) on conflict (agency) do update "
        "set granted = excluded.granted, log_identity = excluded.log_identity, cursor = null",
        *(agency, granted, log_identity),
    )


async def end(connection: DriverConnection, agency: str) -> None:
    """Nothing is granted any more: it reads no tombstones either."""
    await connection.execute("delete from agency_sent where agency = $1", agency)
    await connection.execute("delete from agency_stream where agency = $1", agency)


async def seen(
    connection: DriverConnection, scopes: Iterable[Scope], of: Iterable[Aggregate]
) -> set[Aggregate]:
    """Which of them are within one of the scopes as they are now."""
    known = list(of)
    table = as_json(as_table(scopes)), TOPICS, NOUNS
    rows = await connection.fetch(
        SEEN, *table, [each.noun for each in known], [each.id for each in known], NAME
    )
    return {Aggregate(*row) for row in rows}


async def lose(
    connection: DriverConnection, agency: str, scopes: Iterable[Scope], before: Iterable[Scope]
) -> None:
    """Whatever the agency saw before, there or in a whole topic, and does not see now."""
    table = as_json(as_table(scopes)), TOPICS, NOUNS, as_json(as_table(before))
    await connection.execute(LOST, *table, agency)


async def mark(connection: DriverConnection, agency: str, lost: Iterable[Aggregate]) -> None:
    """Their tombstones are due."""
    await _each(connection, "update agency_sent s set gone = true from", agency, lost)


async def once_more(connection: DriverConnection, agency: str, *, buried: bool) -> None:
    """Everything is to be sent again, tombstones too; `buried`: the rest after tombstones."""
    await connection.execute(
        "update agency_sent set epoch = 0, version = 0, gone = gone or $2 or buried_at is not null "
        "where agency = $1",
        *(agency, buried),
    )


async def due(connection: DriverConnection, agency: str, most: int) -> list[Aggregate]:
    rows = await connection.fetch(
        "select noun, id from agency_sent where agency = $1 and gone limit $2", agency, most
    )
    return [Aggregate(*row) for row in rows]


async def bury(connection: DriverConnection, agency: str, gone: Iterable[Aggregate]) -> None:
    """Their tombstones were sent. Those that the log does not keep any more are forgotten."""
    await _each(
        connection,
        "update agency_sent s set gone = false, epoch = 0, version = 0, "
        "buried_at = coalesce(s.buried_at, now()) from",
        *(agency, gone),
    )
    await connection.execute(
        "delete from agency_sent where agency = $1 and buried_at < now() - $2::interval",
        *(agency, timedelta(days=RETENTION_DAYS)),
    )


async def intend(connection: DriverConnection, agency: str, of: Iterable[Aggregate]) -> Places:
    """How far each was sent; each has a row from now on."""
    known = sorted(of)
    columns = agency, [each.noun for each in known], [each.id for each in known]
    await connection.execute(
        "insert into agency_sent (agency, noun, id) "
        "select $1::text, * from unnest($2::text[], $3::uuid[]) on conflict (agency, noun, id) "
        "do update set buried_at = null where agency_sent.buried_at is not null",
        *columns,
    )
    rows = await connection.fetch(
        "select s.noun, s.id, epoch, version from agency_sent s "
        "join unnest($2::text[], $3::uuid[]) as d(noun, id) using (noun, id) where agency = $1",
        *columns,
    )
    return {Aggregate(noun, id_): At(*place) for noun, id_, *place in rows}


async def move(connection: DriverConnection, agency: str, places: Places) -> None:
    await connection.execute(
        "update agency_sent s set epoch = d.epoch, version = d.version "
        "from unnest($2::text[], $3::uuid[], $4::int[], $5::int[]) as d(noun, id, epoch, version) "
        "where s.agency = $1 and s.noun = d.noun and s.id = d.id",
        agency,
        [each.noun for each in places],
        [each.id for each in places],
        [at.epoch for at in places.values()],
        [at.version for at in places.values()],
    )


async def following(
    connection: DriverConnection, agency: str, after: Aggregate | None, most: int
) -> Sequence[Aggregate]:
    """The next ones in their order, to be looked at."""
    rows = await connection.fetch(
        "select noun, id from agency_sent where agency = $1 and not gone and buried_at is null "
        "and ($2::text is null or (noun, id) > ($2, $3::uuid)) order by noun, id limit $4",
        agency,
        *(after or (None, None)),
        most,
    )
    return [Aggregate(*row) for row in rows]


async def _each(
    connection: DriverConnection, act: str, agency: str, of: Iterable[Aggregate]
) -> None:
    known = list(of)
    await connection.execute(
        f"{act} unnest($2::text[], $3::uuid[]) as d(noun, id) "
        "where s.agency = $1 and s.noun = d.noun and s.id = d.id",
        agency,
        [each.noun for each in known],
        [each.id for each in known],
    )
