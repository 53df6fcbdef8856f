"""Which pages of other origins may read our answers: exactly those that are listed."""

from collections.abc import Sequence

from starlette.datastructures import Headers
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from services.chassis.http.problems import language, problem
from services.gateway.edge import proxy

EXPOSED = [
    "Accept-Ranges",
    "Content-Disposition",
    "Content-Language",
    "Content-Range",
    "Deprecation",
    "ETag",
    "Link",
    "Location",
    "RateLimit",
    "RateLimit-Policy",
    "Retry-After",
    "Sunset",
    "Upload-Length",
    "Upload-Offset",
    "X-Request-Id",
]
NOT_ALLOWED = ("不允许的跨域请求", "Cross-origin request not allowed")


class Cors:
    """Starlette's, around everything else, so that a page may read refusals too; a preflight that is refused
    is told as a problem."""

    def __init__(self, app: ASGIApp, origins: Sequence[str]) -> None:
        self.cors = CORSMiddleware(
            app,
            allow_origins=origins,
            allow_methods=proxy.METHODS,
            allow_headers=["Authorization", *proxy.FORWARDED],
            expose_headers=EXPOSED,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope) if scope["type"] == "http" else Headers()
        asked = {"origin", "access-control-request-method"} <= set(headers)
        if not asked or scope["method"] != "OPTIONS":
            await self.cors(scope, receive, send)
            return
        answer = self.cors.preflight_response(headers)
        if answer.status_code != 200:
            answer = problem(
                400,
                "cross_origin_not_allowed",
                NOT_ALLOWED,
                NOT_ALLOWED,
                lang=language(headers),
                extra={"Vary": "Origin", "Cache-Control": "no-store"},
            )
        await answer(scope, receive, send)
