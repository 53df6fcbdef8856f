"""Who sees which sessions, and the filters of their list."""

from sqlalchemy import ColumnElement
from sqlmodel import col

from services.chassis.operation import Noun
from services.training.scope import by_area
from services.training.sessions.models import TrainingSession
from services.training.sessions.rules import Status
from services.training.sessions.schemas import SessionOut

SESSIONS: Noun[TrainingSession] = Noun(
    "training_session",
    TrainingSession,
    lambda caller: by_area(col(TrainingSession.area_code), caller),
    lambda session, _, allowed: SessionOut.of(session, allowed),
)


def matching(status: list[Status] | None, course: str | None) -> list[ColumnElement[bool] | None]:
    """The filters of a list; None where one was not asked for."""
    return [
        col(TrainingSession.status).in_(status) if status else None,
        col(TrainingSession.course_code) == course if course else None,
    ]
