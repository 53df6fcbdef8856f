"""What only the gateway and the operators' probes ask for: snapshots, the watermark, liveness, readiness."""

import asyncio
from time import monotonic
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic_core import to_json
from sqlalchemy import select, text
from starlette.responses import JSONResponse, Response

from services.chassis.database import driver
from services.chassis.errors import NotFound, Unavailable
from services.chassis.eventlog.port import LogUnavailable
from services.chassis.http.reads import permitted
from services.chassis.operation import Noun
from services.chassis.relay import published_through
from services.chassis.runtime import Runtime, RuntimeDep
from services.chassis.unit import load_rows
from services.contracts.topics import TOPICS

INTERNAL = "internal.read"
LOG_SECONDS = 1.0


class LogState:
    """Whether the event log answers, asked at most once a second."""

    def __init__(self) -> None:
        self.told, self.until = "unknown", 0.0

    async def now(self, runtime: Runtime) -> str:
        if monotonic() >= self.until:
            self.until = monotonic() + LOG_SECONDS
            own = next(t for t in TOPICS if t.split(".")[1] == runtime.definition.name)
            try:
                await asyncio.wait_for(runtime.log.ends([own]), LOG_SECONDS)
                self.told = "ok"
            except (LogUnavailable, TimeoutError):
                self.told = "unreachable"
        return self.told


def router() -> APIRouter:
    log = LogState()
    routes = APIRouter(include_in_schema=False)

    @routes.get("/internal/snapshot/{noun}", dependencies=[permitted(INTERNAL)])
    async def snapshot(
        noun: str,
        runtime: RuntimeDep,
        after: UUID | None = None,
        only: UUID | None = None,
        limit: Annotated[int, Query(ge=1, le=1000)] = 500,
    ) -> Response:
        """A keyset page of every aggregate of a noun as its snapshot event, by id."""
        found = runtime.definition.noun(noun)
        if found is None:
            raise NotFound
        rows = await _rows(runtime, found, after, only, limit)
        items = [
            {
                "id": row.id,
                "version": row.version,
                "type": (event := row.snapshot()).type,
                "event": event.model_dump(mode="json"),
            }
            for row in rows
        ]
        following = rows[-1].id if len(rows) == limit else None
        page = {"epoch": runtime.unit.epoch, "items": items, "next": following}
        return Response(to_json(page), media_type="application/json")

    @routes.get("/internal/watermark", dependencies=[permitted(INTERNAL)])
    async def watermark(runtime: RuntimeDep) -> dict[str, Any]:
        async with runtime.database.connection() as connection:
            through = await published_through(await driver(connection))
        return {"published_through": through, "epoch": runtime.unit.epoch}

    @routes.get("/livez")
    async def live() -> dict[str, str]:
        return {"status": "ok"}

    @routes.get("/readyz")
    async def ready(runtime: RuntimeDep) -> Response:
        """Ready to serve: the database answers. The log is told, but may be away: the outbox fills."""
        try:
            async with runtime.database.connection() as connection:
                await connection.execute(text("select 1"))
            database = "ok"
        except Unavailable:
            database = "unreachable"
        told = {"database": database, "event_log": await log.now(runtime)}
        return JSONResponse(told, 200 if database == "ok" else 503)

    return routes


async def _rows(
    runtime: Any, noun: Noun[Any], after: UUID | None, only: UUID | None, limit: int
) -> list[Any]:
    model = noun.model
    statement = select(model).order_by(model.id).limit(limit)
    if after:
        statement = statement.where(model.id > after)
    if only:
        statement = statement.where(model.id == only)
    async with runtime.database.connection() as connection:
        return list((await connection.run_sync(load_rows, statement)).values())
