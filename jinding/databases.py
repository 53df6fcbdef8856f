import os
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit, urlunsplit

import asyncpg
from sqlalchemy import make_url

from jinding.passwords import Passwords, secret

Name = Literal["grid", "disputes", "inspection", "training", "gateway", "log"]
NAMES: tuple[Name, ...] = ("grid", "disputes", "inspection", "training", "gateway", "log")


class Databases:
    """A database and a login role of the same name per service, and one for the embedded log."""

    def __init__(self, server_url: str, passwords: Passwords) -> None:
        self._server_url = server_url
        self._passwords = passwords

    def url(self, name: Name) -> str:
        """URL for SQLAlchemy, as the role `name`."""
        return as_sqlalchemy(located(self._server_url, name, name, self._passwords[name]))

    def owner(self, name: Name) -> str:
        """A role owns the tables of its database."""
        return self.url(name)

    async def prepare(self) -> None:
        """Create what is missing; each role may enter its own database and no other."""
        connection: asyncpg.Connection = await asyncpg.connect(self._server_url)
        try:
            for name in NAMES:
                await login(connection, name, self._passwords[name])
                await _database(connection, name)
            await connection.execute("revoke connect on database postgres, template1 from public")
        finally:
            await connection.close()


def located(server_url: str, database: str, role: str, password: str) -> str:
    """`server_url` with this database and role in place of its own."""
    parts = urlsplit(server_url)
    host = parts.netloc.rpartition("@")[2]
    netloc = f"{role}:{password}@{host}"
    return urlunsplit(parts._replace(netloc=netloc, path=f"/{database}"))


def with_password(url: str, file: Path | None) -> str:
    """`url` with the password in `file`, if one is named."""
    if file is None:
        return url
    return make_url(url).set(password=secret(file)).render_as_string(hide_password=False)


def complete_address() -> None:
    """In a container the database's password is a file; the services read one address."""
    file = os.environ.get("DATABASE_PASSWORD_FILE")
    if file and (url := os.environ.get("DATABASE_URL")):
        os.environ["DATABASE_URL"] = with_password(url, Path(file))


def as_sqlalchemy(url: str) -> str:
    return "postgresql+asyncpg://" + url.partition("://")[2]


async def login(connection: asyncpg.Connection, name: str, password: str) -> None:
    """Create the role, or give it this password."""
    known = await connection.fetchval("select 1 from pg_roles where rolname = $1", name)
    verb = "alter" if known else "create"
    await connection.execute(f"{verb} role {name} login password '{password}'")


async def _database(connection: asyncpg.Connection, name: str) -> None:
    if not await connection.fetchval("select 1 from pg_database where datname = $1", name):
        await connection.execute(f"create database {name} owner {name} template template0")
    await connection.execute(f"revoke all on database {name} from public")
