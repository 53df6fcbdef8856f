from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from starlette.responses import Response

from services.chassis.http.reads import Page, Pages, Reading, reads
from services.chassis.http.writes import Creating, Stepping, creation, step
from services.training.attendances import operations, queries, schemas
from services.training.attendances.queries import ATTENDANCES
from services.training.attendances.rules import Status

READ = "attendance.read"
router = APIRouter(prefix="/v1/training/attendances", tags=["attendances"])


@router.post("", **creation(operations.record_attendance))
async def record_attendance(body: schemas.RecordAttendanceIn, unit: Creating) -> Response:
    return await unit.create(operations.record_attendance, body)


@router.get("", **reads(READ, Page[schemas.AttendanceLine], "list_attendances"))
async def list_attendances(
    reading: Reading,
    pages: Pages,
    session_id: UUID | None = None,
    trainee_id: UUID | None = None,
    status: Annotated[list[Status] | None, Query()] = None,
) -> Response:
    """Attendances that the caller may see, newest entry first."""
    conditions = queries.matching(session_id, trainee_id, status)
    return await reading.page(ATTENDANCES, schemas.AttendanceLine, pages, *conditions)


@router.get("/{attendance_id}", **reads(READ, schemas.AttendanceOut, "get_attendance"))
async def get_attendance(attendance_id: UUID, reading: Reading) -> Response:
    """An attendance in full, with what this caller could do with it now."""
    return await reading.detail(ATTENDANCES, attendance_id)


@router.post("/{attendance_id}/assess", **step(operations.record_assessment))
async def record_assessment(
    attendance_id: UUID, body: schemas.AssessIn, unit: Stepping
) -> Response:
    return await unit.step(operations.record_assessment, attendance_id, body)
