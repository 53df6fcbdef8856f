from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field

from services.chassis.operation import Body, Creation, When
from services.contracts.codes_training import Audience
from services.training.sessions.models import TrainingSession
from services.training.sessions.rules import Status

AreaCode = Annotated[str, Field(pattern=r"^[0-9]{9}([0-9]{3}){0,2}$", examples=["330703103"])]
Code = Annotated[str, Field(pattern=r"^[0-9A-Za-z-]{2,40}$")]


class OpenSessionIn(Creation):
    """A course at a venue. `audiences`: whom it is for. `area_code`: the venue's township, village or grid.
    `occurred_at` is when it was announced; it cannot start before."""

    area_code: AreaCode
    course_code: Code
    course_title: str = Field(min_length=2, max_length=100)
    venue_code: Code
    starts_at: When
    ends_at: When
    capacity: int = Field(ge=1, le=2000)
    audiences: list[Audience] = Field(min_length=1, max_length=len(Audience))
    theory_minutes: int = Field(ge=0, le=6000)
    practice_minutes: int = Field(ge=0, le=6000)


class SessionStepIn(Body):
    """A step that needs nothing to be said."""


class CancelSessionIn(Body):
    reason: str = Field(min_length=2, max_length=200)


class SessionLine(BaseModel):
    """A session in a list."""

    id: UUID
    version: int
    status: Status
    area_code: str
    course_code: str
    course_title: str
    venue_code: str
    starts_at: datetime
    ends_at: datetime
    capacity: int
    audiences: list[Audience]
    late_entry: bool


class SessionOut(SessionLine):
    """A session in full. `allowed_actions`: operation ids that this caller could run on it now."""

    theory_minutes: int
    practice_minutes: int
    opened_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    settled_at: datetime | None
    cancelled_at: datetime | None
    cancel_reason: str | None
    correlation_id: UUID
    import_batch_id: UUID | None
    allowed_actions: list[str] = []

    @classmethod
    def of(cls, session: TrainingSession, allowed: list[str]) -> "SessionOut":
        shown = cls.model_validate(session, from_attributes=True)
        return shown.model_copy(update={"allowed_actions": allowed})
