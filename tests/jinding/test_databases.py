from itertools import permutations
from pathlib import Path

import asyncpg
import pytest

from jinding.databases import NAMES, Databases, Name, with_password
from jinding.passwords import Passwords
from jinding.processes import SERVICES
from jinding.refusal import Refusal
from services.chassis.migrations import upgrade
from services.chassis.settings import Service
from tests.support.postgres import TestServer


@pytest.fixture(scope="module")
async def databases(
    postgres_server: TestServer, tmp_path_factory: pytest.TempPathFactory
) -> Databases:
    server_url = postgres_server.url("postgres").replace("+asyncpg", "")
    databases = Databases(server_url, Passwords(tmp_path_factory.mktemp("roles")))
    await databases.prepare()
    await databases.prepare()
    return databases


async def connect(url: str) -> asyncpg.Connection:
    connection: asyncpg.Connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    return connection


@pytest.mark.parametrize("name", NAMES)
async def test_a_role_may_create_tables_in_its_own_database(
    databases: Databases, name: Name
) -> None:
    connection = await connect(databases.url(name))
    await connection.execute("create table probe (id int); drop table probe")
    assert await connection.fetchval("select current_user") == name
    await connection.close()


@pytest.mark.parametrize(("role", "other"), [*permutations(NAMES, 2), ("grid", "postgres")])
async def test_a_role_is_refused_in_every_other_database(
    databases: Databases, role: Name, other: str
) -> None:
    url = databases.url(role).replace(f"@/{role}?", f"@/{other}?")
    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="permission denied for database"):
        await connect(url)


@pytest.mark.parametrize("name", SERVICES)
async def test_a_service_changes_nothing_of_its_audit_though_it_owns_the_table(
    databases: Databases, name: Service
) -> None:
    await upgrade(name, databases.url(name))
    connection = await connect(databases.url(name))
    for refused in ("update audit set subject = 'x'", "delete from audit", "truncate audit"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(refused)
    await connection.close()


async def test_a_wrong_password_is_refused(databases: Databases) -> None:
    with pytest.raises(asyncpg.InvalidPasswordError):
        await connect(databases.url("grid").replace("//grid:", "//grid:x"))


def test_passwords_are_kept_in_a_file_for_their_owner_only(tmp_path: Path) -> None:
    made = Passwords(tmp_path)["grid"]
    assert Passwords(tmp_path)["grid"] == made
    assert (tmp_path / "passwords.json").stat().st_mode & 0o777 == 0o600


def test_a_password_in_a_file_completes_an_address(tmp_path: Path) -> None:
    (tmp_path / "password").write_text("p@ss/wörd:1\n")
    url = with_password("postgresql+asyncpg://grid@postgres/grid", tmp_path / "password")
    assert url == "postgresql+asyncpg://grid:p%40ss%2Fw%C3%B6rd%3A1@postgres/grid"


def test_a_password_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="none"):
        with_password("postgresql+asyncpg://grid@postgres/grid", tmp_path / "none")
