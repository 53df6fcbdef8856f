"""A service as it runs, in this process: real database, embedded log, real tokens."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg
from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient, Response

from services.chassis.eventlog import open_log
from services.chassis.eventlog.embedded import migrate as migrate_log
from services.chassis.identity.caller import Caller
from services.chassis.identity.internal_token import INTERNAL_TOKEN_HEADER, Signer
from services.chassis.identity.keys import load_or_create_private_key, publish
from services.chassis.migrations import upgrade
from services.chassis.privacy import keyring
from services.chassis.settings import ServiceSettings
from services.contracts.topics import TOPICS
from tests.support.postgres import FreshDatabases

Factory = Callable[[ServiceSettings], FastAPI]

MADE: dict[str, bytes] = {}
RESTING: dict[Factory, list[tuple[FastAPI, ServiceSettings]]] = {}
REPLAY = "insert into unpublished select lane, id from outbox on conflict do nothing"
"""Every event is published once more."""


@dataclass
class Keys:
    private: Path
    public: Path
    keyring: Path

    @classmethod
    def at(cls, folder: Path) -> "Keys":
        keys = cls(
            folder / "internal.private.json", folder / "internal.jwks.json", folder / "keyring.json"
        )
        if not MADE:
            keyring.create(keys.keyring)
            publish(keys.public, [load_or_create_private_key(keys.private)])
            MADE.update({file.name: file.read_bytes() for file in keys.files})
        for file in keys.files:
            if not file.exists():
                file.touch(mode=0o600)
                file.write_bytes(MADE[file.name])
        return keys

    @property
    def files(self) -> tuple[Path, ...]:
        return self.private, self.public, self.keyring


@dataclass
class Running:
    """A running service and how to call it as somebody."""

    app: FastAPI
    client: AsyncClient
    signer: Signer
    database_url: str

    @property
    def runtime(self) -> Any:
        return self.app.state.runtime

    async def call(
        self,
        caller: Caller,
        method: str,
        path: str,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
        **parameters: Any,
    ) -> Response:
        token = {INTERNAL_TOKEN_HEADER: self.signer.sign(caller)}
        return await self.client.request(
            method, path, json=body, headers=token | dict(headers or {}), params=parameters or None
        )

    async def fetch(self, query: str, *arguments: Any) -> list[asyncpg.Record]:
        connection = await asyncpg.connect(self.database_url.replace("+asyncpg", ""))
        try:
            return list(await connection.fetch(query, *arguments))
        finally:
            await connection.close()

    async def events(self) -> list[tuple[str, int]]:
        """(type, version) of every outbox row, in order; types without the common prefix."""
        rows = await self.fetch(
            "select headers->>'ce_type' as type, version from outbox order by id"
        )
        return [(row["type"].removeprefix("jinding."), row["version"]) for row in rows]


@asynccontextmanager
async def running(
    name: str,
    factory: Factory,
    fresh_database: FreshDatabases,
    folder: Path,
    *,
    database_url: str | None = None,
    log_url: str | None = None,
    **settings: Any,
) -> AsyncIterator[Running]:
    """Start the service on databases of its own; background work runs only if asked for."""

    async def prepare(url: str) -> None:
        await upgrade(name, url)

    url = database_url or await fresh_database(template=f"template_{name}", prepare=prepare)
    log_url = log_url or await fresh_log(fresh_database)
    keys = Keys.at(folder)
    values: dict[str, Any] = {
        "environment": "development",
        "database_url": url,
        "event_log_url": log_url,
        "internal_jwks_file": keys.public,
        "keyring_file": keys.keyring,
        "exports_folder": folder / "exports",
        "attachments": str(folder / "attachments"),
        "run_relay": False,
        "run_consumers": False,
        "run_upkeep": False,
    }
    async with AsyncExitStack() as stack:
        wanted = ServiceSettings.model_validate(values | settings)
        app = stack.enter_context(app_of(factory, wanted))
        await stack.enter_async_context(app.router.lifespan_context(app))
        transport = ASGITransport(app, raise_app_exceptions=False)
        client = await stack.enter_async_context(
            AsyncClient(transport=transport, base_url="http://t")
        )
        yield Running(app, client, Signer(keys.private), url)


@contextmanager
def app_of(factory: Factory, settings: ServiceSettings) -> Iterator[FastAPI]:
    """An application that rests since another test, with its routes built, now on these settings; or a new one."""
    if settings.otel_exporter_otlp_endpoint:  # what alone is read before the start
        yield factory(settings)
        return
    resting = RESTING.setdefault(factory, [])
    app, own = resting.pop() if resting else (factory(settings), settings)
    for name in ServiceSettings.model_fields:
        setattr(own, name, getattr(settings, name))
    yield app
    resting.append((app, own))


async def fresh_log(fresh_database: FreshDatabases) -> str:
    """A migrated embedded log with every topic; its URL."""

    async def prepare(url: str) -> None:
        await migrate_log(url)
        settings = ServiceSettings.model_validate(
            {"database_url": url, "event_log_url": url, "internal_jwks_file": "unused"}
        )
        log = open_log(settings)
        await log.start()
        await log.create_topics(TOPICS)
        await log.stop()

    return await fresh_database(template="template_log", prepare=prepare)


async def eventually(check: Callable[[], Awaitable[Any]], seconds: float = 10.0) -> Any:
    """Poll `check` until it answers something true; fail at the deadline."""
    deadline = asyncio.get_running_loop().time() + seconds
    while not (found := await check()):
        if asyncio.get_running_loop().time() > deadline:
            raise AssertionError(f"not within {seconds} s")
        await asyncio.sleep(0.02)
    return found
