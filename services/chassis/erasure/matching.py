"""Whom an erasure means, what holds it back, and the erasing itself: a person's key goes, and all that it sealed."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from services.chassis.database import DriverConnection, driver
from services.chassis.erasure.tables import Kept
from services.contracts.codes_privacy import HeldBy

HELD = """
    case when exists (select from legal_hold h where h.lifted_at is null and
                      (h.aggregate_id = p.aggregate_id or h.resident_index = p.resident_index
                       or h.phone_index = p.phone_index)) then 'LEGAL_HOLD'
         when exists (select from retention_rule r where r.noun = p.noun
                      and p.created_at + make_interval(days => r.at_least_days) > now())
         then 'ARCHIVE_RULE' end"""
MEANT = """
    p.erased_at is null and p.created_at <= {until}
    and (p.resident_index = {resident}
         or (p.phone_index = {phone} and p.resident_index is null))"""
FOUND = f"""
    select p.id, p.noun, {HELD} as held_by from person p
    where {MEANT.format(resident="$1", phone="$2", until="$3")} order by p.id for update"""
ERASED = """
    with gone as (delete from person_key where person_id = any($1::uuid[]))
    update person set name = null, phone = null, resident_id = null, address = null,
        resident_index = null, phone_index = null, erased_at = now()
    where id = any($1::uuid[])"""
OPEN = f"""
    select count(*) from erasure e join person p
    on {MEANT.format(resident="e.resident_index", phone="e.phone_index", until="e.until")}
    where {HELD} is null"""
INDEXES = """
    select p.aggregate_id, coalesce(p.resident_index, e.resident_index),
        coalesce(p.phone_index, e.phone_index)
    from person p left join erasure e on e.id = p.aggregate_id
    where p.aggregate_id = any($1::uuid[])"""


class Sought(NamedTuple):
    """A person by blind index: entries with an equal resident ID, and with an equal telephone number, which families
    share, those without any resident ID."""

    resident_index: bytes | None
    phone_index: bytes | None


def sought_of(resident_index: str | None, phone_index: str | None) -> Sought:
    """From the hex that events and requests carry."""
    told = resident_index, phone_index
    return Sought(*(bytes.fromhex(index) if index else None for index in told))


class Outcome(NamedTuple):
    erased: int
    kept: list[Kept]


async def erase(connection: DriverConnection, sought: Sought, until: datetime) -> Outcome:
    """Erase whom `sought` means, but for what is held, in the transaction that is open. It may be repeated."""
    rows = await connection.fetch(FOUND, *sought, until)
    await erase_people(connection, [row["id"] for row in rows if row["held_by"] is None])
    held = Counter((row["noun"], HeldBy(row["held_by"])) for row in rows if row["held_by"])
    kept = [Kept(noun=noun, held_by=by, entries=n) for (noun, by), n in sorted(held.items())]
    return Outcome(len(rows) - held.total(), kept)


async def erase_people(connection: DriverConnection, people: Sequence[UUID]) -> None:
    if people:
        await connection.execute(ERASED, people)


async def opening(connection: DriverConnection) -> int:
    """How many people stand there whom an erasure should have reached, and nothing holds."""
    found: int = await connection.fetchval(OPEN)
    return found


async def sought_by(
    connection: AsyncConnection, aggregates: Sequence[UUID]
) -> Mapping[UUID, Sought]:
    """By which indexes the person of each aggregate is known, also where a restore erased them again."""
    raw = await driver(connection)
    rows = await raw.fetch(INDEXES, aggregates)
    return {id: Sought(*indexes) for id, *indexes in map(tuple, rows)}
