"""Import batches: historical records carry their batch and source, and hold their clocks until it is completed."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from uuid_utils.compat import uuid7

from services.chassis.decision import HISTORY_PERMISSION
from services.chassis.http.reads import reads
from services.chassis.imports import ImportUnknown
from services.chassis.runtime import CallerDep, Runtime, RuntimeDep
from services.chassis.tables import clock, import_batch


class ImportIn(BaseModel):
    """`source`: where the records come from, e.g. a system's name and export date."""

    model_config = ConfigDict(extra="forbid")

    id: UUID | None = None
    source: str = Field(min_length=1, max_length=200)


class ImportOut(BaseModel):
    id: UUID
    source: str
    opened_at: datetime
    completed_at: datetime | None


def router(service: str) -> APIRouter:
    routes = APIRouter(prefix=f"/v1/{service}/imports", tags=[service])

    def route(step: str) -> dict[str, Any]:
        return reads(HISTORY_PERMISSION, ImportOut, f"{step}_{service}_import", conflicts=False)

    @routes.post("", status_code=201, **route("open"))
    async def open_import(body: ImportIn, runtime: RuntimeDep, caller: CallerDep) -> ImportOut:
        """Open an import batch. An equal id answers with one's own batch as it is."""
        id_ = body.id or uuid7()
        values = {"id": id_, "source": body.source, "opened_by": caller.subject}
        values["opened_at"] = datetime.now(UTC)
        async with runtime.database.transaction() as connection:
            await connection.execute(upsert(import_batch).values(values).on_conflict_do_nothing())
        return ImportOut.model_validate(await _found(runtime, caller, id_))

    @routes.post("/{import_id}/complete", **route("complete"))
    async def complete_import(import_id: UUID, runtime: RuntimeDep, caller: CallerDep) -> ImportOut:
        """Complete an import batch of one's own: clocks that still run may fire from now on, each once."""
        await _found(runtime, caller, import_id)
        async with runtime.database.transaction() as connection:
            running = import_batch.c.id == import_id, import_batch.c.completed_at.is_(None)
            done = update(import_batch).where(*running).values(completed_at=datetime.now(UTC))
            await connection.execute(done)
            held = clock.c.held_by == import_id
            ordered = select(clock).where(held).order_by(*clock.primary_key).with_for_update()
            await connection.execute(ordered)  # as the flush does
            await connection.execute(update(clock).where(held).values(held_by=None))
        return ImportOut.model_validate(await _found(runtime, caller, import_id))

    return routes


async def _found(runtime: Runtime, caller: CallerDep, id: UUID) -> dict[str, Any]:
    own = import_batch.c.id == id, import_batch.c.opened_by == caller.subject
    async with runtime.database.connection() as connection:
        result = await connection.execute(select(import_batch).where(*own))
        row = result.mappings().first()
    if row is None:
        raise ImportUnknown
    return dict(row)
