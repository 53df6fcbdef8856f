from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from starlette.responses import Response

from services.chassis.http.reads import Page, Pages, Reading, reads
from services.chassis.http.writes import Creating, Stepping, creation, step
from services.contracts.codes_errands import ErrandOutcome, MatterKind
from services.grid.errands import operations, queries, schemas
from services.grid.errands.queries import ERRANDS
from services.grid.errands.rules import Status

router = APIRouter(prefix="/v1/grid/errands", tags=["errands"])


@router.post("", **creation(operations.submit_errand))
async def submit_errand(body: schemas.ErrandIn, unit: Creating) -> Response:
    return await unit.create(operations.submit_errand, body)


@router.get("", **reads("errand.read", Page[schemas.ErrandLine], "list_errands"))
async def list_errands(
    reading: Reading,
    pages: Pages,
    status: Annotated[list[Status] | None, Query()] = None,
    matter: MatterKind | None = None,
    outcome: ErrandOutcome | None = None,
    overdue: bool | None = None,
) -> Response:
    """Errands that the caller may see, applicants masked, newest entry first. `overdue`: not delivered by the time
    promised."""
    conditions = queries.matching(status, matter, outcome, overdue)
    return await reading.page(ERRANDS, schemas.ErrandLine, pages, *conditions, people=schemas.put)


@router.get("/{errand_id}", **reads("errand.read", schemas.ErrandOut, "get_errand"))
async def get_errand(errand_id: UUID, reading: Reading) -> Response:
    """An errand in full, its people masked, with what this caller could do with it now."""
    return await reading.detail(ERRANDS, errand_id)


@router.post("/{errand_id}/accept", **step(operations.accept_errand))
async def accept_errand(errand_id: UUID, body: schemas.AcceptIn, unit: Stepping) -> Response:
    return await unit.step(operations.accept_errand, errand_id, body)


@router.post("/{errand_id}/authorise", **step(operations.authorise_errand))
async def authorise_errand(errand_id: UUID, body: schemas.AuthoriseIn, unit: Stepping) -> Response:
    return await unit.step(operations.authorise_errand, errand_id, body)


@router.post("/{errand_id}/start", **step(operations.start_errand))
async def start_errand(errand_id: UUID, body: schemas.StepIn, unit: Stepping) -> Response:
    return await unit.step(operations.start_errand, errand_id, body)


@router.post("/{errand_id}/file", **step(operations.file_errand))
async def file_errand(errand_id: UUID, body: schemas.FileIn, unit: Stepping) -> Response:
    return await unit.step(operations.file_errand, errand_id, body)


@router.post("/{errand_id}/answer", **step(operations.answer_errand))
async def answer_errand(errand_id: UUID, body: schemas.AnswerIn, unit: Stepping) -> Response:
    return await unit.step(operations.answer_errand, errand_id, body)


@router.post("/{errand_id}/take-paper", **step(operations.take_paper))
async def take_paper(errand_id: UUID, body: schemas.TakePaperIn, unit: Stepping) -> Response:
    return await unit.step(operations.take_paper, errand_id, body)


@router.post("/{errand_id}/return-paper", **step(operations.return_paper))
async def return_paper(errand_id: UUID, body: schemas.ReturnPaperIn, unit: Stepping) -> Response:
    return await unit.step(operations.return_paper, errand_id, body)


@router.post("/{errand_id}/obtain", **step(operations.obtain_errand))
async def obtain_errand(errand_id: UUID, body: schemas.ObtainIn, unit: Stepping) -> Response:
    return await unit.step(operations.obtain_errand, errand_id, body)


@router.post("/{errand_id}/deliver", **step(operations.deliver_errand))
async def deliver_errand(errand_id: UUID, body: schemas.DeliverIn, unit: Stepping) -> Response:
    return await unit.step(operations.deliver_errand, errand_id, body)


@router.post("/{errand_id}/close", **step(operations.close_errand))
async def close_errand(errand_id: UUID, body: schemas.StepIn, unit: Stepping) -> Response:
    return await unit.step(operations.close_errand, errand_id, body)


@router.post("/{errand_id}/settle", **step(operations.settle_errand))
async def settle_errand(errand_id: UUID, body: schemas.SettleIn, unit: Stepping) -> Response:
    return await unit.step(operations.settle_errand, errand_id, body)


@router.post("/{errand_id}/withdraw", **step(operations.withdraw_errand))
async def withdraw_errand(errand_id: UUID, body: schemas.StepIn, unit: Stepping) -> Response:
    return await unit.step(operations.withdraw_errand, errand_id, body)


@router.post("/{errand_id}/give-up", **step(operations.give_up_errand))
async def give_up_errand(errand_id: UUID, body: schemas.GiveUpIn, unit: Stepping) -> Response:
    return await unit.step(operations.give_up_errand, errand_id, body)
