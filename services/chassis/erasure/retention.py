"""What is kept too long (保存期限), and what an erasure had to leave and nothing holds any more: the purge."""

from collections.abc import AsyncIterator
from typing import Any, NamedTuple
from uuid import UUID

from services.chassis.database import DriverConnection
from services.chassis.erasure.matching import HELD, MEANT, erase_people

BATCH = 500
BEYOND = f"""
    select p.id, p.noun, r.basis from person p join retention_rule r on r.noun = p.noun
    where p.erased_at is null and p.created_at + make_interval(days => r.at_most_days) <= now()
      and ({HELD}) is null"""
LEFT = f"""
    select p.id, p.noun, 'erasure' as basis from erasure e join person p
    on {MEANT.format(resident="e.resident_index", phone="e.phone_index", until="e.until")}
    where ({HELD}) is null"""
DUE = f"({BEYOND} union {LEFT})"
COUNTED = (
    f"select noun, basis, count(*) as n from {DUE} as due group by noun, basis order by noun, basis"
)
NEXT = f"select distinct id from {DUE} as due order by id limit $1"
RULES = "select noun, at_least_days, at_most_days, basis from retention_rule order by noun"


class Due(NamedTuple):
    """How many people of a noun are to be erased, and why: the rule's basis, or `erasure`."""

    noun: str
    basis: str
    people: int


async def due(connection: DriverConnection) -> list[Due]:
    """What a purge would do now."""
    return [Due(*row) for row in await connection.fetch(COUNTED)]


async def purge(connection: DriverConnection) -> AsyncIterator[int]:
    """Erase what is due, batch by batch, each its own transaction; yields how many each erased. It may be stopped
    anywhere and run again."""
    while True:
        async with connection.transaction():
            found: list[UUID] = [row["id"] for row in await connection.fetch(NEXT, BATCH)]
            await erase_people(connection, found)
        if not found:
            return
        yield len(found)


async def rules(connection: DriverConnection) -> list[Any]:
    """The table of the service: noun, at least, at most, basis."""
    return list(await connection.fetch(RULES))
