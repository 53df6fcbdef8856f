"""What happens to every request before and after the application: id, size, media type, a line in the log if it failed.

HEAD is answered as GET is; the server leaves the body out. `scope["answer_headers"]` goes out with the answer,
whatever it will be.
"""

import time
from collections.abc import Mapping
from functools import cache
from typing import Any

import structlog
from prometheus_client import Histogram
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uuid_utils.compat import uuid7

from services.chassis import metrics
from services.chassis.http.problems import language, of_status, of_surprise

log = structlog.get_logger()
REQUEST_ID = b"x-request-id"
GONE = 499  # nobody is there to be answered
MAX_BODY = 2_000_000
MAX_BATCH_BODY = 16_000_000  # 500 items, each with a full description in escaped characters
PART = "application/offset+octet-stream"
"""A part of a file, which only its own address takes."""
SAFE = {"X-Content-Type-Options": "nosniff"}


class TooLarge(HTTPException):
    def __init__(self) -> None:
        super().__init__(413)


class Edge:
    """Pure ASGI. `trusted_id` keeps an incoming request id (behind the gateway)."""

    def __init__(self, app: ASGIApp, *, trusted_id: bool = True) -> None:
        self.app, self.trusted_id = app, trusted_id

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers: dict[bytes, bytes] = dict(reversed(scope["headers"]))  # the first of each name
        incoming = headers.get(REQUEST_ID, b"") if self.trusted_id else b""
        scope["request_id"] = incoming[:64].decode("latin-1") or str(uuid7())
        if scope["method"] == "HEAD":
            scope = {**scope, "method": "GET"}
        scope["answer_headers"] = {"X-Request-Id": scope["request_id"], **SAFE}
        answer = _Answer(send, scope["answer_headers"])
        started = time.perf_counter()
        try:
            refusal = _refusal(scope, headers)
            target = refusal or self.app
            await target(scope, _counted(receive, _most(scope)), answer)
        except ClientDisconnect:
            answer.status = GONE
        except TooLarge:
            await _refused(413, scope)(scope, receive, answer)
        except Exception as error:
            if answer.begun:
                raise
            lang = language(Headers(scope=scope))
            await of_surprise(error, lang, scope["request_id"])(scope, receive, answer)
        finally:
            _record(scope, answer.status, time.perf_counter() - started)


def _refusal(scope: Scope, headers: Mapping[bytes, bytes]) -> Response | None:
    length = headers.get(b"content-length", b"0")
    if not length.isdigit() or len(length) > 12 or int(length) > _most(scope):
        return _refused(413, scope)
    has_body = length != b"0" or b"transfer-encoding" in headers
    media = headers.get(b"content-type", b"").split(b";")[0].strip().lower()
    part = media == PART.encode() and "/attachments/" in scope["path"]
    if has_body and not part and media != b"application/json" and not media.endswith(b"+json"):
        return _refused(415, scope)
    return None


def _refused(status: int, scope: Scope) -> Response:
    return of_status(status, language(Headers(scope=scope)), scope["request_id"])


def _most(scope: Scope) -> int:
    return MAX_BATCH_BODY if scope["path"].endswith("/batch") else MAX_BODY


def _counted(receive: Receive, left: int) -> Receive:
    async def counted() -> Message:
        nonlocal left
        message = await receive()
        left -= len(message.get("body", b""))
        if left < 0:
            raise TooLarge
        return message

    return counted


class _Answer:
    def __init__(self, send: Send, headers: dict[str, str]) -> None:
        self._send, self._headers, self.status = send, headers, 500
        self.begun = False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status, self.begun = message["status"], True
            told = list(message["headers"])
            if not any(name == b"cache-control" for name, _ in told):
                told.append((b"cache-control", b"no-store"))
            own = self._headers.items()
            told += [(name.lower().encode(), value.encode("latin-1")) for name, value in own]
            message["headers"] = told
        await self._send(message)


def _record(scope: dict[str, Any] | Scope, status: int, seconds: float) -> None:
    route = scope.get("route")
    path = getattr(route, "path_format", None) or getattr(route, "path", "") or "unknown"
    _histogram(scope["method"], path, status).observe(seconds)
    if status >= 500:
        log.warning(
            "request",
            method=scope["method"],
            route=path,
            status=status,
            milliseconds=round(seconds * 1000, 1),
            request_id=scope["request_id"],
        )


@cache
def _histogram(method: str, path: str, status: int) -> Histogram:
    return metrics.REQUESTS.labels(method, path, str(status))
