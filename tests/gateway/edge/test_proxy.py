import asyncio
from typing import Any
from urllib.parse import urlsplit

import pytest

from services.chassis import metrics
from services.chassis.identity.internal_token import INTERNAL_TOKEN_HEADER
from services.gateway.edge import proxy
from tests.gateway.edge.conftest import Edged
from tests.gateway.raw import exchange, message
from tests.support.waiting import until

TOKEN = INTERNAL_TOKEN_HEADER.lower()


async def bearer(edge: Edged) -> dict[str, str]:
    token = await edge.system.token("township_operator", areas=["330703105"])
    return {"Authorization": f"Bearer {token}"}


@pytest.mark.parametrize(
    ("sent", "reached"),
    [
        ("/v1/grid/reports", "/v1/grid/reports?"),
        ("/v1/grid/a%2Fb//c%20d/", "/v1/grid/a%2Fb//c%20d/?"),
        ("/v1/grid/x/%2e%2e/y", "/v1/grid/x/%2e%2e/y?"),
        ("/v1/grid/x?a=1&a=2&b=%2B+%26;c", "/v1/grid/x?a=1&a=2&b=%2B+%26;c"),
        ("/v1/grid/x?q='\"<>[]|^`{}\\", "/v1/grid/x?q='\"<>[]|^`{}\\"),
        ("/v1/grid/%E4%00?q=%E4%00", "/v1/grid/%E4%00?q=%E4%00"),
        ("/v1/grid/x?", "/v1/grid/x?"),
    ],
)
async def test_path_and_query_arrive_as_they_were_sent(
    edge: Edged, sent: str, reached: str
) -> None:
    answer = await exchange(edge.url, message("GET", sent, await bearer(edge)))
    assert answer.status == 200, answer.body
    assert edge.echo.heard[-1]["target"] == reached


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE"])
async def test_methods_and_bodies_arrive(edge: Edged, method: str) -> None:
    body = {"title": "垃圾"}
    answer = await edge.system.client.request(
        method, "/v1/grid/reports", headers=await bearer(edge), json=body
    )
    assert answer.status_code == 200
    heard = edge.echo.heard[-1]
    assert (heard["method"], heard["body"]) == (method, answer.request.content.decode())
    assert heard["headers"]["content-type"] == "application/json"


async def test_head_is_answered_as_get_is_without_a_body(edge: Edged) -> None:
    answer = await exchange(edge.url, message("HEAD", "/v1/grid/reports", await bearer(edge)))
    assert (answer.status, answer.body) == (200, b"")
    assert int(answer.headers["content-length"]) > 0


async def test_the_service_gets_our_token_and_never_the_callers(edge: Edged) -> None:
    false = {TOKEN: "mine", "X-Request-Id": "mine", "X-Forwarded-For": "1.2.3.4", "Cookie": "a=b"}
    kept = {"If-Match": '"3"', "Idempotency-Key": "k", "Prefer": "return=representation"}
    headers = {**await bearer(edge), **false, **kept, "Accept-Language": "en"}
    answer = await edge.system.client.get("/v1/grid/reports", headers=headers)
    heard: dict[str, Any] = edge.echo.heard[-1]["headers"]
    caller = edge.verifier.verify(heard[TOKEN])
    assert (caller.subject, caller.areas) == ("test-township_operator", ("330703105",))
    assert caller.roles == {"township_operator"}
    assert heard["x-request-id"] == caller.request_id == answer.headers["X-Request-Id"] != "mine"
    ours = {"authorization", "cookie", "x-forwarded-for", "accept-encoding", "user-agent"}
    assert not ours & heard.keys()
    assert {name.lower(): value for name, value in kept.items()}.items() <= heard.items()


async def test_only_known_headers_come_back(edge: Edged) -> None:
    answer = await edge.system.client.get("/v1/grid/odd", headers=await bearer(edge))
    assert (answer.status_code, answer.headers["Link"]) == (418, "<x>; rel=next")
    assert "set-cookie" not in answer.headers
    assert answer.headers["RateLimit-Policy"].startswith('"read";q=')


