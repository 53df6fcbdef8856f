"""A new master key takes over, though the command is killed half-way."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import pytest
from rich.console import Console

from jinding.refusal import Refusal
from jinding.rotation import add_key, drop_older, refuse_while_needed, rewrap_all
from services.chassis import metrics
from services.chassis.database import Database
from services.chassis.migrations import upgrade
from services.chassis.privacy import keyring, rotation
from services.chassis.privacy.people import FOUND
from services.chassis.privacy.roll import Person, PersonKey
from services.chassis.privacy.rotation import OldKeys
from services.chassis.privacy.vault import Vault
from tests.support.postgres import FreshDatabases
from tests.support.running import eventually

PEOPLE = 3 * rotation.BATCH + 1
OF = uuid4()
ROTATE = """
import asyncio, sys
from pathlib import Path
from rich.console import Console
from jinding.rotation import rewrap_all

url, file = sys.argv[1:]
asyncio.run(rewrap_all([url], Path(file), Console()))
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    keyring.create(tmp_path / "keyring.json")
    return tmp_path / "keyring.json"


@pytest.fixture
async def url(fresh_database: FreshDatabases, file: Path) -> str:
    """A database with people."""

    async def prepare(url: str) -> None:
        await upgrade("disputes", url)

    found = await fresh_database(template="template_disputes", prepare=prepare)
    vault, at = Vault(file), datetime.now(UTC)
    people: list[Any] = []
    keys: list[Any] = []
    for number in range(PEOPLE):
        id = uuid4()
        columns, key = vault.sealed(id, {"name": f"某{number}"})
        people.append(vars(Person(id, "case", OF, "330703", at, **columns)))
        keys.append(vars(PersonKey(id, *key)))
    async with connected(found) as connection:
        for table, rows in (("person", people), ("person_key", keys)):
            records = [tuple(row.values()) for row in rows]
            await connection.copy_records_to_table(table, records=records, columns=[*rows[0]])
    return found


@asynccontextmanager
async def connected(url: str) -> AsyncIterator[Any]:
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    try:
        yield connection
    finally:
        await connection.close()


async def under(url: str, number: int) -> int:
    """How many people's keys are wrapped by master key `number`."""
    async with connected(url) as connection:
        query = "select count(*) from person_key where number = $1"
        return int(await connection.fetchval(query, number))


async def opened(url: str, vault: Vault) -> set[str]:
    async with connected(url) as connection:
        return {vault.opened(p["id"], p)["name"] for p in await connection.fetch(FOUND, [OF])}


async def test_killed_half_way_it_goes_on_and_then_the_old_key_can_go(url: str, file: Path) -> None:
    add_key(file)
    async with connected(url) as holding, holding.transaction():
        last = "select from person_key order by person_id desc limit 1 for update"
        await holding.execute(last)  # it waits for this one
        command = [sys.executable, "-c", ROTATE, url, str(file)]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL) as rotating:

            async def but_one() -> bool:
                return await under(url, 2) == PEOPLE - 1

            await eventually(but_one, 30)
            rotating.kill()
    assert await under(url, 1) == 1
    with pytest.raises(Refusal, match="1 people"):
        await refuse_while_needed([url], file)
    assert len(await opened(url, Vault(file))) == PEOPLE
    await rewrap_all([url], file, Console(quiet=True))
    assert await under(url, 2) == PEOPLE
    await refuse_while_needed([url], file)
    drop_older(file)
    assert set(keyring.load(file).keys) == {2}
    assert len(await opened(url, Vault(file))) == PEOPLE


async def test_what_is_left_under_older_keys_is_measured(url: str, file: Path) -> None:
    database, vault = Database(url, 2), Vault(file)

    async def told() -> float:
        working = asyncio.create_task(OldKeys(database, vault).run())
        metrics.OLD_KEY_ROWS.set(-1)

        async def known() -> bool:
            return bool(metrics.OLD_KEY_ROWS._value.get() >= 0)

        await eventually(known)
        working.cancel()
        return float(metrics.OLD_KEY_ROWS._value.get())

    assert await told() == 0
    add_key(file)
    assert await told() == PEOPLE
    await database.close()


async def test_who_is_erased_meanwhile_stays_erased(url: str, file: Path) -> None:
    add_key(file)
    async with connected(url) as connection:
        await connection.execute(
            "delete from person_key where person_id in (select id from person limit 7)"
        )
    await rewrap_all([url], file, Console(quiet=True))
    assert (await under(url, 1), await under(url, 2)) == (0, PEOPLE - 7)
