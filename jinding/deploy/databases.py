"""The databases of a deployment: one per service, with an owner who changes tables and a role that uses them."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg

from jinding.databases import as_sqlalchemy, located, login
from jinding.deploy.restored import unfinished
from jinding.processes import SERVICES
from jinding.refusal import Refusal
from services.chassis.migrations import upgrade
from services.chassis.settings import Service

Password = Callable[[str], str]
PUBLISHING: tuple[Service, ...] = tuple(name for name in SERVICES if name != "gateway")
BACKUP = "backup"
"""A role that copies the server's files as they are, and of each database reads its schema's version, its epoch and which
erasures there were."""
KEYCLOAK = "keycloak"


def owner_of(service: Service) -> str:
    return f"{service}_owner"


async def prepare(server_url: str, password: Password, keyring: Path) -> None:
    """Bring every database to the newest version, as its owner; what exists is left as it is, but for passwords.

    `server_url` is the superuser's. A service's role may enter its own database only, and there read and write
    rows; the gateway's may also make schemas, in which it rebuilds its figures. Refuses where a restore is not
    finished: a service that started now would repeat versions that readers already know.
    """
    async with connected(server_url) as server:
        if restore := await unfinished(server, PUBLISHING):
            raise Refusal(
                f"恢复（{restore}）尚未完成，请重新执行 make restore。",
                f"The restore {restore} was not finished: make restore again.",
            )
        await login(server, BACKUP, password(BACKUP))
        await server.execute(f"alter role {BACKUP} replication")
    for service in SERVICES:
        owner = owner_of(service)
        async with connected(server_url) as server:
            await _made(server, service, password)
        inside = located(server_url, service, owner, password(owner))
        await upgrade(service, as_sqlalchemy(inside), keyring)
        async with connected(inside) as database:
            await database.execute(GRANTS.format(role=service, backup=BACKUP))
            if service in PUBLISHING:
                await database.execute(f"grant select on erasure to {BACKUP}")


async def prepare_keycloak(server_url: str, password: Password) -> None:
    """A database for Keycloak, which its role owns and fills itself; it may enter no other."""
    async with connected(server_url) as server:
        await login(server, KEYCLOAK, password(KEYCLOAK))
        await _database(server, KEYCLOAK, KEYCLOAK)


GRANTS = """
    grant usage on schema public to {role};
    grant select, insert, update, delete on all tables in schema public to {role};
    grant usage on all sequences in schema public to {role};
    alter default privileges in schema public grant select, insert, update, delete on tables to {role};
    alter default privileges in schema public grant usage on sequences to {role};
    revoke update, delete, truncate on audit from {role};
    grant select on alembic_version, epoch to {backup};
"""


@asynccontextmanager
async def connected(url: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(url)
    try:
        yield connection
    finally:
        await connection.close()


async def _made(connection: asyncpg.Connection, service: Service, password: Password) -> None:
    owner = owner_of(service)
    for role in (owner, service):
        await login(connection, role, password(role))
    await _database(connection, service, owner)
    await connection.execute(f"grant connect on database {service} to {service}, {BACKUP}")
    if service == "gateway":
        await connection.execute("grant create on database gateway to gateway")


async def _database(connection: asyncpg.Connection, name: str, owner: str) -> None:
    """`owner` alone may enter it."""
    if not await connection.fetchval("select 1 from pg_database where datname = $1", name):
        await connection.execute(f"create database {name} owner {owner} template template0")
    await connection.execute(
        f"revoke all on database {name} from public; "
        "revoke connect on database postgres, template1 from public"
    )
