"""What was answered, answered again while nothing that it says has changed."""

import hashlib
from collections.abc import Callable, Coroutine, Hashable
from datetime import UTC, date, datetime
from typing import Any

from fastapi import Request
from fastapi.routing import APIRoute
from starlette.responses import Response

from services.chassis.deadlines.calendar import local_day
from services.chassis.http.reads import entity_tags
from services.chassis.identity.caller import Caller
from services.gateway.dashboards.answers import Given, MadeOf
from services.gateway.edge.guard import Gateway, admitted
from services.gateway.edge.guard import gateway as gateway_of


class Again(APIRoute):
    """Answers at once what it has just answered, while nothing that it says has changed."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        fully = super().get_route_handler()

        async def handle(request: Request) -> Response:
            gateway = await gateway_of(request)
            caller = await admitted(request, gateway)
            if seen := gateway.live.seen:
                now = datetime.now(UTC)
                given = gateway.answers.again(_asked(request, caller), seen, now, local_day(now))
                if given:
                    return _response(request, given)
            return await fully(request)

        return handle


def answered(
    request: Request,
    gateway: Gateway,
    caller: Caller,
    body: bytes,
    made_of: MadeOf,
    today: date,
) -> Response:
    """Keep it for whoever asks the same."""
    given = Given(made_of, today, body, f'"{hashlib.sha256(body).hexdigest()[:24]}"')
    gateway.answers.given.put(_asked(request, caller), given)
    return _response(request, given)


def _asked(request: Request, caller: Caller) -> Hashable:
    """The question as it was sent, and what decides who may see which rows."""
    scope = request.scope
    return scope["path"], scope["query_string"], caller.areas, caller.roles


def _response(request: Request, given: Given) -> Response:
    headers = {"ETag": given.etag, "Cache-Control": "private, no-cache"}
    tags = entity_tags(request.headers.get("if-none-match", "")) or []
    if tags == ["*"] or given.etag in [tag.removeprefix("W/") for tag in tags]:
        return Response(status_code=304, headers=headers)
    return Response(given.body, media_type="application/json", headers=headers)
