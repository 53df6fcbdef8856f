"""Events over HTTP, for agencies without Kafka and those that were away for longer than its retention."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from time import monotonic
from typing import Annotated, Any
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Query, Request

from services.chassis.database import DriverConnection
from services.chassis.errors import Forbidden, Invalid
from services.contracts.event import AREA_CODE
from services.contracts.registry import by_type
from services.gateway.agencies import cursor
from services.gateway.agencies.access import Credential, access
from services.gateway.agencies.cloudevents import Batch, CloudEvent, batch
from services.gateway.agencies.cursor import LATEST, Question
from services.gateway.agencies.door import READ, Agency
from services.gateway.agencies.feed import Page, newest, page
from services.gateway.agencies.scope import Scope, types_of
from services.gateway.agencies.snapshot import PROJECTIONS, cards
from services.gateway.edge.guard import Gateway, GatewayDep
from services.gateway.reading import one_snapshot

router = APIRouter(prefix="/v1/events", tags=["events · 事件"])
LOOK_SECONDS = 1.0
CURSOR = "Jinding-Cursor"
CAUGHT_UP = "Jinding-Caught-Up"
DOCUMENTED: dict[str, Any] = {
    "response_model": list[CloudEvent],
    "response_class": Batch,
    "openapi_extra": {"x-permission": READ},
}

Limit = Annotated[int, Query(ge=1, le=1000)]
Area = Annotated[str | None, Query(pattern=AREA_CODE, description="行政区划前缀 · a prefix")]


class UnknownType(Invalid):
    def __init__(self, names: Sequence[str], pointer: str) -> None:
        told = "、".join(name[:100] for name in names)
        super().__init__(f"没有这样的事件类型：{told}。", f"No such type: {told}.", pointer=pointer)


class OutsideGrant(Forbidden):
    def __init__(self, pointer: str) -> None:
        super().__init__(
            "所查询的内容不在授权范围内。", "That lies outside the grant.", pointer=pointer
        )


@router.get("", operation_id="read_events", **DOCUMENTED)
async def read_events(
    request: Request,
    gateway: GatewayDep,
    agency: Agency,
    types: Annotated[str | None, Query(max_length=8_000, description="逗号分隔 · a,b")] = None,
    area: Area = None,
    after: Annotated[str | None, Query(max_length=16_000)] = None,
    limit: Limit = 100,
    wait: Annotated[int, Query(ge=0, le=30, description="秒 · seconds")] = 0,
) -> Batch:
    """The events that are granted to the agency, from the first one ever archived, or behind the cursor `after`; of one
    aggregate in their order. `types` and `area` narrow that down; what is not granted at all answers 403.

    The cursor of what follows is in `Jinding-Cursor` and in `Link: rel=next`, on every answer, an empty one too; it is
    valid for as long as the archive, for the same `types` and `area`. `Jinding-Caught-Up: true` says that there was
    nothing more; then `wait` keeps the answer back until something comes, for so many seconds at most. Events may come
    again, with the same `id`. 409 `snapshot_needed`: the grant has changed, or the archive is an older one.

    A complete replica: take a cursor by `after=latest`, read all pages of the snapshots, then the feed from that cursor,
    and of each aggregate drop what is not newer in (`epoch`, `aggregateversion`) than what is known."""
    asked = Question(tuple(sorted({*types.split(",")})) if types is not None else None, area)
    if unknown := sorted({*(asked.types or ())} - by_type().keys()):
        raise UnknownType(unknown, "/query/types")
    until = monotonic() + wait
    while True:
        news = gateway.live.news
        async with _reading(gateway, agency) as (raw, scopes):
            _within(scopes, asked)
            found = await _found(raw, scopes, asked, after, limit)
            after = cursor.written(found.positions, asked, scopes)
        if found.events or (left := until - monotonic()) <= 0:
            return _answer(request, found, after)
        if found.caught_up:
            with suppress(TimeoutError):
                await asyncio.wait_for(news.wait(), min(left, LOOK_SECONDS))


@router.get("/snapshot", operation_id="read_snapshot", **DOCUMENTED)
async def read_snapshot(
    request: Request,
    gateway: GatewayDep,
    agency: Agency,
    type: Annotated[str, Query(max_length=200, description="快照的类型 · of the snapshots")],
    area: Area = None,
    after: UUID | None = None,
    limit: Limit = 100,
) -> Batch:
    """Every aggregate of which `type` is the snapshot and which the agency may see, as it is now, by id. Needs a grant of
    all types of the topic, or of this one. What changes while the pages are read comes in the feed, if its cursor was
    taken before the first page. `Link: rel=next` on every page but the last."""
    if type not in PROJECTIONS:
        raise UnknownType([type], "/query/type")
    async with _reading(gateway, agency) as (raw, scopes):
        _within(scopes, Question((type,), area), "/query/type")
        found = await cards(raw, scopes, type, area, after, limit)
    headers = _next(request, after=str(found.following)) if found.following else {}
    return batch(found.events, headers)


@asynccontextmanager
async def _reading(
    gateway: Gateway, agency: Credential
) -> AsyncIterator[tuple[DriverConnection, Sequence[Scope]]]:
    """One snapshot of the database, and what is granted in it."""
    async with one_snapshot(gateway.database) as raw:
        yield raw, (await access(raw, agency)).scopes


def _within(scopes: Sequence[Scope], asked: Question, pointer: str = "/query/types") -> None:
    """Refuse what no grant allows. Of an area that reaches further than the grant, the granted part is meant."""
    if asked.types is not None and not types_of(scopes) >= {*asked.types}:
        raise OutsideGrant(pointer)
    areas = [area for scope in scopes for area in scope.areas or ("",)]
    if asked.area and not any(a.startswith(asked.area) or asked.area.startswith(a) for a in areas):
        raise OutsideGrant("/query/area")


async def _found(
    raw: DriverConnection, scopes: Sequence[Scope], asked: Question, after: str | None, limit: int
) -> Page:
    if after == LATEST:
        return await newest(raw, scopes)
    positions = cursor.read(after, asked, scopes) if after is not None else {}
    return await page(raw, scopes, asked, positions, limit)


def _answer(request: Request, found: Page, after: str) -> Batch:
    told = {CURSOR: after, CAUGHT_UP: str(found.caught_up).lower()}
    return batch(found.events, told | _next(request, after=after))


def _next(request: Request, **changed: str) -> dict[str, str]:
    asked = {**request.query_params, **changed}
    return {"Link": f'<{request.scope["path"]}?{urlencode(asked)}>; rel="next"'}
