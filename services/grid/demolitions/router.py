from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from starlette.responses import Response

from services.chassis.http.reads import Page, Pages, Reading, reads
from services.chassis.http.writes import Creating, Stepping, creation, step
from services.contracts.codes_outreach import DemolitionMode
from services.grid.campaigns.schemas import Code as CampaignCode
from services.grid.demolitions import operations, queries, schemas
from services.grid.demolitions.queries import DEMOLITIONS
from services.grid.demolitions.rules import Status

router = APIRouter(prefix="/v1/grid/demolitions", tags=["demolitions"])


@router.post("", **creation(operations.record_demolition))
async def record_demolition(body: schemas.DemolitionIn, unit: Creating) -> Response:
    return await unit.create(operations.record_demolition, body)


@router.get("", **reads("demolition.read", Page[schemas.DemolitionLine], "list_demolitions"))
async def list_demolitions(
    reading: Reading,
    pages: Pages,
    status: Annotated[list[Status] | None, Query()] = None,
    mode: DemolitionMode | None = None,
    campaign: CampaignCode | None = None,
) -> Response:
    """Demolitions that the caller may see, newest entry first."""
    conditions = queries.matching(status, mode, campaign)
    return await reading.page(DEMOLITIONS, schemas.DemolitionLine, pages, *conditions)


@router.get("/{demolition_id}", **reads("demolition.read", schemas.DemolitionOut, "get_demolition"))
async def get_demolition(demolition_id: UUID, reading: Reading) -> Response:
    """A demolition in full, with what this caller could do with it now."""
    return await reading.detail(DEMOLITIONS, demolition_id)


@router.post("/{demolition_id}/add-photos", **step(operations.add_demolition_photos))
async def add_demolition_photos(
    demolition_id: UUID, body: schemas.PhotosIn, unit: Stepping
) -> Response:
    return await unit.step(operations.add_demolition_photos, demolition_id, body)


@router.post("/{demolition_id}/confirm", **step(operations.confirm_demolition))
async def confirm_demolition(
    demolition_id: UUID, body: schemas.ConfirmIn, unit: Stepping
) -> Response:
    return await unit.step(operations.confirm_demolition, demolition_id, body)


@router.post("/{demolition_id}/void", **step(operations.void_demolition))
async def void_demolition(demolition_id: UUID, body: schemas.VoidIn, unit: Stepping) -> Response:
    return await unit.step(operations.void_demolition, demolition_id, body)
