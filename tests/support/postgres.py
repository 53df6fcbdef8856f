"""One real PostgreSQL server for the whole test session, and fresh databases on it."""

import asyncio
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path

import asyncpg

from jinding import embedded
from jinding.databases import as_sqlalchemy
from jinding.deploy.databases import connected
from jinding.embedded.place import places_elsewhere

Prepare = Callable[[str], Awaitable[None]]
MEMORY, NEEDED = Path("/dev/shm"), 4 << 30  # noqa: S108 - mkdtemp makes a private folder in it


class TestServer:
    """Creates databases, empty or copied from a template that is prepared once a session."""

    __test__ = False

    def __init__(self, server: embedded.Server, admin: asyncpg.Connection) -> None:
        self._server, self._admin, self._one_at_a_time = server, admin, asyncio.Lock()
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
        return await self.copy(template or "template0")

    async def copy(self, template: str) -> str:
        name = f"test_{next(self._numbers)}"
        await self._run(f'create database {name} template "{template}" strategy file_copy')
        return name

    async def drop(self, database: str) -> None:
        await self._run(f"drop database {database} with (force)")

    async def _run(self, statement: str) -> None:
        async with self._one_at_a_time:
            await self._admin.execute(statement)


class FreshDatabases:
    """The databases of one test; calling it makes one and returns its URL for SQLAlchemy."""

    def __init__(self, server: TestServer) -> None:
        self._server = server
        self.names: list[str] = []

    async def __call__(self, template: str | None = None, prepare: Prepare | None = None) -> str:
        name = await self._server.create(template, prepare)
        self.names.append(name)
        return self._server.url(name)

    async def copy(self, url: str) -> str:
        """As it is now; nobody may be connected to it."""
        name = await self._server.copy(url.partition("?")[0].rpartition("/")[2])
        self.names.append(name)
        return self._server.url(name)


@asynccontextmanager
async def running_test_server() -> AsyncIterator[TestServer]:
    folder = Path(tempfile.mkdtemp(prefix="jinding-", dir=_in_memory()))
    folder.chmod(0o711)  # the account PostgreSQL runs as must pass through when root tests
    server = embedded.start(folder, unsafe_but_fast=True)
    with server.guard():
        try:
            async with connected(server.url("postgres")) as admin:
                yield TestServer(server, admin)
        finally:
            server.stop()
            for place in (folder, *places_elsewhere(folder)):
                shutil.rmtree(place)


def _in_memory() -> Path | None:
    """A folder of memory, where there is enough: a disk takes several times as long to copy a template."""
    roomy = MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > NEEDED
    return MEMORY if roomy and os.access(MEMORY, os.W_OK) else None


@asynccontextmanager
async def fresh_databases(server: TestServer) -> AsyncIterator[FreshDatabases]:
    fresh = FreshDatabases(server)
    yield fresh
    for name in fresh.names:
        await server.drop(name)
