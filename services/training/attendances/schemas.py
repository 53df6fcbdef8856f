from datetime import date, datetime
from uuid import UUID

from pydantic import BaseModel, Field

from services.chassis.operation import Body, Creation, When
from services.contracts.codes_training import AttendanceMethod, Audience
from services.training.attendances.models import Attendance
from services.training.attendances.rules import Status


class RecordAttendanceIn(Creation):
    """Who was at which session, from when to when. An attendance entered by hand (MANUAL) says why."""

    session_id: UUID
    trainee_id: UUID
    in_at: When
    out_at: When
    method: AttendanceMethod
    manual_reason: str | None = Field(None, min_length=2, max_length=200)


class AssessIn(Body):
    """Theory score out of 100, and whether every must-item of the practice was done right. The assessor is
    whoever sends this."""

    theory_score: int = Field(ge=0, le=100)
    practice_passed: bool


class AttendanceLine(BaseModel):
    """An attendance in a list."""

    id: UUID
    version: int
    status: Status
    area_code: str
    session_id: UUID
    trainee_id: UUID
    audience: Audience
    attended_on: date
    minutes: int
    method: AttendanceMethod
    late_entry: bool


class AttendanceOut(AttendanceLine):
    """An attendance in full. `allowed_actions`: operation ids that this caller could run on it while its
    session is not settled."""

    in_at: datetime
    out_at: datetime
    manual_reason: str | None
    theory_score: int | None
    practice_passed: bool | None
    assessor: str | None
    assessed_at: datetime | None
    attempts: int
    correlation_id: UUID
    import_batch_id: UUID | None
    allowed_actions: list[str] = []

    @classmethod
    def of(cls, attendance: Attendance, allowed: list[str]) -> "AttendanceOut":
        shown = cls.model_validate(attendance, from_attributes=True)
        return shown.model_copy(update={"allowed_actions": allowed})