async def test_a_deprecated_endpoint_says_so(edge: Edged) -> None:
    answer = await edge.system.client.get("/v1/grid/old", headers=await bearer(edge))
    assert (answer.headers["Deprecation"], answer.headers["Sunset"]) == ("@1", "then")


async def test_an_answer_may_repeat_a_long_query(edge: Edged) -> None:
    target = "/v1/grid/linked?q=" + "a" * 12_000
    answer = await edge.system.client.get(target, headers=await bearer(edge))
    assert answer.status_code == 200
    assert target in answer.headers["Link"]


async def test_a_body_that_does_not_come_is_not_waited_for(edge: Edged) -> None:
    headers = {**await bearer(edge), "Content-Type": "application/json", "Content-Length": 100}
    async with asyncio.timeout(5):
        answer = await exchange(edge.url, message("POST", "/v1/grid/reports", headers, b"{"))
    assert (answer.status, answer.headers["connection"]) == (408, "close")
    assert b'"code":"body_too_slow"' in answer.body


async def test_who_goes_away_half_way_is_no_failure_of_ours(edge: Edged) -> None:
    def told(status: str) -> float:
        [family] = metrics.REQUESTS.collect()
        counts = [sample for sample in family.samples if sample.name.endswith("_count")]
        return sum(sample.value for sample in counts if sample.labels["status"] == status)

    failed, gone = told("500"), told("499")
    headers = {**await bearer(edge), "Content-Type": "application/json", "Content-Length": 100}
    parts = urlsplit(edge.url)
    _, writer = await asyncio.open_connection(parts.hostname, parts.port)
    writer.write(message("POST", "/v1/grid/reports", headers, b"{"))
    await writer.drain()
    writer.close()
    await until(lambda: told("499") > gone)
    assert told("500") == failed


async def test_no_connection_to_a_service_is_used_for_ever(
    edge: Edged, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(proxy, "REQUESTS_A_CONNECTION", 5)
    headers, heard = await bearer(edge), len(edge.echo.heard)
    for _ in range(150):  # all on one connection by a chance of (4/5)^149
        answer = await edge.system.client.get("/v1/grid/reports", headers=headers)
        assert answer.status_code == 200
    told = edge.echo.heard[heard:]
    last = [each for each in told if each["headers"].get("connection") == "close"]
    assert 1 < len({each["from"] for each in told}) <= len(last) + 1


async def test_redirects_are_passed_on_and_not_followed(edge: Edged) -> None:
    answer = await edge.system.client.get("/v1/grid/moved", headers=await bearer(edge))
    assert (answer.status_code, answer.headers["Location"]) == (307, "/v1/grid/elsewhere")


async def test_not_modified_has_no_body(edge: Edged) -> None:
    answer = await edge.system.client.get("/v1/grid/same", headers=await bearer(edge))
    assert (answer.status_code, answer.headers["ETag"], answer.content) == (304, '"7"', b"")


@pytest.mark.parametrize("path", ["/v1/disputes/cases", "/v1/grid/hang", "/v1/grid/die"])
async def test_a_service_that_does_not_answer_is_unreachable(edge: Edged, path: str) -> None:
    headers = {**await bearer(edge), "Accept-Language": "en"}
    answer = await edge.system.client.post(path, headers=headers, json={})
    assert answer.status_code == 503
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] == "service_unreachable"
    assert "retry with the same key" in answer.json()["detail"]


@pytest.mark.parametrize("target", ["/internal/snapshot/report", "/v1/gateway/x", "/v1/gridlock"])
async def test_nothing_else_is_passed_on(edge: Edged, target: str) -> None:
    heard = len(edge.echo.heard)
    answer = await edge.system.client.get(target, headers=await bearer(edge))
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert len(edge.echo.heard) == heard
