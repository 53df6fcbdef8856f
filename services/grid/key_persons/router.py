from datetime import UTC, datetime
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from services.chassis.deadlines.calendar import local_day
from services.chassis.http.reads import reads
from services.chassis.http.writes import Creating, Stepping, creation, step
from services.chassis.privacy.reveal import NEVER_KEPT
from services.chassis.runtime import CallerDep, RuntimeDep
from services.grid.key_persons import operations, reading, schemas

router = APIRouter(prefix="/v1/grid/key-persons", tags=["key persons"])
READ = "keyperson.read"


@router.post("", **creation(operations.enrol_key_person))
async def enrol_key_person(body: schemas.KeyPersonIn, unit: Creating) -> Response:
    return await unit.create(operations.enrol_key_person, body)


@router.get("/counts", **reads("keyperson.count", schemas.CountsOut, "count_key_persons"))
async def count_key_persons(runtime: RuntimeDep, caller: CallerDep) -> schemas.CountsOut:
    """How many there were at the end of last month, in multiples of five; less than five is not told."""
    return await reading.counts(runtime, caller, local_day(datetime.now(UTC)))


@router.post("/search", **reads(READ, schemas.KeyPersonsOut, "search_key_persons", conflicts=False))
async def search_key_persons(
    body: schemas.SearchIn, runtime: RuntimeDep, caller: CallerDep
) -> Response:
    """Records of one's areas, masked, for a purpose. That each was read, and why, is recorded before the answer."""
    return _told(await reading.searched(runtime, caller, body))


@router.post(
    "/{record_id}/read", **reads(READ, schemas.KeyPersonOut, "read_key_person", conflicts=False)
)
async def read_key_person(
    record_id: UUID, body: schemas.ReadIn, runtime: RuntimeDep, caller: CallerDep
) -> Response:
    """A record in full, masked, for a purpose that is recorded before the answer."""
    return _told(await reading.detail(runtime, caller, record_id, body))


@router.post("/{record_id}/regrade", **step(operations.regrade_key_person))
async def regrade_key_person(record_id: UUID, body: schemas.RegradeIn, unit: Stepping) -> Response:
    return await unit.step(operations.regrade_key_person, record_id, body)


@router.post("/{record_id}/visit", **step(operations.visit_key_person))
async def visit_key_person(record_id: UUID, body: schemas.VisitIn, unit: Stepping) -> Response:
    return await unit.step(operations.visit_key_person, record_id, body)


@router.post("/{record_id}/remove", **step(operations.remove_key_person))
async def remove_key_person(record_id: UUID, body: schemas.RemoveIn, unit: Stepping) -> Response:
    return await unit.step(operations.remove_key_person, record_id, body)


def _told(out: schemas.KeyPersonsOut | schemas.KeyPersonOut) -> Response:
    return Response(out.model_dump_json(), media_type="application/json", headers=NEVER_KEPT)
