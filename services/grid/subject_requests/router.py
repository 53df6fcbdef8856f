from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from starlette.responses import Response

from services.chassis.erasure.copies import COPY, CopyIn
from services.chassis.http.reads import Page, Pages, Reading, permitted, reads
from services.chassis.http.writes import Creating, Stepping, creation, step
from services.chassis.runtime import CallerDep, RuntimeDep
from services.contracts.codes_privacy import RightKind
from services.grid.subject_requests import operations, queries, schemas
from services.grid.subject_requests.queries import REQUESTS
from services.grid.subject_requests.rules import Status

router = APIRouter(prefix="/v1/grid/subject-requests", tags=["subject requests"])
READ = "subject_request.read"


@router.post("", **creation(operations.receive_subject_request))
async def receive_subject_request(body: schemas.RequestIn, unit: Creating) -> Response:
    return await unit.create(operations.receive_subject_request, body)


@router.get("", **reads(READ, Page[schemas.RequestLine], "list_subject_requests"))
async def list_subject_requests(
    reading: Reading,
    pages: Pages,
    status: Annotated[list[Status] | None, Query()] = None,
    kind: RightKind | None = None,
    overdue: bool | None = None,
) -> Response:
    """Requests of people about their own data, newest entry first. `overdue`: an answer, or a service's confirmation
    of an erasure, is late."""
    conditions = queries.matching(status, kind, overdue)
    return await reading.page(REQUESTS, schemas.RequestLine, pages, *conditions)


@router.get("/{request_id}", **reads(READ, schemas.RequestOut, "get_subject_request"))
async def get_subject_request(request_id: UUID, reading: Reading) -> Response:
    """A request in full, its person masked; of an erasure, which services have confirmed it."""
    return await reading.detail(REQUESTS, request_id)


@router.post("/{request_id}/verify", **step(operations.verify_subject_request))
async def verify_subject_request(
    request_id: UUID, body: schemas.RequestStepIn, unit: Stepping
) -> Response:
    return await unit.step(operations.verify_subject_request, request_id, body)


@router.post("/{request_id}/complete", **step(operations.complete_subject_request))
async def complete_subject_request(
    request_id: UUID, body: schemas.RequestStepIn, unit: Stepping
) -> Response:
    return await unit.step(operations.complete_subject_request, request_id, body)


@router.post("/{request_id}/erase", **step(operations.erase_subject))
async def erase_subject(request_id: UUID, body: schemas.RequestStepIn, unit: Stepping) -> Response:
    return await unit.step(operations.erase_subject, request_id, body)


@router.post("/{request_id}/refuse", **step(operations.refuse_subject_request))
async def refuse_subject_request(
    request_id: UUID, body: schemas.RefuseIn, unit: Stepping
) -> Response:
    return await unit.step(operations.refuse_subject_request, request_id, body)


copies = APIRouter(prefix="/internal/subject-requests", include_in_schema=False)


@copies.post("/{request_id}/subject", dependencies=[permitted(COPY)])
async def get_subject(request_id: UUID, runtime: RuntimeDep, caller: CallerDep) -> CopyIn:
    """Whom a verified request for access means; the gateway asks, in the name of who gathers the copy."""
    return await queries.subject(runtime.database, caller, request_id)
