import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send

from services.chassis.identity.internal_token import Verifier
from tests.support.ports import free_ports
from tests.support.postgres import TestServer, fresh_databases
from tests.support.running import Keys
from tests.support.stack import SERVICES, Stack, serving, stack


@dataclass
class Echo:
    """A service that tells what reached it, and misbehaves where the path says so."""

    url: str
    heard: list[dict[str, Any]] = field(default_factory=list)
    go_on: asyncio.Event = field(default_factory=asyncio.Event)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        request = Request(scope, receive)
        told = {
            "method": request.method,
            "target": scope["raw_path"].decode() + "?" + scope["query_string"].decode(),
            "headers": dict(request.headers),
            "body": (await request.body()).decode(),
            "from": request.client,
        }
        self.heard.append(told)
        await (await self._answer(request, told))(scope, receive, send)

    async def _answer(self, request: Request, told: dict[str, Any]) -> Response:
        match request.url.path.rsplit("/", 1)[-1]:
            case "hang":
                await self.go_on.wait()
            case "die":
                return Response("{", headers={"Content-Length": "2"})
            case "moved":
                return Response(status_code=307, headers={"Location": "/v1/grid/elsewhere"})
            case "same":
                return Response(status_code=304, headers={"ETag": '"7"'})
            case "odd":
                return Response("{}", 418, headers={"Set-Cookie": "a=b", "Link": "<x>; rel=next"})
            case "linked":
                return Response("{}", headers={"Link": f"<{request.url}>; rel=next"})
            case "old":
                return Response("{}", headers={"Deprecation": "@1", "Sunset": "then"})
        return JSONResponse(told)


@dataclass
class Edged:
    system: Stack
    echo: Echo
    verifier: Verifier

    @property
    def url(self) -> str:
        return self.system.urls["gateway"]


@pytest.fixture(scope="module")
async def edge(
    postgres_server: TestServer, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Edged]:
    """The gateway before a service that echoes, and before three that are not there."""
    folder = tmp_path_factory.mktemp("edge")
    [port] = free_ports(1)
    echo = Echo(f"http://127.0.0.1:{port}")
    nobody = "http://127.0.0.1:9"
    settings: dict[str, Any] = {
        "service_urls": {**dict.fromkeys(SERVICES, nobody), "grid": echo.url},
        "call_seconds": 0.5,
        "body_seconds": 0.5,
        "cors_origins": "https://app.example, https://other.example",
        "run_consumers": False,
    }
    async with (
        fresh_databases(postgres_server) as fresh,
        serving(echo, port),
        stack(fresh, folder, [], **settings) as system,
    ):
        yield Edged(system, echo, Verifier(Keys.at(folder).public))
        echo.go_on.set()
