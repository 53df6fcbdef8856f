"""One real PostgreSQL server for the whole test session, and fresh databases on it."""

import shutil
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from itertools import count
from pathlib import Path

import asyncpg

from jinding import embedded
from jinding.databases import as_sqlalchemy
from jinding.embedded.place import places_elsewhere

Prepare = Callable[[str], Awaitable[None]]


class TestServer:
    """Creates databases, empty or copied from a template that is prepared once a session."""

    __test__ = False

    def __init__(self, server: embedded.Server) -> None:
        self._server = server
        self._numbers = count(1)
        self._templates: set[str] = set()

    def url(self, database: str) -> str:
        """URL for SQLAlchemy, as the superuser."""
        plain = self._server.url("postgres")
        return as_sqlalchemy(plain.replace("@/postgres?", f"@/{database}?"))

    async def create(self, template: str | None = None, prepare: Prepare | None = None) -> str:
        """Create a database and return its name.

        With `template` it is a copy of the database of that name, which `prepare(url)` fills,
        for instance by its migrations, when it is first asked for.
        """
        if template is not None and template not in self._templates:
            await self._run(f'create database "{template}" template template0')
            if prepare is not None:
                await prepare(self.url(template))
            self._templates.add(template)
        name = f"test_{next(self._numbers)}"
        await self._run(f'create database {name} template "{template or "template0"}"')
        return name

    async def drop(self, database: str) -> None:
        await self._run(f"drop database {database} with (force)")

    async def _run(self, statement: str) -> None:
        connection: asyncpg.Connection = await asyncpg.connect(self._server.url("postgres"))
        try:
            await connection.execute(statement)
        finally:
            await connection.close()


class FreshDatabases:
    """The databases of one test; calling it makes one and returns its URL for SQLAlchemy."""

    def __init__(self, server: TestServer) -> None:
        self._server = server
        self.names: list[str] = []

    async def __call__(self, template: str | None = None, prepare: Prepare | None = None) -> str:
        name = await self._server.create(template, prepare)
        self.names.append(name)
        return self._server.url(name)


@contextmanager
def running_test_server() -> Iterator[TestServer]:
    folder = Path(tempfile.mkdtemp(prefix="jinding-"))
    folder.chmod(0o711)  # the account PostgreSQL runs as must pass through when root tests
    server = embedded.start(folder, unsafe_but_fast=True)
    with server.guard():
        try:
            yield TestServer(server)
        finally:
            server.stop()
            for place in (folder, *places_elsewhere(folder)):
                shutil.rmtree(place)


@asynccontextmanager
async def fresh_databases(server: TestServer) -> AsyncIterator[FreshDatabases]:
    fresh = FreshDatabases(server)
    yield fresh
    for name in fresh.names:
        await server.drop(name)
