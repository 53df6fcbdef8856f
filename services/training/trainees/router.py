from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from starlette.responses import Response

from services.chassis.http.reads import Page, Pages, Reading, reads
from services.chassis.http.writes import Creating, creation
from services.contracts.codes_training import Audience
from services.training.trainees import operations, queries, schemas
from services.training.trainees.queries import TRAINEES

router = APIRouter(prefix="/v1/training/trainees", tags=["trainees"])


@router.post("", **creation(operations.register_trainee))
async def register_trainee(body: schemas.TraineeIn, unit: Creating) -> Response:
    return await unit.create(operations.register_trainee, body)


@router.get("", **reads("trainee.read", Page[schemas.TraineeLine], "list_trainees"))
async def list_trainees(
    reading: Reading,
    pages: Pages,
    audience: Audience | None = None,
    unit: Annotated[str | None, Query(max_length=18)] = None,
) -> Response:
    """Trainees that the caller may see, masked, newest entry first."""
    conditions = queries.matching(audience, unit)
    return await reading.page(TRAINEES, schemas.TraineeLine, pages, *conditions, people=schemas.put)


@router.get("/{trainee_id}", **reads("trainee.read", schemas.TraineeOut, "get_trainee"))
async def get_trainee(trainee_id: UUID, reading: Reading) -> Response:
    """A trainee, masked."""
    return await reading.detail(TRAINEES, trainee_id)
