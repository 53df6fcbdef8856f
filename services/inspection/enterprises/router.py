from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from starlette.responses import Response

from services.chassis.http.reads import Page, Pages, Reading, reads
from services.chassis.http.writes import Creating, Stepping, creation, step
from services.contracts.codes_inspection import Colour, EnterpriseStatus
from services.inspection.enterprises import operations, queries, schemas
from services.inspection.enterprises.queries import ENTERPRISES

router = APIRouter(prefix="/v1/inspection/enterprises", tags=["enterprises"])


@router.post("", **creation(operations.register_enterprise))
async def register_enterprise(body: schemas.EnterpriseIn, unit: Creating) -> Response:
    return await unit.create(operations.register_enterprise, body)


@router.get("", **reads("enterprise.read", Page[schemas.EnterpriseLine], "list_enterprises"))
async def list_enterprises(
    reading: Reading,
    pages: Pages,
    status: Annotated[list[EnterpriseStatus] | None, Query()] = None,
    colour: Annotated[list[Colour] | None, Query()] = None,
    is_industrial: bool | None = None,
    has_file: bool | None = None,
) -> Response:
    """Enterprises that the caller may see, newest entry first."""
    conditions = queries.matching(status, colour, is_industrial, has_file)
    return await reading.page(ENTERPRISES, schemas.EnterpriseLine, pages, *conditions)


@router.get("/{enterprise_id}", **reads("enterprise.read", schemas.EnterpriseOut, "get_enterprise"))
async def get_enterprise(enterprise_id: UUID, reading: Reading) -> Response:
    """An enterprise in full, with what this caller could do with it now."""
    return await reading.detail(ENTERPRISES, enterprise_id)


@router.post("/{enterprise_id}/file", **step(operations.open_safety_file))
async def open_safety_file(enterprise_id: UUID, body: schemas.FileIn, unit: Stepping) -> Response:
    return await unit.step(operations.open_safety_file, enterprise_id, body)


@router.post("/{enterprise_id}/status", **step(operations.change_enterprise_status))
async def change_enterprise_status(
    enterprise_id: UUID, body: schemas.StatusIn, unit: Stepping
) -> Response:
    return await unit.step(operations.change_enterprise_status, enterprise_id, body)


@router.post("/{enterprise_id}/ratings", **step(operations.rate_enterprise))
async def rate_enterprise(enterprise_id: UUID, body: schemas.RatingIn, unit: Stepping) -> Response:
    return await unit.step(operations.rate_enterprise, enterprise_id, body)
