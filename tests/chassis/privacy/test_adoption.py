"""Cases of before, whose parties stood in the clear, come through the upgrade sealed."""

import json
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from alembic import command
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from services.chassis.migrations import _config, upgrade
from services.chassis.privacy import keyring
from services.chassis.privacy.keyring import KeyringUnusable
from services.chassis.privacy.people import found
from services.chassis.privacy.vault import Vault
from tests.support.postgres import FreshDatabases

BEFORE = """
    insert into dispute_case (id, number, version, area_code, correlation_id, occurred_at, created_at,
        updated_at, late_entry, status, case_type, source, finder, title, description, parties, registrar,
        signatures, routes, registered_at)
    values (:id, :number, 1, '330703105', :id, now(), now(), now(), false, 'REGISTERED', 'OTHER', 'POLICE',
        'OTHER', '', '', cast(:parties as jsonb), 'op', '[]', '[]', now())"""
PARTIES = [
    {
        "side": "APPLICANT",
        "kind": "NATURAL",
        "name": "张三丰",
        "phone": "13800001234",
        "consent": "GIVEN",
    },
    {"side": "RESPONDENT", "kind": "LEGAL", "name": "示范公司", "phone": None, "consent": None},
]


async def before(url: str, cases: int) -> list[UUID]:
    ids = sorted(uuid4() for _ in range(cases))

    def fill(connection: Connection) -> None:
        command.upgrade(_config("disputes", connection), "0004")
        for number, id in enumerate(ids):
            told = {"id": id, "number": f"DS{number}", "parties": json.dumps(PARTIES)}
            connection.execute(text(BEFORE), told)

    engine = create_async_engine(url)
    async with engine.begin() as connection:
        await connection.run_sync(fill)
    await engine.dispose()
    return ids


async def people(engine: AsyncEngine, vault: Vault, id: UUID) -> dict[str, Any]:
    async with engine.connect() as connection:
        return {str(p["id"]): vault.opened(p["id"], p) for p in await found(connection, [id])}


async def test_the_parties_of_every_case_are_sealed(
    fresh_database: FreshDatabases, tmp_path: Path
) -> None:
    url, file = await fresh_database(), tmp_path / "keyring.json"
    ids = await before(url, 1001)
    keyring.create(file)
    await upgrade("disputes", url, file)
    vault, engine = Vault(file), create_async_engine(url)
    async with engine.connect() as connection:
        told = await connection.execute(text("select id, parties from dispute_case"))
        rows: dict[UUID, Any] = dict(iter(told))
    assert sorted(rows) == ids
    for id in (ids[0], ids[-1]):
        one, two = rows[id]
        known = await people(engine, vault, id)
        assert known[one["person"]] == {"name": "张三丰", "phone": "13800001234"}
        assert known[two["person"]] == {}
        assert (one["name"], two["name"], one["consent"]) == (None, "示范公司", "GIVEN")
        assert one["mark"] == vault.mark("case", "张三丰", "13800001234")
    assert not any("张三丰" in repr(told) or "1380000" in repr(told) for told in rows.values())
    await engine.dispose()


async def test_without_a_keyring_nothing_is_changed(fresh_database: FreshDatabases) -> None:
    url = await fresh_database()
    await before(url, 1)
    with pytest.raises(KeyringUnusable):
        await upgrade("disputes", url)
    engine = create_async_engine(url)
    async with engine.connect() as connection:
        assert await connection.scalar(text("select version_num from alembic_version")) == "0004"
        assert (
            await connection.scalar(text("select parties->0->>'name' from dispute_case"))
            == "张三丰"
        )
    await engine.dispose()
