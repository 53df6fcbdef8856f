from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from starlette.responses import Response

from services.chassis.http.reads import Page, Pages, Reading, reads
from services.chassis.http.writes import Creating, Stepping, creation, step
from services.training.sessions import operations, queries, schemas
from services.training.sessions.queries import SESSIONS
from services.training.sessions.rules import Status

READ = "training_session.read"
router = APIRouter(prefix="/v1/training/sessions", tags=["training sessions"])


@router.post("", **creation(operations.open_training_session))
async def open_training_session(body: schemas.OpenSessionIn, unit: Creating) -> Response:
    return await unit.create(operations.open_training_session, body)


@router.get("", **reads(READ, Page[schemas.SessionLine], "list_training_sessions"))
async def list_training_sessions(
    reading: Reading,
    pages: Pages,
    status: Annotated[list[Status] | None, Query()] = None,
    course_code: Annotated[str | None, Query(max_length=40)] = None,
) -> Response:
    """Sessions that the caller may see, newest entry first."""
    conditions = queries.matching(status, course_code)
    return await reading.page(SESSIONS, schemas.SessionLine, pages, *conditions)


@router.get("/{session_id}", **reads(READ, schemas.SessionOut, "get_training_session"))
async def get_training_session(session_id: UUID, reading: Reading) -> Response:
    """A session in full, with what this caller could do with it now."""
    return await reading.detail(SESSIONS, session_id)


@router.post("/{session_id}/start", **step(operations.start_training_session))
async def start_training_session(
    session_id: UUID, body: schemas.SessionStepIn, unit: Stepping
) -> Response:
    return await unit.step(operations.start_training_session, session_id, body)


@router.post("/{session_id}/finish", **step(operations.finish_training_session))
async def finish_training_session(
    session_id: UUID, body: schemas.SessionStepIn, unit: Stepping
) -> Response:
    return await unit.step(operations.finish_training_session, session_id, body)


@router.post("/{session_id}/settle", **step(operations.settle_training_session))
async def settle_training_session(
    session_id: UUID, body: schemas.SessionStepIn, unit: Stepping
) -> Response:
    return await unit.step(operations.settle_training_session, session_id, body)


@router.post("/{session_id}/cancel", **step(operations.cancel_training_session))
async def cancel_training_session(
    session_id: UUID, body: schemas.CancelSessionIn, unit: Stepping
) -> Response:
    return await unit.step(operations.cancel_training_session, session_id, body)
