"""What is old enough leaves the audit, and the rest still verifies."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg
import pytest

from jinding.auditing.prune import prune
from jinding.auditing.verify import Anchor, Verified, verify
from jinding.databases import Databases
from jinding.passwords import Passwords
from jinding.refusal import Refusal
from services.chassis.audit import Action, Entry
from services.chassis.audit.chain import Chain
from services.chassis.audit.entry import record_of
from services.chassis.migrations import upgrade
from tests.support.auditing import KEYS
from tests.support.people import TOWNSHIP
from tests.support.postgres import TestServer, running_test_server

CHAIN = Chain("grid", KEYS)
YEARS = timedelta(days=4 * 365)


@pytest.fixture
async def owner(tmp_path: Path) -> AsyncIterator[asyncpg.Connection]:
    """As in a data folder: role and owner are one. Six rows, the first four of them old."""
    async with running_test_server() as server:
        url = await _migrated(server, tmp_path)
        connection: asyncpg.Connection = await asyncpg.connect(url.replace("+asyncpg", ""))
        for age in (YEARS, YEARS, YEARS, YEARS, timedelta(), timedelta()):
            record = record_of(TOWNSHIP, Entry(Action.READ, "case", None))
            record["at"] -= age
            async with connection.transaction():
                await CHAIN.append(connection, [record])
        yield connection
        await connection.close()


async def _migrated(server: TestServer, folder: Path) -> str:
    databases = Databases(server.url("postgres").replace("+asyncpg", ""), Passwords(folder))
    await databases.prepare()
    await upgrade("grid", databases.url("grid"))
    return databases.url("grid")


async def verified(owner: asyncpg.Connection, anchors: list[Anchor]) -> Verified:
    async with owner.transaction():
        return await verify(owner, CHAIN, anchors, 1)


async def test_what_is_old_goes_and_the_rest_still_verifies(owner: asyncpg.Connection) -> None:
    rows = await owner.fetch("select seq, hash, 1, at from audit order by seq")
    anchors = [Anchor(*row) for row in rows]
    assert await prune(owner, CHAIN, anchors, "operator-1") == 4
    told = await verified(owner, anchors)
    assert (told.rows, told.end, told.findings) == (3, 7, [])
    last = await owner.fetchrow("select subject, action from audit order by seq desc limit 1")
    assert tuple(last or ()) == ("operator-1", "PRUNED")
    assert await prune(owner, CHAIN, anchors, "operator-1") == 0
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await owner.execute("delete from audit")


async def test_the_law_keeps_half_a_year(owner: asyncpg.Connection) -> None:
    with pytest.raises(Refusal, match="180"):
        await prune(owner, CHAIN, [], "operator-1", timedelta(days=179))
    assert await owner.fetchval("select count(*) from audit") == 6


async def test_a_broken_chain_is_left_as_it_is(owner: asyncpg.Connection) -> None:
    with pytest.raises(Refusal, match="broken"):
        await prune(owner, CHAIN, [Anchor(5, b"x", 1, datetime.now(UTC))], "operator-1")
    assert await owner.fetchval("select count(*) from audit") == 6
