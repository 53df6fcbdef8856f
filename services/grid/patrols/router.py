from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from starlette.responses import Response

from services.chassis.http.reads import Page, Pages, Reading, reads
from services.chassis.http.writes import Creating, Stepping, creation, step
from services.grid.campaigns.schemas import Code as CampaignCode
from services.grid.patrols import operations, queries, schemas
from services.grid.patrols.queries import PATROLS
from services.grid.patrols.rules import Status

router = APIRouter(prefix="/v1/grid/patrols", tags=["patrols"])


@router.post("", **creation(operations.record_patrol))
async def record_patrol(body: schemas.PatrolIn, unit: Creating) -> Response:
    return await unit.create(operations.record_patrol, body)


@router.get("", **reads("patrol.read", Page[schemas.PatrolLine], "list_patrols"))
async def list_patrols(
    reading: Reading,
    pages: Pages,
    status: Annotated[list[Status] | None, Query()] = None,
    campaign: CampaignCode | None = None,
    suspicious: Annotated[
        bool | None,
        Query(description="true: 定位存疑 only those with a doubtful position; false: all others"),
    ] = None,
) -> Response:
    """Patrols that the caller may see, newest entry first."""
    conditions = queries.matching(status, campaign, suspicious)
    return await reading.page(PATROLS, schemas.PatrolLine, pages, *conditions)


@router.get("/{patrol_id}", **reads("patrol.read", schemas.PatrolOut, "get_patrol"))
async def get_patrol(patrol_id: UUID, reading: Reading) -> Response:
    """A patrol in full, with what this caller could do with it now."""
    return await reading.detail(PATROLS, patrol_id)


@router.post("/{patrol_id}/finish", **step(operations.finish_patrol))
async def finish_patrol(patrol_id: UUID, body: schemas.FinishIn, unit: Stepping) -> Response:
    return await unit.step(operations.finish_patrol, patrol_id, body)


@router.post("/{patrol_id}/void", **step(operations.void_patrol))
async def void_patrol(patrol_id: UUID, body: schemas.VoidIn, unit: Stepping) -> Response:
    return await unit.step(operations.void_patrol, patrol_id, body)
