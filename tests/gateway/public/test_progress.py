"""Asking by a code, without a token: few tries, and nothing to learn from a wrong one."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from time import monotonic
from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send

from services.chassis.identity.internal_token import INTERNAL_TOKEN_HEADER, Verifier
from services.gateway.public.progress import FLOOR_SECONDS
from tests.support.ports import free_ports
from tests.support.postgres import TestServer, fresh_databases
from tests.support.running import Keys
from tests.support.stack import SERVICES, Stack, serving, stack

PATH = "/v1/public/reports/progress"
KNOWN = "7K3M9XQ2HV4D"
TOLD = {
    "status": {"code": "REPORTED", "zh": "待受理", "en": "Reported"},
    "next_step": {"code": "REPORTED", "zh": "等待受理", "en": "It waits to be accepted"},
    "reported_on": "2026-03-02",
    "accepted_on": None,
    "due_on": None,
    "resolved_on": None,
    "closed_on": None,
}


class Grid:
    """Knows one code, and keeps what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, str]] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            request = Request(scope, receive)
            code = json.loads(await request.body())["code"]
            token = request.headers[INTERNAL_TOKEN_HEADER]
            self.asked.append((str(request.url), code, token))
            known = {"7K3M-9XQ2-HV4D": JSONResponse(TOLD), "down": Response(status_code=500)}
            answer = known.get(code, JSONResponse({}, 404))
            await answer(scope, receive, send)


@asynccontextmanager
async def public(
    server: TestServer, folder: Any, **settings: Any
) -> AsyncIterator[tuple[Stack, Grid]]:
    [port], grid = free_ports(1), Grid()
    nowhere = dict.fromkeys(SERVICES, "http://127.0.0.1:9")
    urls = {"service_urls": {**nowhere, "grid": f"http://127.0.0.1:{port}"}}
    async with (
        fresh_databases(server) as fresh,
        serving(grid, port),
        stack(fresh, folder, [], run_consumers=False, **urls, **settings) as system,
    ):
        yield system, grid


async def ask(system: Stack, code: Any) -> Any:
    return await system.client.post(PATH, json={"code": code})


@pytest.fixture(scope="module")
async def opened(
    postgres_server: TestServer, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[tuple[Stack, Grid, Verifier]]:
    folder = tmp_path_factory.mktemp("public")
    async with public(postgres_server, folder, rate_limit_lookup=10_000) as (system, grid):
        yield system, grid, Verifier(Keys.at(folder).public)


async def test_whoever_has_a_code_is_told_without_a_token(
    opened: tuple[Stack, Grid, Verifier],
) -> None:
    system, grid, verifier = opened
    answer = await ask(system, "7K3M-9XQ2-HV4D")
    assert (answer.status_code, answer.json()) == (200, TOLD)
    assert answer.headers["cache-control"] == "no-store"
    url, code, token = grid.asked[-1]
    assert (url.endswith("/internal/reports/progress"), code) == (True, "7K3M-9XQ2-HV4D")
    assert verifier.verify(token).subject == "svc:gateway"


@pytest.mark.parametrize("code", ["0000-0000-0000", "", "7K3M-9XQ2-HV4E", "' or 1=1"])
async def test_nothing_is_learnt_from_a_wrong_code(
    opened: tuple[Stack, Grid, Verifier], code: str
) -> None:
    system, _, _ = opened
    began = monotonic()
    answer = await ask(system, code)
    took = monotonic() - began
    told = {k: v for k, v in answer.json().items() if k != "request_id"}
    other = {k: v for k, v in (await ask(system, "x")).json().items() if k != "request_id"}
    assert (answer.status_code, told) == (404, other)
    assert took >= FLOOR_SECONDS


async def test_a_known_code_takes_as_long(opened: tuple[Stack, Grid, Verifier]) -> None:
    began = monotonic()
    await ask(opened[0], "7K3M-9XQ2-HV4D")
    assert monotonic() - began >= FLOOR_SECONDS


@pytest.mark.parametrize("body", [{}, {"code": 7}, {"code": "x" * 61}, {"code": "x", "name": "y"}])
async def test_what_is_no_question_is_refused(
    opened: tuple[Stack, Grid, Verifier], body: dict[str, Any]
) -> None:
    answer = await opened[0].client.post(PATH, json=body)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")
    answer = await opened[0].client.get(f"/v1/public/reports/{KNOWN}")
    assert answer.status_code == 404  # a code never stands in an address


async def test_a_failure_of_the_service_is_told_as_such(
    opened: tuple[Stack, Grid, Verifier],
) -> None:
    answer = await ask(opened[0], "down")
    assert (answer.status_code, answer.json()["code"]) == (503, "service_unreachable")


async def test_trying_codes_comes_to_an_end_at_once(
    postgres_server: TestServer, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Whether or not what is asked is well-formed; and nobody's other requests suffer from it."""
    folder = tmp_path_factory.mktemp("limited")
    async with public(postgres_server, folder, rate_limit_lookup=3) as (system, grid):
        answers = [await ask(system, code) for code in ("a", "b", 7, "7K3M-9XQ2-HV4D", "c")]
        assert [answer.status_code for answer in answers] == [404, 404, 422, 429, 429]
        assert len(grid.asked) == 2
        assert int(answers[-1].headers["Retry-After"]) > 0
        assert answers[0].headers["RateLimit-Policy"] == '"lookup";q=3;w=60'
        token = await system.token("district_operator")
        answer = await system.client.get("/v1/me", headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code == 200
