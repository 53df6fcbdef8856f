"""Several services and the gateway in this process, talking over real sockets of the loopback."""

import asyncio
import importlib
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncpg
import uvicorn
from fastapi import FastAPI
from httpx import AsyncClient, Response
from starlette.types import ASGIApp

from services.chassis.migrations import upgrade
from services.chassis.settings import ServiceSettings
from services.gateway.main import create_app as create_gateway
from services.gateway.settings import GatewaySettings
from tests.support.ports import free_ports
from tests.support.postgres import FreshDatabases
from tests.support.running import Keys, app_of, fresh_log
from tests.support.waiting import until

SERVICES = ("grid", "disputes", "inspection", "training")


@dataclass
class Stack:
    """`client` speaks to the gateway; `call` does so as somebody."""

    client: AsyncClient
    urls: dict[str, str]
    apps: dict[str, FastAPI]
    databases: dict[str, str]
    servers: dict[str, uvicorn.Server]
    tokens: dict[tuple[str, ...], str] = field(default_factory=dict)

    async def token(self, *roles: str, areas: Iterable[str] = ("330703",), **more: str) -> str:
        body = {"roles": list(roles), "areas": list(areas), "subject": f"test-{roles[0]}", **more}
        key = (*roles, "/", *body["areas"], *more.values())
        if key not in self.tokens:
            answer = await self.client.post("/dev/token", json=body)
            assert answer.status_code == 200, answer.text
            self.tokens[key] = answer.json()["access_token"]
        return self.tokens[key]

    async def call(
        self,
        token: str,
        method: str,
        path: str,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
        **parameters: Any,
    ) -> Response:
        bearer = {"Authorization": f"Bearer {token}"}
        return await self.client.request(
            method, path, json=body, headers=bearer | dict(headers or {}), params=parameters or None
        )

    async def fetch(self, service: str, query: str, *arguments: Any) -> list[asyncpg.Record]:
        connection = await asyncpg.connect(self.databases[service].replace("+asyncpg", ""))
        try:
            return list(await connection.fetch(query, *arguments))
        finally:
            await connection.close()

    async def stop(self, service: str) -> None:
        """Stop one service as an operator would."""
        server = self.servers.pop(service)
        server.should_exit = True
        await server.ended.wait()  # type: ignore[attr-defined]


@asynccontextmanager
async def stack(
    fresh_database: FreshDatabases,
    folder: Path,
    names: Iterable[str] = SERVICES,
    every: Any = None,
    databases: Any = None,
    **settings: Any,
) -> AsyncIterator[Stack]:
    """The named services, the gateway, one embedded log; relays and consumers run. Settings of `every` one (or a
    function of its name), and of the gateway alone. `databases` are used as they are."""
    names = tuple(names)
    ports = dict(zip((*names, "gateway"), free_ports(len(names) + 1), strict=True))
    urls = {name: f"http://127.0.0.1:{port}" for name, port in ports.items()}
    databases = databases or {name: await _database(name, fresh_database) for name in ports}
    keys = Keys.at(folder)
    log_url = await fresh_log(fresh_database)

    def common(name: str) -> dict[str, Any]:
        return {
            "environment": "development",
            "database_url": databases[name],
            "port": ports[name],
            "event_log_url": log_url,
            "internal_jwks_file": keys.public,
            "keyring_file": keys.keyring,
            "exports_folder": folder / "exports",
            "sweep_seconds": 0.2,
            "attachments": str(folder / "attachments"),
            **(every(name) if callable(every) else every or {}),
        }

    gateway = {
        **common("gateway"),
        "internal_key_file": keys.private,
        "service_urls": {name: urls.get(name, "http://127.0.0.1:9") for name in SERVICES},
        "dev_issuer": True,
        "rate_limit_read": 1_000_000,
        "rate_limit_write": 1_000_000,
        "rate_limit_token": 100_000,
        "rate_limit_lookup": 100_000,
    }
    async with AsyncExitStack() as resources:
        apps: dict[str, FastAPI] = {}
        for name in names:
            factory = importlib.import_module(f"services.{name}.main").create_app
            wanted = ServiceSettings.model_validate(common(name))
            apps[name] = resources.enter_context(app_of(factory, wanted))
        apps["gateway"] = create_gateway(GatewaySettings.model_validate(gateway | settings))
        servers = {
            name: await resources.enter_async_context(serving(app, ports[name]))
            for name, app in apps.items()
        }
        client = await resources.enter_async_context(
            AsyncClient(base_url=urls["gateway"], timeout=30)
        )
        yield Stack(client, urls, apps, dict(databases), servers)


async def _database(name: str, fresh_database: FreshDatabases) -> str:
    async def prepare(url: str) -> None:
        await upgrade(name, url)

    return await fresh_database(template=f"template_{name}", prepare=prepare)


@asynccontextmanager
async def serving(app: ASGIApp, port: int) -> AsyncIterator[uvicorn.Server]:
    config = uvicorn.Config(app, host="127.0.0.1", port=port, log_level="warning", access_log=False)
    server = uvicorn.Server(config)
    server.ended = asyncio.Event()  # type: ignore[attr-defined]
    task = asyncio.create_task(server._serve())
    task.add_done_callback(lambda _: server.ended.set())  # type: ignore[attr-defined]
    await until(lambda: server.started or task.done())
    try:
        yield server
    finally:
        server.should_exit = True
        await task
