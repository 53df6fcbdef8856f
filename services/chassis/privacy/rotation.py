"""A new master key takes over: only the wrapped data keys change, never a person's row."""

import asyncio
from collections.abc import AsyncIterator

from services.chassis.database import Database, DriverConnection, driver
from services.chassis.metrics import OLD_KEY_ROWS
from services.chassis.privacy.vault import Vault

BATCH = 1000
EVERY_SECONDS = 30.0
OLDER = "select count(*) from person_key where number < $1"
PAGE = """
    select person_id, key from person_key where number < $1
    order by person_id limit $2 for update"""
REWRAP = """
    update person_key k set key = d.key, number = d.number
    from unnest($1::uuid[], $2::bytea[], $3::smallint[]) as d(person_id, key, number)
    where k.person_id = d.person_id"""


async def older(connection: DriverConnection, vault: Vault) -> int:
    """How many people's keys are wrapped by an older master key than the newest."""
    return int(await connection.fetchval(OLDER, vault.ring.newest.id))


async def rewrap(connection: DriverConnection, vault: Vault) -> AsyncIterator[int]:
    """Wrap them by the newest, a batch a transaction; how many each had. Killed, it goes on where it was."""
    while True:
        async with connection.transaction():
            rows = await connection.fetch(PAGE, vault.ring.newest.id, BATCH)
            wrapped = [(row[0], *vault.rewrapped(*row)) for row in rows]
            if wrapped:
                await connection.execute(REWRAP, *map(list, zip(*wrapped, strict=True)))
        if not wrapped:
            return
        yield len(wrapped)


class OldKeys:
    """Tells how many there are, every while."""

    def __init__(self, database: Database, vault: Vault) -> None:
        self.database, self.vault = database, vault

    async def run(self) -> None:
        async with self.database.statements() as connection:
            OLD_KEY_ROWS.set(await older(await driver(connection), self.vault))
        await asyncio.sleep(EVERY_SECONDS)
