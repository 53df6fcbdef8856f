import base64
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from joserfc import jwt

from jinding.processes import serving_process
from services.chassis.http.problems import problem
from services.chassis.identity.keys import new_key
from services.gateway.projections.snapshots import Services, UrlMissing
from tests.gateway.edge.conftest import Edged
from tests.gateway.raw import exchange, message
from tests.support.postgres import FreshDatabases
from tests.support.stack import Stack, stack

PROBLEM = "application/problem+json"
JSON = {"Content-Type": "application/json"}
LARGE = 2_000_001
DEEP = base64.urlsafe_b64encode(b"[" * 3000).decode()


async def bearer(edge: Edged) -> dict[str, str]:
    return {"Authorization": f"Bearer {await edge.system.token('district_operator')}"}


@pytest.mark.parametrize(
    ("method", "target", "headers", "status", "code"),
    [
        ("GET", "/v1/nothing", {}, 404, "not_found"),
        ("GET", "/v1/me/", {}, 404, "not_found"),
        ("GET", "/v1/me", {"Authorization": f"Bearer {DEEP}.e30.AAAA"}, 401, "token_invalid"),
        ("GET", "/v1/grid/x", {"Authorization": f"Bearer {DEEP}.e30.AAAA"}, 401, "token_invalid"),
        ("GET", "/v1/me", {}, 401, "token_missing"),
        ("GET", "/v1/grid/reports", {}, 401, "token_missing"),
        ("GET", "/v1/me", {"Authorization": "Bearer x"}, 401, "token_invalid"),
        ("GET", "/v1/me", {"Authorization": "Basic eDp5"}, 401, "token_invalid"),
        ("DELETE", "/v1/me", {}, 405, "method_not_allowed"),
        ("TRACE", "/v1/me", {}, 405, "method_not_allowed"),
        ("TRACE", "/v1/grid/reports", {}, 401, "token_missing"),
        ("OPTIONS", "/v1/me", {}, 405, "method_not_allowed"),
        ("POST", "/v1/grid/reports", {**JSON, "Content-Length": LARGE}, 413, "content_too_large"),
        (
            "POST",
            "/v1/grid/reports",
            {"Content-Type": "text/plain", "Content-Length": 2},
            415,
            "unsupported_media_type",
        ),
    ],
)
async def test_every_refusal_is_a_problem(
    edge: Edged, method: str, target: str, headers: dict[str, str], status: int, code: str
) -> None:
    answer = await exchange(edge.url, message(method, target, headers))
    assert (answer.status, answer.headers["content-type"]) == (status, PROBLEM)
    assert f'"code":"{code}"'.encode() in answer.body
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-store"
    assert f'"request_id":"{answer.headers["x-request-id"]}"'.encode() in answer.body
    assert (status == 405) == ("allow" in answer.headers)


async def test_a_method_that_is_not_offered_is_answered_with_those_that_are(edge: Edged) -> None:
    answer = await edge.system.client.put("/v1/me")
    assert (answer.status_code, answer.headers["Allow"]) == (405, "HEAD, GET")


@pytest.mark.parametrize("target", ["/v1/grid/reports", "/dev/token"])
async def test_a_body_without_a_length_is_counted_too(edge: Edged, target: str) -> None:
    headers = {**await bearer(edge), **JSON, "Transfer-Encoding": "chunked"}
    chunk = b"%x\r\n%s\r\n" % (500_000, b" " * 500_000)
    answer = await exchange(edge.url, message("POST", target, headers, chunk * 5 + b"0\r\n\r\n"))
    assert (answer.status, answer.headers["content-type"]) == (413, PROBLEM)


async def test_own_and_passed_on_answers_tell_what_is_left_of_the_limit(edge: Edged) -> None:
    headers = await bearer(edge)
    client = edge.system.client
    for target, status in [("/v1/me", 200), ("/v1/grid/reports", 200), ("/v1/dead-letters", 403)]:
        answer = await client.get(target, headers=headers)
        assert answer.status_code == status
        assert answer.headers["RateLimit-Policy"] == '"read";q=1000000;w=60'
        assert answer.headers["RateLimit"].startswith('"read";r=')
    answer = await client.post("/v1/grid/reports", headers=headers, json={})
    assert answer.headers["RateLimit-Policy"].startswith('"write";')
    answer = await client.get("/dev/personas")
    assert answer.headers["RateLimit-Policy"] == '"token";q=100000;w=60'


