"""A Starlette route that returns bytes it has, and an ASGI function that reads one row by its key."""

import json
import os
from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Scope

from tests.bench.baselines.bare import Application

ONE = "select noun, id, area_code, epoch, version, data::text from card where noun = $1 and id = $2"


def cached() -> Starlette:
    content = Path(os.environ["BENCH_BODY"]).read_bytes()
    headers = {"ETag": '"1"', "Cache-Control": "private, no-cache"}

    async def route(request: Request) -> Response:
        return Response(content, media_type="application/json", headers=headers)

    async def ready(request: Request) -> Response:
        return Response("{}")

    return Starlette(routes=[Route("/readyz", ready), Route("/{path:path}", route)])


class OneRow(Application):
    async def handle(self, scope: Scope, body: bytes) -> tuple[int, bytes]:
        noun, id_ = scope["path"].rsplit("/", 2)[1:]
        async with self.pool.acquire() as connection:
            row = await connection.fetchrow(ONE, noun, id_)
        return 200, json.dumps(dict(row or {}), default=str).encode()


def one_row() -> Application:
    return OneRow()
