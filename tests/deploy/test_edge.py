"""The TLS proxy as its file says, by a local nginx before a local gateway."""

import asyncio
import os
import re
import shutil
import ssl
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from jinding.secrets import make_secrets, renew
from services.chassis.http.edge import MAX_BATCH_BODY, MAX_BODY
from services.chassis.http.problems import Problem
from services.gateway.settings import GatewaySettings
from tests.support.ports import free_ports
from tests.support.postgres import TestServer, fresh_databases
from tests.support.stack import Stack, serving, stack
from tests.support.waiting import listening

FILE = Path("deploy/edge/nginx.conf").read_text()
HSTS = "max-age=31536000"


def directives(name: str) -> list[int]:
    return [int(told) for told in re.findall(rf"\b{name} (\d+)s?;", FILE)]


def test_the_proxy_lets_through_what_the_gateway_takes_and_waits_as_long() -> None:
    assert directives("client_max_body_size") == [MAX_BODY, MAX_BATCH_BODY]
    fields = GatewaySettings.model_fields
    [reads] = directives("proxy_read_timeout")
    assert reads > fields["batch_seconds"].default
    assert reads > 30  # a long poll of the feed
    assert directives("client_body_timeout") == [fields["body_seconds"].default]


def nginx() -> str:
    found = shutil.which("nginx", path=os.environ["PATH"] + ":/usr/sbin")
    if found is None:
        if os.environ.get("REQUIRE_NGINX") == "1":
            pytest.fail("nginx is missing (Debian package `nginx-light`)")
        pytest.skip("needs nginx (Debian package `nginx-light`)")
    return found


