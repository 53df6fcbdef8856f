from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from services.chassis.http.reads import Page, Pages, Reading, reads
from services.chassis.http.writes import Creating, Stepping, creation, step
from services.contracts.codes_disputes import Outcome, Topic
from services.disputes.receptions import operations, queries, schemas
from services.disputes.receptions.queries import RECEPTIONS

router = APIRouter(prefix="/v1/disputes/receptions", tags=["receptions"])


@router.post("", **creation(operations.record_reception))
async def record_reception(body: schemas.ReceptionIn, unit: Creating) -> Response:
    return await unit.create(operations.record_reception, body)


@router.get("", **reads("reception.read", Page[schemas.ReceptionLine], "list_receptions"))
async def list_receptions(
    reading: Reading,
    pages: Pages,
    topic_code: Topic | None = None,
    outcome: Outcome | None = None,
    group_id: UUID | None = None,
) -> Response:
    """Receptions that the caller may see, newest entry first."""
    conditions = queries.matching(topic_code, outcome, group_id)
    return await reading.page(RECEPTIONS, schemas.ReceptionLine, pages, *conditions)


@router.get("/{reception_id}", **reads("reception.read", schemas.ReceptionOut, "get_reception"))
async def get_reception(reception_id: UUID, reading: Reading) -> Response:
    """A reception in full."""
    return await reading.detail(RECEPTIONS, reception_id)


@router.post("/{reception_id}/link", **step(operations.link_reception_case))
async def link_reception_case(reception_id: UUID, body: schemas.LinkIn, unit: Stepping) -> Response:
    return await unit.step(operations.link_reception_case, reception_id, body)
