"""An attendance (签到): one person at one session, with the assessment; and the pass marks."""

from datetime import date, datetime
from typing import Any, Self
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from services.chassis.aggregate import AggregateRow
from services.chassis.database import Instant, stored
from services.chassis.deadlines.calendar import local_day
from services.contracts import training as contract
from services.contracts.codes_training import AttendanceMethod, Audience
from services.training.attendances.rules import (
    MAX_ATTEMPTS,
    AlreadyPassed,
    AssessorIsTrainee,
    NoAttemptLeft,
    Status,
    Step,
    result,
)


class Attendance(AggregateRow, table=True):
    """One trainee at one session. Audience and account are the trainee's of that day."""

    __tablename__ = "attendance"
    __table_args__ = (UniqueConstraint("session_id", "trainee_id"),)

    status: Status = Field(default=Status.ATTENDED, sa_type=stored(Status))
    session_id: UUID
    trainee_id: UUID = Field(index=True)
    account: str | None = None
    audience: Audience = Field(sa_type=stored(Audience))
    in_at: datetime = Field(sa_type=Instant)
    out_at: datetime = Field(sa_type=Instant)
    attended_on: date
    minutes: int
    method: AttendanceMethod = Field(sa_type=stored(AttendanceMethod))
    manual_reason: str | None = None
    theory_score: int | None = None
    practice_passed: bool | None = None
    assessor: str | None = None
    assessed_at: datetime | None = Field(default=None, sa_type=Instant)
    attempts: int = 0

    @classmethod
    def record(cls, at: datetime, **facts: Any) -> tuple[Self, contract.AttendanceRecorded]:
        """A new attendance; `facts` are its fields."""
        attended_on = local_day(facts["in_at"])
        new = cls(correlation_id=facts["id"], attended_on=attended_on, **facts)
        return new, contract.AttendanceRecorded(
            **new.facts(at),
            session_id=new.session_id,
            trainee_id=new.trainee_id,
            audience=new.audience,
            attended_on=new.attended_on,
            minutes=new.minutes,
            method=new.method,
        )

    def check(self, step: Step, by: str) -> None:
        if self.status is Status.PASSED:
            raise AlreadyPassed
        if self.attempts >= MAX_ATTEMPTS:
            raise NoAttemptLeft
        if by == self.account:
            raise AssessorIsTrainee

    def assess(
        self, theory_score: int, practice_passed: bool, pass_mark: int, *, by: str, at: datetime
    ) -> contract.AttendanceAssessed:
        """考核: one attempt, by somebody else. A failed one may be repeated."""
        self.check(Step.ASSESS, by)
        self.status = result(theory_score, practice_passed, pass_mark)
        self.theory_score, self.practice_passed = theory_score, practice_passed
        self.assessor, self.assessed_at, self.attempts = by, at, self.attempts + 1
        return contract.AttendanceAssessed(
            **self.facts(at), passed=self.status is Status.PASSED, attempts=self.attempts
        )

    @property
    def shown_status(self) -> str:
        return self.status

    def snapshot(self) -> contract.AttendanceSnapshot:
        return contract.AttendanceSnapshot.model_validate(self, from_attributes=True)


class PassMark(SQLModel, table=True):
    """合格线: the theory score of 100 from which an audience passes, in force from a day on. Configuration."""

    __tablename__ = "pass_mark"

    audience: Audience = Field(sa_type=stored(Audience), primary_key=True)
    valid_from: date = Field(primary_key=True)
    theory_score: int
