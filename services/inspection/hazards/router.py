from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from starlette.responses import Response

from services.chassis.http.reads import Page, Pages, Reading, reads
from services.chassis.http.writes import Creating, Stepping, creation, step
from services.contracts.codes_inspection import Domain, Level
from services.inspection.hazards import operations, queries, schemas
from services.inspection.hazards.queries import HAZARDS
from services.inspection.hazards.rules import Status

router = APIRouter(prefix="/v1/inspection/hazards", tags=["hazards"])


@router.post("", **creation(operations.find_hazard))
async def find_hazard(body: schemas.HazardIn, unit: Creating) -> Response:
    return await unit.create(operations.find_hazard, body)


@router.get("", **reads("hazard.read", Page[schemas.HazardLine], "list_hazards"))
async def list_hazards(
    reading: Reading,
    pages: Pages,
    status: Annotated[list[Status] | None, Query()] = None,
    level: Level | None = None,
    domain: Domain | None = None,
    enterprise_id: UUID | None = None,
) -> Response:
    """Hazards that the caller may see, newest entry first."""
    conditions = queries.matching(status, level, domain, enterprise_id)
    return await reading.page(HAZARDS, schemas.HazardLine, pages, *conditions)


@router.get("/{hazard_id}", **reads("hazard.read", schemas.HazardOut, "get_hazard"))
async def get_hazard(hazard_id: UUID, reading: Reading) -> Response:
    """A hazard in full, with what this caller could do with it now."""
    return await reading.detail(HAZARDS, hazard_id)


@router.post("/{hazard_id}/notify", **step(operations.notify_hazard))
async def notify_hazard(hazard_id: UUID, body: schemas.NotifyIn, unit: Stepping) -> Response:
    return await unit.step(operations.notify_hazard, hazard_id, body)


@router.post("/{hazard_id}/plan", **step(operations.plan_rectification))
async def plan_rectification(hazard_id: UUID, body: schemas.PlanIn, unit: Stepping) -> Response:
    return await unit.step(operations.plan_rectification, hazard_id, body)


@router.post("/{hazard_id}/submit", **step(operations.submit_rectification))
async def submit_rectification(hazard_id: UUID, body: schemas.SubmitIn, unit: Stepping) -> Response:
    return await unit.step(operations.submit_rectification, hazard_id, body)


@router.post("/{hazard_id}/pass", **step(operations.pass_hazard_review))
async def pass_hazard_review(hazard_id: UUID, body: schemas.PassIn, unit: Stepping) -> Response:
    return await unit.step(operations.pass_hazard_review, hazard_id, body)


@router.post("/{hazard_id}/fail", **step(operations.fail_hazard_review))
async def fail_hazard_review(hazard_id: UUID, body: schemas.FailIn, unit: Stepping) -> Response:
    return await unit.step(operations.fail_hazard_review, hazard_id, body)


@router.post("/{hazard_id}/close", **step(operations.close_hazard))
async def close_hazard(hazard_id: UUID, body: schemas.CloseIn, unit: Stepping) -> Response:
    return await unit.step(operations.close_hazard, hazard_id, body)


@router.post("/{hazard_id}/void", **step(operations.void_hazard))
async def void_hazard(hazard_id: UUID, body: schemas.VoidIn, unit: Stepping) -> Response:
    return await unit.step(operations.void_hazard, hazard_id, body)
