"""A session (班次) of a course in a hall."""

from datetime import datetime
from typing import Any, Self

from sqlmodel import Field

from services.chassis.aggregate import AggregateRow
from services.chassis.database import Instant, stored, stored_json
from services.contracts import training as contract
from services.contracts.codes_training import Audience
from services.training.sessions.rules import Status, Step, after, require_day, require_time


class TrainingSession(AggregateRow, table=True):
    """One session, from OPEN to SETTLED or CANCELLED. Its course is fixed when it is opened."""

    __tablename__ = "training_session"

    status: Status = Field(default=Status.OPEN, sa_type=stored(Status), index=True)
    course_code: str = Field(index=True)
    course_title: str
    venue_code: str
    starts_at: datetime = Field(sa_type=Instant, index=True)
    ends_at: datetime = Field(sa_type=Instant)
    capacity: int
    audiences: list[Audience] = Field(sa_type=stored_json(list[Audience]))
    theory_minutes: int
    practice_minutes: int
    opened_at: datetime = Field(sa_type=Instant)
    started_at: datetime | None = Field(default=None, sa_type=Instant)
    finished_at: datetime | None = Field(default=None, sa_type=Instant)
    settled_at: datetime | None = Field(default=None, sa_type=Instant)
    cancelled_at: datetime | None = Field(default=None, sa_type=Instant)
    cancel_reason: str | None = None

    @classmethod
    def open(cls, **facts: Any) -> tuple[Self, contract.SessionOpened]:
        """A new session; `facts` are its fields."""
        new = cls(correlation_id=facts["id"], **facts)
        minutes = new.theory_minutes + new.practice_minutes
        require_time(new.opened_at, new.starts_at, new.ends_at, minutes)
        return new, contract.SessionOpened(
            **new.facts(new.opened_at),
            course_code=new.course_code,
            venue_code=new.venue_code,
            starts_at=new.starts_at,
            ends_at=new.ends_at,
            capacity=new.capacity,
            audiences=new.audiences,
            theory_minutes=new.theory_minutes,
            practice_minutes=new.practice_minutes,
        )

    def check(self, step: Step, by: str) -> None:
        after(self.status, step)

    def start(self, *, at: datetime) -> contract.SessionStarted:
        status = after(self.status, Step.START)
        require_day(at, self.starts_at)
        self.status, self.started_at = status, at
        return contract.SessionStarted(**self.facts(at))

    def finish(self, *, at: datetime) -> contract.SessionFinished:
        self._move(Step.FINISH)
        self.finished_at = at
        return contract.SessionFinished(**self.facts(at))

    def settle(self, *, at: datetime) -> contract.SessionSettled:
        """结算: locks its attendance."""
        self._move(Step.SETTLE)
        self.settled_at = at
        return contract.SessionSettled(**self.facts(at))

    def cancel(self, reason: str, *, at: datetime) -> contract.SessionCancelled:
        self._move(Step.CANCEL)
        self.cancelled_at, self.cancel_reason = at, reason
        return contract.SessionCancelled(**self.facts(at))

    @property
    def shown_status(self) -> str:
        return self.status

    def snapshot(self) -> contract.SessionSnapshot:
        return contract.SessionSnapshot.model_validate(self, from_attributes=True)

    def _move(self, step: Step) -> None:
        self.status = after(self.status, step)
