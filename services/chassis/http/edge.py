"""What happens to every request before and after the application: id, size, media type, one log line.

HEAD is answered as GET is; the server leaves the body out. `scope["answer_headers"]` goes out with the answer,
whatever it will be.
"""

import time
from collections.abc import Callable
from typing import Any

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uuid_utils.compat import uuid7

from services.chassis import metrics
from services.chassis.http.problems import language, of_status, of_surprise

log = structlog.get_logger()
REQUEST_ID = "x-request-id"
GONE = 499  # nobody is there to be answered
MAX_BODY = 2_000_000
MAX_BATCH_BODY = 16_000_000  # 500 items, each with a full description in escaped characters
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
        headers = Headers(scope=scope)
        incoming = headers.get(REQUEST_ID, "") if self.trusted_id else ""
        scope["request_id"] = incoming[:64] or str(uuid7())
        if scope["method"] == "HEAD":
            scope = {**scope, "method": "GET"}
        scope["answer_headers"] = {"X-Request-Id": scope["request_id"], **SAFE}
        answer = _Answer(send, scope["answer_headers"])
        started = time.perf_counter()
        try:
            refusal = self._refusal(scope, headers)
            target = refusal or self.app
            await target(scope, _counted(receive, _most(scope)), answer)
        except ClientDisconnect:
            answer.status = GONE
        except TooLarge:
            await of_status(413, language(headers), scope["request_id"])(scope, receive, answer)
        except Exception as error:
            if answer.begun:
                raise
            await of_surprise(error, language(headers), scope["request_id"])(scope, receive, answer)
        finally:
            _record(scope, answer.status, time.perf_counter() - started)

    def _refusal(self, scope: Scope, headers: Headers) -> Response | None:
        length = headers.get("content-length", "0")
        if not length.isdecimal() or int(length) > _most(scope):
            return of_status(413, language(headers), scope["request_id"])
        has_body = length != "0" or "transfer-encoding" in headers
        media = headers.get("content-type", "").split(";")[0].strip().lower()
        if has_body and media != "application/json" and not media.endswith("+json"):
            return of_status(415, language(headers), scope["request_id"])
        return None


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
            headers = MutableHeaders(scope=message)
            headers.setdefault("Cache-Control", "no-store")
            headers.update(self._headers)
        await self._send(message)


def _record(scope: dict[str, Any] | Scope, status: int, seconds: float) -> None:
    route = scope.get("route")
    path = getattr(route, "path_format", None) or getattr(route, "path", "") or "unknown"
    metrics.REQUESTS.labels(scope["method"], path, str(status)).observe(seconds)
    level: Callable[..., Any] = log.warning if status >= 500 else log.debug
    level(
        "request",
        method=scope["method"],
        route=path,
        status=status,
        milliseconds=round(seconds * 1000, 1),
        request_id=scope["request_id"],
    )
