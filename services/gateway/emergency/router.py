"""Emergency access (破窗): when a matter of another area cannot wait, and what becomes of it afterwards."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from sqlalchemy.ext.asyncio import AsyncConnection

from services.chassis.audit import Action, Entry
from services.chassis.database import DriverConnection, driver
from services.chassis.identity.caller import Caller
from services.gateway.edge.guard import Gateway, GatewayDep, Guarded, reads
from services.gateway.emergency import store
from services.gateway.emergency.schemas import EmergenciesOut, EmergencyIn, EmergencyOut, ReviewIn

router = APIRouter(prefix="/v1", tags=["emergency access"])
NOUN = "emergency_access"


@router.post(
    "/emergency-access",
    **reads("emergency.begin", EmergencyOut, "begin_emergency_access"),
    status_code=201,
)
async def begin_emergency_access(
    body: EmergencyIn, gateway: GatewayDep, caller: Guarded
) -> EmergencyOut:
    """For three hours the caller's reads reach this area too; what may be written stays as it is. It is audited at
    once, so is each read that needs it, and somebody else reviews it afterwards."""
    async with _changing(gateway) as (connection, raw):
        row = await store.begin(raw, caller, body)
        await _told(gateway, connection, caller, row, "began")
    return await _known(gateway, row)


@router.post(
    "/emergency-accesses/{access_id}/end",
    **reads("emergency.begin", EmergencyOut, "end_emergency_access"),
)
async def end_emergency_access(
    access_id: UUID, gateway: GatewayDep, caller: Guarded
) -> EmergencyOut:
    """End it before its time: whoever began it, or a reviewer. One that is over stays as it is."""
    async with _changing(gateway) as (connection, raw):
        row = await store.end(raw, caller, access_id)
        await _told(gateway, connection, caller, row, "ended")
    return await _known(gateway, row)


@router.post(
    "/emergency-accesses/{access_id}/review",
    **reads("emergency.review", EmergencyOut, "review_emergency_access"),
)
async def review_emergency_access(
    access_id: UUID, body: ReviewIn, gateway: GatewayDep, caller: Guarded
) -> EmergencyOut:
    """Say whether it was justified: once, after its end, and never by whoever used it."""
    async with _changing(gateway) as (connection, raw):
        row = await store.review(raw, caller, access_id, body)
        await _told(gateway, connection, caller, row, body.finding.lower())
    return _shown(row)


@router.get(
    "/emergency-accesses",
    **reads("emergency.read", EmergenciesOut, "list_emergency_accesses"),
)
async def list_emergency_accesses(
    gateway: GatewayDep,
    caller: Guarded,
    unreviewed: bool = False,
    after: UUID | None = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> EmergenciesOut:
    """One's own; for reviewers those of their areas. Newest first; `unreviewed`: only what still waits for a review."""
    async with gateway.database.connection() as connection:
        rows = await store.page(await driver(connection), caller, after, unreviewed, limit + 1)
    items = [_shown(row) for row in rows[:limit]]
    return EmergenciesOut(items=items, next=items[-1].id if len(rows) > limit else None)


@asynccontextmanager
async def _changing(gateway: Gateway) -> AsyncIterator[tuple[AsyncConnection, DriverConnection]]:
    async with gateway.database.transaction() as connection:
        yield connection, await driver(connection)


async def _told(
    gateway: Gateway, connection: AsyncConnection, caller: Caller, row: Any, outcome: str
) -> None:
    entry = Entry(
        Action.EMERGENCY, NOUN, row["id"], row["area_code"], (), row["reason"], outcome=outcome
    )
    await gateway.audit.record(connection, caller, entry)


async def _known(gateway: Gateway, row: Any) -> EmergencyOut:
    """This replica knows before it answers; the others are told."""
    async with gateway.database.connection() as connection:
        await gateway.emergencies.look(await driver(connection))
    return _shown(row)


def _shown(row: Any) -> EmergencyOut:
    return EmergencyOut.model_validate(dict(row))
