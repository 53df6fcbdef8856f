from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from starlette.responses import Response

from services.chassis.http.reads import Page, Pages, Reading, reads
from services.chassis.http.whole_tables import Imported
from services.chassis.http.writes import Creating, Stepping, creation, step
from services.chassis.runtime import CallerDep, RuntimeDep
from services.contracts.codes_people import VisitMode
from services.grid.configured import fixing, put_rows
from services.grid.visits import operations, queries, schemas
from services.grid.visits.models import VisitOccasion
from services.grid.visits.queries import VISITS
from services.grid.visits.rules import Status

router = APIRouter(prefix="/v1/grid", tags=["visits"])


@router.post("/visits", **creation(operations.record_visit))
async def record_visit(body: schemas.VisitIn, unit: Creating) -> Response:
    return await unit.create(operations.record_visit, body)


@router.get("/visits", **reads("visit.read", Page[schemas.VisitLine], "list_visits"))
async def list_visits(
    reading: Reading,
    pages: Pages,
    status: Annotated[list[Status] | None, Query()] = None,
    mode: VisitMode | None = None,
    household_id: UUID | None = None,
    member_id: UUID | None = None,
    occasion: schemas.OccasionCode | None = None,
) -> Response:
    """Visits that the caller may see, newest entry first."""
    conditions = queries.matching(status, mode, household_id, member_id, occasion)
    return await reading.page(VISITS, schemas.VisitLine, pages, *conditions)


@router.get("/visit-occasions", **reads("visit.read", schemas.OccasionsOut, "list_visit_occasions"))
async def list_visit_occasions(runtime: RuntimeDep) -> schemas.OccasionsOut:
    """四必到四必访: the occasions on which households are to be visited, as configured."""
    return await queries.occasions(runtime.database)


@router.put(
    "/visit-occasions/import", **reads("visiting.configure", Imported, "import_visit_occasions")
)
async def import_visit_occasions(
    body: schemas.OccasionsIn, runtime: RuntimeDep, caller: CallerDep
) -> Imported:
    """Enter or change occasions, all rows or none. Visits and visit tasks keep the code that they were given, which stays
    of its half (必到、必访). Of one category there is one occasion."""
    return await put_rows(
        runtime, caller, VisitOccasion, body.rows, fixing("kind"), once="category"
    )


@router.get("/visits/{visit_id}", **reads("visit.read", schemas.VisitOut, "get_visit"))
async def get_visit(visit_id: UUID, reading: Reading) -> Response:
    """A visit in full, with what this caller could do with it now."""
    return await reading.detail(VISITS, visit_id)


@router.post("/visits/{visit_id}/correct", **step(operations.correct_visit))
async def correct_visit(visit_id: UUID, body: schemas.CorrectIn, unit: Stepping) -> Response:
    return await unit.step(operations.correct_visit, visit_id, body)


@router.post("/visits/{visit_id}/void", **step(operations.void_visit))
async def void_visit(visit_id: UUID, body: schemas.VoidIn, unit: Stepping) -> Response:
    return await unit.step(operations.void_visit, visit_id, body)
