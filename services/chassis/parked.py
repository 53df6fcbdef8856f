"""The outbox in the hands of an operator: what cannot be published, and what shall be published again."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import structlog
from fastapi import APIRouter, Path
from pydantic import BaseModel, ConfigDict, StringConstraints
from sqlalchemy import Executable, select, update
from sqlalchemy.dialects.postgresql import insert

from services.chassis.audit import Action, Entry
from services.chassis.deadletters import MANAGE
from services.chassis.errors import NotFound
from services.chassis.http.reads import reads
from services.chassis.identity.caller import Caller
from services.chassis.operation import When
from services.chassis.outbox import outbox, unpublished
from services.chassis.runtime import CallerDep, Runtime, RuntimeDep

log = structlog.get_logger()


class ParkedOut(BaseModel):
    """`reason`: why it cannot be published; later events of its aggregate wait behind it."""

    id: int
    topic: str
    type: str
    aggregate_id: UUID
    version: int
    reason: str
    created_at: datetime


class Parked(BaseModel):
    """The 200 oldest."""

    items: list[ParkedOut]


class ReplayIn(BaseModel):
    """Which published events: those of `topic` recorded from `since` up to before `until`."""

    model_config = ConfigDict(extra="forbid")

    topic: Annotated[str, StringConstraints(max_length=200)]
    since: When
    until: When


class ReplayOut(BaseModel):
    events: int


def router(service: str) -> APIRouter:
    routes = APIRouter(prefix=f"/v1/{service}", tags=[service])

    def route(name: str, answer: Any) -> dict[str, Any]:
        return reads(MANAGE, answer, name, conflicts=False)

    @routes.get("/parked-events", **route(f"list_{service}_parked_events", Parked))
    async def list_parked_events(runtime: RuntimeDep) -> Parked:
        """Events that the log does not take."""
        return await _parked(runtime)

    @routes.post("/parked-events/{event_id}/release", **route(f"release_{service}_event", Parked))
    async def release_event(
        event_id: Annotated[int, Path(ge=1, lt=2**63)], runtime: RuntimeDep, caller: CallerDep
    ) -> Parked:
        """Try to publish it, and those behind it, once more."""
        this = (outbox.c.id == event_id) & outbox.c.parked.is_not(None)
        entry = Entry(Action.DEADLETTER, "parked_event", None, outcome=f"released {event_id}")
        released = update(outbox).where(this).values(parked=None)
        if not await _changed(runtime, released, caller, entry):
            raise NotFound
        log.info("event_released", outbox_id=event_id, by=caller.subject)
        return await _parked(runtime)

    @routes.post("/replays", **route(f"replay_{service}_events", ReplayOut))
    async def replay_events(body: ReplayIn, runtime: RuntimeDep, caller: CallerDep) -> ReplayOut:
        """Publish events once more, byte for byte; readers know them and apply nothing twice."""
        these = (
            (outbox.c.topic == body.topic)
            & (outbox.c.created_at >= body.since)
            & (outbox.c.created_at < body.until)
        )
        rows = select(outbox.c.lane, outbox.c.id).where(these)
        again = insert(unpublished).from_select(["lane", "id"], rows).on_conflict_do_nothing()
        entry = Entry(Action.DEADLETTER, "replay", None, fields=(body.topic,), outcome="replayed")
        count = await _changed(runtime, again, caller, entry)
        log.info("events_replayed", by=caller.subject, events=count, **body.model_dump(mode="json"))
        return ReplayOut(events=count)

    return routes


async def _parked(runtime: Runtime) -> Parked:
    event = outbox.c
    columns = event.id, event.topic, event.aggregate_id, event.version, event.created_at
    told = event.headers["ce_type"].astext.label("type"), event.parked.label("reason")
    statement = select(*columns, *told).where(event.parked.is_not(None)).order_by(event.id)
    async with runtime.database.connection() as connection:
        rows = (await connection.execute(statement.limit(200))).mappings()
        return Parked(items=[ParkedOut.model_validate(dict(row)) for row in rows])


async def _changed(runtime: Runtime, statement: Executable, by: Caller, entry: Entry) -> int:
    """How many rows the relay is to look at."""
    async with runtime.database.transaction() as connection:
        done = await connection.execute(statement)
        if done.rowcount:
            await runtime.audit.record(connection, by, entry)
    runtime.unit.committed()
    return done.rowcount