@pytest.mark.parametrize(
    ("origin", "allowed"),
    [
        ("https://app.example", True),
        ("https://other.example", True),
        ("http://app.example", False),
        ("https://app.example:8443", False),
        ("https://app.example.evil.example", False),
        ("null", False),
    ],
)
async def test_only_listed_origins_may_read_answers(
    edge: Edged, origin: str, allowed: bool
) -> None:
    asked = {"Origin": origin, "Access-Control-Request-Method": "POST"}
    asked["Access-Control-Request-Headers"] = "authorization,if-match,idempotency-key"
    client = edge.system.client
    preflight = await client.options("/v1/grid/reports", headers=asked)
    assert preflight.status_code == (200 if allowed else 400)
    length = {"Origin": origin, "Content-Type": "text/plain"}
    answer = await client.get("/v1/me", headers={"Origin": origin})
    refused = await client.post("/v1/grid/reports", headers=length, content=b"x")
    large = await client.post("/v1/grid/reports", headers=length, content=b" " * LARGE)
    assert (refused.status_code, large.status_code) == (415, 413)
    for told in (preflight, answer, refused, large):
        assert told.headers.get("Access-Control-Allow-Origin") == (origin if allowed else None)
        assert "Access-Control-Allow-Credentials" not in told.headers
    exposed = answer.headers["Access-Control-Expose-Headers"].split(", ")
    assert {"RateLimit", "Deprecation", "Sunset"} <= set(exposed)


async def test_other_headers_are_not_offered_to_pages(edge: Edged) -> None:
    asked = {"Origin": "https://app.example", "Access-Control-Request-Method": "GET"}
    asked["Access-Control-Request-Headers"] = "txn-token"
    answer = await edge.system.client.options("/v1/me", headers=asked)
    assert (answer.status_code, answer.headers["Content-Type"]) == (400, PROBLEM)
    assert answer.json()["code"] == "cross_origin_not_allowed"


@pytest.mark.parametrize("language", ["zh-CN", "en"])
async def test_problems_speak_the_callers_language(edge: Edged, language: str) -> None:
    answer = await edge.system.client.get("/v1/nothing", headers={"Accept-Language": language})
    assert answer.headers["Content-Language"] == language
    assert answer.json()["title"] == {"zh-CN": "未找到", "en": "Not found"}[language]


async def test_it_is_ready_while_its_database_answers(edge: Edged) -> None:
    answer = await edge.system.client.get("/readyz")
    assert (answer.status_code, answer.json()) == (200, {"services": {}, "database": "ok"})
    assert (await edge.system.client.get("/livez")).json() == {"status": "ok"}


@pytest.fixture
async def narrow(fresh_database: FreshDatabases, tmp_path: Path) -> AsyncIterator[Stack]:
    limits = {"rate_limit_read": 2, "rate_limit_token": 3, "run_consumers": False}
    async with stack(fresh_database, tmp_path, [], **limits) as system:
        yield system


async def test_who_asks_too_often_is_told_when_to_come_back(narrow: Stack) -> None:
    token = await narrow.token("district_operator")
    answers = [await narrow.call(token, "GET", "/v1/me") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    refused = answers[2]
    assert (refused.headers["Content-Type"], refused.json()["code"]) == (PROBLEM, "limit_reached")
    assert 1 <= int(refused.headers["Retry-After"]) <= 61
    assert refused.headers["RateLimit-Policy"] == '"read";q=2;w=60'
    assert refused.headers["RateLimit"] == f'"read";r=0;t={refused.headers["Retry-After"]}'
    other = await narrow.token("township_operator")
    assert (await narrow.call(other, "GET", "/v1/me")).status_code == 200


async def test_a_bad_token_is_told_so_however_often_it_comes(narrow: Stack) -> None:
    key = new_key()
    claims = {"iss": "x", "aud": "jinding", "exp": 2**31, "sub": "a"}
    for number in range(200):
        header = {"alg": "ES256", "typ": "at+jwt", "kid": f"guess-{number}"}
        answer = await narrow.call(jwt.encode(header, claims, key), "GET", "/v1/me")
        assert (answer.status_code, answer.json()["code"]) == (401, "unknown_key")


async def test_whoever_asks_the_development_issuer_too_often_is_told(narrow: Stack) -> None:
    body = {"persona": "operator"}
    answers = [await narrow.client.post("/dev/token", json=body) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert answers[0].headers["RateLimit"].startswith('"token";r=2;')


def test_nobody_may_name_the_address_that_is_counted() -> None:
    assert (
        "--no-proxy-headers"
        in serving_process("gateway", "services.gateway.main:create", 1).command
    )


async def test_what_is_no_text_is_refused_and_never_breaks_an_answer(edge: Edged) -> None:
    answer = await edge.system.client.post(
        "/dev/token", headers=JSON, content=b'{"persona":"\\ud800"}'
    )
    assert (answer.status_code, answer.headers["Content-Type"]) == (422, PROBLEM)
    detail = ("\ud800", "\ud800")
    assert b'"detail":"?"' in problem(422, "x", ("x", "x"), detail).body


def test_a_gateway_that_does_not_know_where_a_service_is_does_not_start() -> None:
    with pytest.raises(UrlMissing, match="training"):
        Services(Any, Any, dict.fromkeys(("grid", "disputes", "inspection"), "http://x"))  # type: ignore[arg-type]
