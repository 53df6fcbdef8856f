"""Connections to the log's database: a small pool, and one connection that hears of appends."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager, suppress

import asyncpg
from asyncpg.pool import PoolConnectionProxy

from services.chassis.eventlog.port import LogUnavailable
from services.chassis.session import dsn

CHANNEL = "appended"
SESSION = {"application_name": "event log"}
CONNECT_SECONDS = 5.0
COMMAND_SECONDS = 15.0
STOP_SECONDS = 2.0
RECONNECT_SECONDS = 0.5

_TROUBLE = (asyncpg.PostgresError, asyncpg.InterfaceError, OSError)

Wake = Callable[[Iterable[int] | None], None]


class Database:
    """`wake` is called with the topics of every append, and with None when some may have been missed."""

    def __init__(self, url: str, connections: int, wake: Wake) -> None:
        self._dsn, self._connections, self._wake = dsn(url), connections, wake
        self._pool: asyncpg.Pool | None = None
        self._ear: asyncio.Task[None] | None = None

    async def start(self) -> None:
        self._pool = await asyncpg.create_pool(
            self._dsn,
            min_size=0,  # connects when used, so a start needs no database
            max_size=self._connections,
            timeout=CONNECT_SECONDS,
            command_timeout=COMMAND_SECONDS,
            reset=_keep,
            server_settings=SESSION,
        )
        self._ear = asyncio.create_task(self._listen())

    async def stop(self) -> None:
        ear, self._ear = self._ear, None
        pool, self._pool = self._pool, None
        if ear is not None:
            ear.cancel()
            await asyncio.wait({ear}, timeout=STOP_SECONDS)
        if pool is not None:
            try:
                await asyncio.wait_for(pool.close(), STOP_SECONDS)
            except _TROUBLE:
                pool.terminate()

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[PoolConnectionProxy]:
        """A pooled connection; whatever goes wrong with it is `LogUnavailable`."""
        if self._pool is None:
            raise LogUnavailable("the log is not started")
        try:
            async with self._pool.acquire(timeout=CONNECT_SECONDS) as connection:
                yield connection
        except _TROUBLE as error:
            raise LogUnavailable(f"{type(error).__name__}: {error}") from error

    async def _listen(self) -> None:
        while True:
            with suppress(*_TROUBLE):
                await self._hear()
            await asyncio.sleep(RECONNECT_SECONDS)

    async def _hear(self) -> None:
        connection = await asyncpg.connect(
            self._dsn, timeout=CONNECT_SECONDS, server_settings=SESSION
        )
        try:
            lost = asyncio.Event()
            connection.add_termination_listener(lambda _: lost.set())
            await connection.add_listener(CHANNEL, self._heard)
            self._wake(None)
            await lost.wait()
        finally:
            connection.terminate()

    def _heard(self, _connection: object, _pid: int, _channel: str, payload: object) -> None:
        self._wake(int(topic) for topic in str(payload).split(","))


async def _keep(_connection: object) -> None:
    """Nothing to reset: no session state is used, and the usual reset costs a round trip."""
