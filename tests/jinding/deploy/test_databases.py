from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import permutations
from pathlib import Path

import asyncpg
import pytest

from jinding.databases import located
from jinding.deploy.databases import (
    BACKUP,
    connected,
    owner_of,
    prepare,
    prepare_keycloak,
)
from jinding.processes import SERVICES
from services.chassis.settings import Service
from tests.support.postgres import running_test_server

AUDITED = """insert into audit
    select coalesce(max(seq), 0) + 1, now(), 'a', '{}', null, 'read', 'x', null, null, '{}', null, 'done', '', '1',
        '', '' from audit"""


def password(role: str) -> str:
    return f"of-{role}"


@pytest.fixture(scope="module")
async def server_url() -> AsyncIterator[str]:
    async with running_test_server() as server:
        url = server.url("postgres").replace("+asyncpg", "")
        for _ in range(2):
            await prepare(url, password, Path("unused"))
            await prepare_keycloak(url, password)
        yield url


@asynccontextmanager
async def entered(
    server_url: str, database: str, role: str, secret: str | None = None
) -> AsyncIterator[asyncpg.Connection]:
    url = located(server_url, database, role, secret or password(role))
    async with connected(url) as connection:
        yield connection


@pytest.mark.parametrize("service", SERVICES)
async def test_a_service_reads_and_writes_its_rows(server_url: str, service: Service) -> None:
    async with entered(server_url, service, service) as connection:
        await connection.execute(
            "insert into consumer_offset values ('probe', 'topic', 0, 'log', 0);"
            "update consumer_offset set next_offset = 1 where consumer = 'probe';"
            "delete from consumer_offset where consumer = 'probe'"
        )
        assert await connection.fetchval("select count(*) from alembic_version") == 1


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize(
    "statement",
    [
        "create table probe (id int)",
        "alter table consumer_offset add column probe int",
        "drop table consumer_offset",
        "truncate consumer_offset",
        "create role probe",
        "create database probe",
    ],
)
async def test_a_service_may_not_change_tables_or_roles(
    server_url: str, service: Service, statement: str
) -> None:
    async with entered(server_url, service, service) as connection:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(statement)


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize(
    "statement", ["update audit set subject = 'x'", "delete from audit", "truncate audit"]
)
async def test_a_service_adds_to_the_audit_and_changes_nothing_of_it(
    server_url: str, service: Service, statement: str
) -> None:
    async with entered(server_url, service, service) as connection:
        await connection.execute(AUDITED)
        assert await connection.fetchval("select count(*) from audit")
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(statement)


@pytest.mark.parametrize("statement", ["update audit set subject = 'x'", "delete from audit"])
async def test_its_owner_does_not_change_it_by_a_slip(server_url: str, statement: str) -> None:
    async with entered(server_url, "grid", owner_of("grid")) as connection:
        await connection.execute(AUDITED)
        for refused in (statement, "truncate audit"):
            with pytest.raises(asyncpg.IntegrityConstraintViolationError, match="stays as it is"):
                await connection.execute(refused)


@pytest.mark.parametrize(("service", "other"), [*permutations(SERVICES, 2), ("grid", "postgres")])
async def test_neither_role_is_let_into_another_database(
    server_url: str, service: Service, other: str
) -> None:
    for role in (service, owner_of(service)):
        with pytest.raises(asyncpg.InsufficientPrivilegeError, match="permission denied"):
            async with entered(server_url, other, role):
                pass


@pytest.mark.parametrize("service", SERVICES)
async def test_the_backups_role_reads_of_a_database_what_it_is_and_no_row(
    server_url: str, service: Service
) -> None:
    async with entered(server_url, service, BACKUP) as connection:
        assert await connection.fetchval("select version_num from alembic_version")
        assert await connection.fetchval("select max(number) from epoch") == 1
        table = "create table probe (id int)"
        for refused in ("select 1 from consumer_offset", "delete from epoch", table):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(refused)


@pytest.mark.parametrize("service", SERVICES)
async def test_a_wrong_password_is_refused(server_url: str, service: Service) -> None:
    with pytest.raises(asyncpg.InvalidPasswordError):
        async with entered(server_url, service, service, "x"):
            pass


async def test_tables_of_later_migrations_are_open_to_the_service(server_url: str) -> None:
    async with entered(server_url, "grid", owner_of("grid")) as owner:
        await owner.execute("create table later (id int generated always as identity, n int)")
        async with entered(server_url, "grid", "grid") as service:
            await service.execute("insert into later (n) values (1)")
        await owner.execute("drop table later")


async def test_the_gateway_gets_its_archives_month_and_makes_schemas_of_its_own(
    server_url: str,
) -> None:
    async with entered(server_url, "gateway", "gateway") as connection:
        await connection.execute("select archive_month('2031-02-01')")
        bounds = await connection.fetchval(
            "select pg_get_expr(relpartbound, oid) from pg_class where relname = 'archive_2031_02'"
        )
        assert "'2031-02-01" in bounds
        assert "'2031-03-01" in bounds
        await connection.execute("create schema rebuilding_x; drop schema rebuilding_x")


async def test_keycloak_fills_its_own_database_and_enters_no_other(server_url: str) -> None:
    async with entered(server_url, "keycloak", "keycloak") as connection:
        await connection.execute("create table realm (id int); drop table realm")
    for other in (*SERVICES, "postgres"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError, match="permission denied"):
            async with entered(server_url, other, "keycloak"):
                pass
    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="permission denied"):
        async with entered(server_url, "keycloak", "gateway"):
            pass