class Upstream:
    """Tells what reached it; streams, until it may end."""

    def __init__(self) -> None:
        self.go_on = asyncio.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await (await self._answer(Request(scope, receive)))(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        if request.url.path == "/stream":
            return StreamingResponse(self._parts(), media_type="text/event-stream")
        target = request.scope["raw_path"].decode() + "?" + request.url.query
        size = len(await request.body())
        return JSONResponse({"target": target, "size": size, "headers": dict(request.headers)})

    async def _parts(self) -> AsyncIterator[str]:
        yield "data: first\n\n"
        await self.go_on.wait()
        yield "data: last\n\n"


@dataclass
class Proxy:
    url: str
    secrets: Path
    client: httpx.AsyncClient
    process: asyncio.subprocess.Process

    def trusting(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=self.secrets / "ca.pem")


@asynccontextmanager
async def proxy(folder: Path, gateway: str, keycloak: str) -> AsyncIterator[Proxy]:
    """nginx with the deployment's own file, but for addresses and folders."""
    program, secrets = nginx(), folder / "secrets"
    make_secrets(secrets, "localhost", "localhost")
    [port] = free_ports(1)
    here = {
        "listen 443 ssl": f"listen 127.0.0.1:{port} ssl",
        "/run/secrets": str(secrets),
        "/tmp": str(folder),  # noqa: S108
        "http://gateway:8000": gateway,
        "http://keycloak:8080": keycloak,
    }
    assert all(told in FILE for told in here)
    text = re.sub("|".join(here), lambda found: here[found[0]], FILE)
    (folder / "nginx.conf").write_text(text)
    command = [program, "-p", str(folder), "-c", str(folder / "nginx.conf"), "-g", "daemon off;"]
    tried = subprocess.run([*command, "-t"], capture_output=True, text=True, check=False)
    assert tried.returncode == 0, tried.stderr
    assert "warn" not in tried.stderr
    process = await asyncio.create_subprocess_exec(*command)
    try:
        await listening(port)
        url = f"https://localhost:{port}"
        trusting = ssl.create_default_context(cafile=secrets / "ca.pem")
        async with httpx.AsyncClient(
            base_url=url, verify=trusting, timeout=30, trust_env=False
        ) as client:
            yield Proxy(url, secrets, client, process)
    finally:
        process.terminate()
        await process.wait()


@pytest.fixture(scope="module")
async def upstream() -> AsyncIterator[tuple[str, Upstream]]:
    [port] = free_ports(1)
    app = Upstream()
    async with serving(app, port):
        yield f"http://127.0.0.1:{port}", app
        app.go_on.set()


@pytest.fixture(scope="module")
async def edge(
    upstream: tuple[str, Upstream], tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Proxy]:
    folder = tmp_path_factory.mktemp("edge")
    async with proxy(folder, upstream[0], "http://127.0.0.1:9") as running:
        yield running


@pytest.fixture(scope="module")
async def system(
    postgres_server: TestServer, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Stack]:
    folder = tmp_path_factory.mktemp("gateway")
    async with (
        fresh_databases(postgres_server) as fresh,
        stack(fresh, folder, [], run_consumers=False) as running,
    ):
        yield running


@pytest.mark.proof
async def test_the_gateway_is_reached_through_it(system: Stack, tmp_path: Path) -> None:
    token = await system.token("township_operator", areas=["330703105"])
    async with proxy(tmp_path, system.urls["gateway"], "http://127.0.0.1:9") as edge:
        headers = {"Authorization": f"Bearer {token}"}
        answer = await edge.client.get("/v1/me", headers=headers)
        assert (answer.status_code, answer.json()["areas"]) == (200, ["330703105"])
        assert answer.headers["Strict-Transport-Security"] == HSTS
        refused = await edge.client.get("/v1/me")
        assert (refused.status_code, refused.json()["code"]) == (401, "token_missing")
        assert refused.headers["Strict-Transport-Security"] == HSTS
        large = await edge.client.post("/v1/grid/reports", content=b"x" * (MAX_BODY + 1))
        assert large.status_code == 413
        assert Problem.model_validate(large.json()).code == "content_too_large"


@pytest.mark.proof
async def test_of_what_the_caller_says_about_addresses_nothing_passes(edge: Proxy) -> None:
    false = {
        "X-Forwarded-For": "1.2.3.4",
        "X-Real-IP": "1.2.3.4",
        "Forwarded": "for=1.2.3.4",
        "X-Forwarded-Host": "evil.example",
        "X-Forwarded-Proto": "http",
    }
    heard = (await edge.client.get("/x", headers=false)).json()["headers"]
    assert heard["x-forwarded-for"] == "127.0.0.1"
    assert heard["x-forwarded-proto"] == "https"
    assert heard["x-forwarded-host"] == heard["host"] == edge.url.removeprefix("https://")
    assert "1.2.3.4" not in str(heard)


@pytest.mark.proof
@pytest.mark.parametrize(
    "target", ["/v1/a%2Fb//c%20d/?q=%2B+%26", "/v1/x/%2e%2e/y?", "/v1/x?" + "after=" + "a" * 24_000]
)
async def test_path_and_query_arrive_as_they_were_sent(edge: Proxy, target: str) -> None:
    answer = await edge.client.request("GET", httpx.URL(edge.url + target))
    assert answer.status_code == 200
    assert answer.json()["target"].rstrip("?") == target.rstrip("?")


@pytest.mark.proof
@pytest.mark.parametrize(
    ("path", "size", "status"),
    [
        ("/v1/grid/reports", MAX_BODY, 200),
        ("/v1/grid/reports", MAX_BODY + 1, 413),
        ("/v1/grid/batch", MAX_BATCH_BODY, 200),
        ("/v1/grid/batch", MAX_BATCH_BODY + 1, 413),
    ],
)
async def test_bodies_may_be_as_large_as_at_the_gateway(
    edge: Proxy, path: str, size: int, status: int
) -> None:
    answer = await edge.client.post(path, content=b"x" * size)
    assert answer.status_code == status
    if status == 413:
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert Problem.model_validate(answer.json()).status == 413
    else:
        assert answer.json()["size"] == size


@pytest.mark.proof
async def test_a_stream_is_passed_on_as_it_comes(
    edge: Proxy, upstream: tuple[str, Upstream]
) -> None:
    async with asyncio.timeout(10), edge.client.stream("GET", "/stream") as answer:
        parts = answer.aiter_text()
        assert await anext(parts) == "data: first\n\n"
        upstream[1].go_on.set()
        assert await anext(parts) == "data: last\n\n"


@pytest.mark.proof
async def test_what_is_not_there_is_told_as_a_problem(edge: Proxy) -> None:
    answer = await edge.client.get("/realms/jinding/.well-known/openid-configuration")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert Problem.model_validate(answer.json()).code == "service_unreachable"
    assert answer.headers["Strict-Transport-Security"] == HSTS


@pytest.mark.proof
@pytest.mark.parametrize("path", ["/admin/master/console/", "/metrics", "/health"])
async def test_of_keycloak_only_what_browsers_need_is_reached(edge: Proxy, path: str) -> None:
    assert (await edge.client.get(path)).json()["target"] == f"{path}?"  # the gateway's, not its


@pytest.mark.proof
async def test_old_protocols_are_refused(edge: Proxy) -> None:
    old = edge.trusting()
    old.set_ciphers("ALL:@SECLEVEL=0")  # or OpenSSL would not even ask
    with pytest.warns(DeprecationWarning, match="TLSv1_1"):
        old.minimum_version = old.maximum_version = ssl.TLSVersion.TLSv1_1
    async with httpx.AsyncClient(verify=old, trust_env=False) as client:
        with pytest.raises(httpx.ConnectError, match="PROTOCOL_VERSION"):
            await client.get(edge.url)


@pytest.mark.proof
async def test_a_renewed_certificate_is_taken_while_it_runs(edge: Proxy) -> None:
    def serial() -> str:
        host, port = edge.url.removeprefix("https://").split(":")
        return ssl.get_server_certificate((host, int(port)))

    before = await asyncio.to_thread(serial)
    renew(edge.secrets, name="edge_tls")
    edge.process.send_signal(1)  # as `nginx -s reload`
    async with asyncio.timeout(10):
        while await asyncio.to_thread(serial) == before:
            pass
    assert (await edge.client.get("/x")).status_code == 200


ASK = """
import asyncio, sys, aiohttp
from services.gateway.auth.jwks import IssuerKeys
async def ask():
    async with aiohttp.ClientSession() as session:
        print((await IssuerKeys(session, "https://issuer.example", sys.argv[1])())["target"])
asyncio.run(ask())
"""


@pytest.mark.proof
@pytest.mark.parametrize("trusting", [True, False])
async def test_an_issuer_behind_it_is_trusted_by_our_authority_alone(
    edge: Proxy, trusting: bool
) -> None:
    environment = os.environ | ({"SSL_CERT_FILE": str(edge.secrets / "ca.pem")} if trusting else {})
    asking = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", ASK, f"{edge.url}/certs"),
        env=environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    told, why = await asking.communicate()
    assert (asking.returncode == 0) is trusting
    assert (b"/certs" in told) if trusting else (b"CERTIFICATE_VERIFY_FAILED" in why)
