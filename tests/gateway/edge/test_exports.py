"""Exports through the gateway, as a frontend takes them."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from starlette.types import Receive, Scope, Send

from tests.support.exports import BODY, EXPORTS, records
from tests.support.grid import AREAS, REPORT
from tests.support.ports import free_ports
from tests.support.postgres import FreshDatabases
from tests.support.running import eventually
from tests.support.stack import SERVICES, Stack, serving, stack


@pytest.fixture
async def system(fresh_database: FreshDatabases, tmp_path: Path) -> AsyncIterator[Stack]:
    async with stack(fresh_database, tmp_path, ["grid"]) as running:
        yield running


async def test_an_export_is_asked_for_watched_and_fetched(system: Stack) -> None:
    token = await system.token("district_operator")
    answer = await system.call(token, "PUT", "/v1/grid/areas/import", {"rows": AREAS})
    assert answer.status_code == 200, answer.text
    for n in range(3):
        body = REPORT | {"title": f"事项 {n}"}
        assert (await system.call(token, "POST", "/v1/grid/reports", body)).status_code == 201
    asked = await system.call(token, "POST", EXPORTS, BODY | {"format": "csv"})
    assert asked.status_code == 202, asked.text
    place = asked.headers["Location"]
    assert place == f"{EXPORTS}/{asked.json()['id']}"

    async def done() -> Any:
        told = (await system.call(token, "GET", place)).json()
        assert told["state"] in ("QUEUED", "RUNNING", "DONE"), told
        return told["state"] == "DONE" and told

    told = await eventually(done)
    answer = await system.call(token, "GET", f"{place}/content")
    assert answer.status_code == 200, answer.text
    assert len(answer.content) == told["bytes"] == int(answer.headers["Content-Length"])
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=")
    assert [row["标题"] for row in records(answer.content)] == ["事项 2", "事项 1", "事项 0"]
    stranger = await system.token("district_operator", subject="another")
    assert (await system.call(stranger, "GET", f"{place}/content")).status_code == 404
    assert (await system.call(token, "DELETE", place)).status_code == 204
    assert (await system.call(token, "GET", f"{place}/content")).status_code == 404


class Slow:
    """A service that sends the first half of a file, and the second when it is told to."""

    def __init__(self) -> None:
        self.go_on = asyncio.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        headers = [(b"content-length", b"8"), (b"content-type", b"text/csv")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"half", "more_body": True})
        await self.go_on.wait()
        await send({"type": "http.response.body", "body": b"rest"})


@pytest.fixture
async def slow(fresh_database: FreshDatabases, tmp_path: Path) -> AsyncIterator[tuple[Stack, Slow]]:
    service, [port] = Slow(), free_ports(1)
    urls = dict.fromkeys(SERVICES, f"http://127.0.0.1:{port}")
    settings: dict[str, Any] = {"service_urls": urls, "run_consumers": False}
    async with (
        serving(service, port),
        stack(fresh_database, tmp_path, [], **settings) as running,
    ):
        yield running, service
        service.go_on.set()


async def test_a_file_is_passed_on_while_it_comes(slow: tuple[Stack, Slow]) -> None:
    system, service = slow
    bearer = {"Authorization": f"Bearer {await system.token('district_operator')}"}
    async with system.client.stream("GET", f"{EXPORTS}/x/content", headers=bearer) as answer:
        pieces = answer.aiter_raw()
        assert await asyncio.wait_for(anext(pieces), 10) == b"half"
        service.go_on.set()
        assert [piece async for piece in pieces] == [b"rest"]
