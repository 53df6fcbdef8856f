"""The hop to the services: the caller's bearer token stays here, a signed internal token goes on."""

import asyncio
import random
from collections.abc import AsyncIterator

import aiohttp
from starlette.convertors import Convertor, register_url_convertor
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route
from starlette.types import Scope
from yarl import URL

from services.chassis.errors import Refusal, Unavailable
from services.chassis.identity.internal_token import INTERNAL_TOKEN_HEADER
from services.gateway.edge.guard import Gateway, admitted
from services.gateway.projections.registry import SERVICES
from services.tracing import traceparent

METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]
FORWARDED = (
    "accept-language",
    "content-type",
    "idempotency-key",
    "if-match",
    "if-none-match",
    "prefer",
    "range",
    "traceparent",
    "upload-offset",
)
RETURNED = (
    "Accept-Ranges",
    "Cache-Control",
    "Content-Disposition",
    "Content-Language",
    "Content-Range",
    "Content-Security-Policy",
    "Content-Type",
    "Deprecation",
    "ETag",
    "Link",
    "Location",
    "Allow",
    "Retry-After",
    "Sunset",
    "Upload-Length",
    "Upload-Offset",
    "WWW-Authenticate",
)
CHUNK = 64 * 1024
REQUESTS_A_CONNECTION = 50
"""On average: the next one may be to another replica, which may have come since."""


class ServiceUnreachable(Unavailable):
    """The service did not answer in time. What was sent may have taken effect: retry with the same key."""

    def __init__(self, service: str) -> None:
        super().__init__(
            f"服务 {service} 暂时无法访问，请用相同的幂等键重试。",
            f"Service {service} did not answer; retry with the same key.",
        )


class BodyTooSlow(Refusal):
    """The connection is closed with it: the rest of the body is not waited for."""

    status = 408
    title = ("请求超时", "Request timeout")

    def __init__(self) -> None:
        super().__init__("请求内容未能及时收到。", "The body did not arrive in time.")


async def forward(request: Request) -> Response:
    """Pass the request to the service that its path names; the first screen of an app is grid's."""
    held: Gateway = request.app.state.gateway
    caller = await admitted(request, held)
    service = request.path_params.get("service", "grid")
    headers = {name: value for name in FORWARDED if (value := request.headers.get(name))}
    if trace := traceparent(headers.get("traceparent", "")):
        headers["traceparent"] = trace
    headers[INTERNAL_TOKEN_HEADER] = held.signer.sign(held.emergencies.widened(caller))
    headers["X-Request-Id"] = caller.request_id
    if random.random() * REQUESTS_A_CONNECTION < 1:
        headers["Connection"] = "close"
    settings = held.settings
    body = await _received(request, settings.body_seconds)
    slow = request.url.path.endswith(("/batch", "/import")) or request.method == "PATCH"
    seconds = settings.batch_seconds if slow else settings.call_seconds
    file = request.method == "GET" and request.url.path.endswith("/content")
    within = {"sock_read": seconds} if file else {"total": seconds}
    try:
        answer = await held.session.request(
            request.method,
            _exactly(settings.service_urls[service], request.scope),
            headers=headers,
            data=body or None,
            timeout=aiohttp.ClientTimeout(**within),
            allow_redirects=False,
        )
        told = {name: answer.headers[name] for name in RETURNED if name in answer.headers}
        if file and "Content-Length" in answer.headers:
            told["Content-Length"] = answer.headers["Content-Length"]
            return StreamingResponse(_passing(answer), answer.status, headers=told)
        async with answer:
            content = await answer.read()
    except (TimeoutError, OSError, aiohttp.ClientError) as error:
        raise ServiceUnreachable(service) from error
    return Response(content, answer.status, headers=told)


async def _passing(answer: aiohttp.ClientResponse) -> AsyncIterator[bytes]:
    """A file is passed on as it comes: it would not fit into memory many times."""
    async with answer:
        async for piece in answer.content.iter_chunked(CHUNK):
            yield piece


async def _received(request: Request, seconds: float) -> bytes:
    try:
        async with asyncio.timeout(seconds):
            return await request.body()
    except TimeoutError as error:
        request.scope["answer_headers"]["Connection"] = "close"
        raise BodyTooSlow from error


def _exactly(service: str, scope: Scope) -> URL:
    """The path and query as they were sent: decoding and encoding anew could change what they name."""
    path, query = scope["raw_path"].decode("latin-1"), scope["query_string"].decode("latin-1")
    return URL(f"{service}{path}?{query}" if query else f"{service}{path}", encoded=True)


class OneOf(Convertor[str]):
    """Path parameter: the name of a service."""

    regex = "|".join(SERVICES)

    def convert(self, value: str) -> str:
        return value

    def to_string(self, value: str) -> str:
        return value


register_url_convertor("service", OneOf())
# What a service does not offer it refuses itself, telling what it does.
ALL = [*METHODS, "OPTIONS", "TRACE"]
ROUTES = (
    Route("/v1/inbox", forward, methods=ALL),
    Route("/v1/{service:service}/{rest:path}", forward, methods=ALL),
)
