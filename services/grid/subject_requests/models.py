"""A request about one's own personal data, from its receipt to its answer."""

from datetime import date, datetime
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import BaseModel, BeforeValidator
from sqlmodel import Field, SQLModel

from services.chassis.aggregate import AggregateRow
from services.chassis.database import Instant, stored, stored_json
from services.chassis.erasure.matching import Sought
from services.chassis.operation import Clock
from services.contracts import grid_subjects as contract
from services.contracts.codes_privacy import HeldBy, Keeper, PersonalField, RightKind, RightRefusal
from services.grid.subject_requests.rules import (
    KEEPERS,
    STEPS,
    AnotherKindOfRequest,
    Status,
    Step,
    require_step,
)

# Rows of before hold the codes in capitals.
AsBefore = Annotated[PersonalField, BeforeValidator(str.lower)]


class Confirmation(BaseModel):
    """What a service has told of the erasure."""

    keeper: Keeper
    at: datetime
    erased: int
    held: int
    rules: list[HeldBy]


class SubjectRequest(AggregateRow, table=True):
    """`person`: who asks, sealed. An erasure is done once every service that keeps people has confirmed it; its id
    is that of the request."""

    __tablename__ = "subject_request"

    number: str = Field(unique=True)
    kind: RightKind = Field(sa_type=stored(RightKind))
    status: Status = Field(default=Status.RECEIVED, sa_type=stored(Status), index=True)
    person: UUID
    fields: list[PersonalField] = Field(default=[], sa_type=stored_json(list[AsBefore]))
    records: list[UUID] = Field(default=[], sa_type=stored_json(list[UUID]))
    reason: RightRefusal | None = Field(default=None, sa_type=stored(RightRefusal))
    received_by: str
    verified_by: str | None = None
    decided_by: str | None = None
    confirmations: list[Confirmation] = Field(default=[], sa_type=stored_json(list[Confirmation]))
    received_at: datetime = Field(sa_type=Instant)
    answer_due_at: datetime | None = Field(default=None, sa_type=Instant)
    verified_at: datetime | None = Field(default=None, sa_type=Instant)
    erasing_at: datetime | None = Field(default=None, sa_type=Instant)
    confirm_due_at: datetime | None = Field(default=None, sa_type=Instant)
    closed_at: datetime | None = Field(default=None, sa_type=Instant)
    answer_overdue_at: datetime | None = Field(default=None, sa_type=Instant)
    confirm_overdue_at: datetime | None = Field(default=None, sa_type=Instant)

    @classmethod
    def receive(cls, **facts: Any) -> tuple[Self, contract.SubjectRequestReceived]:
        new = cls(correlation_id=facts["id"], **facts)
        return new, contract.SubjectRequestReceived(
            **new.facts(new.received_at),
            number=new.number,
            kind=new.kind,
            answer_due_at=new.answer_due_at,
        )

    def check(self, step: Step, by: str) -> None:
        require_step(self.status, self.kind, step)

    def require_copy(self) -> None:
        """Raise the refusal of a copy, unless this is a verified request for access."""
        require_step(self.status, self.kind, Step.COMPLETE)
        if self.kind is not RightKind.ACCESS:
            raise AnotherKindOfRequest(self.kind)

    def verify(self, *, by: str, at: datetime) -> contract.SubjectRequestVerified:
        """身份核验: who asks has shown who they are."""
        self._move(Step.VERIFY, by)
        self.verified_at, self.verified_by = at, by
        return contract.SubjectRequestVerified(**self.facts(at))

    def complete(self, *, by: str, at: datetime) -> contract.SubjectRequestDone:
        """The copy was handed over, or what was wrong is corrected."""
        self._move(Step.COMPLETE, by)
        self.closed_at, self.decided_by = at, by
        return contract.SubjectRequestDone(**self.facts(at))

    def refuse(
        self, reason: RightRefusal, *, by: str, at: datetime
    ) -> contract.SubjectRequestRefused:
        self._move(Step.REFUSE, by)
        self.closed_at, self.decided_by, self.reason = at, by, reason
        return contract.SubjectRequestRefused(**self.facts(at), reason=reason)

    def erase(
        self, person: Sought, confirm_due_at: datetime | None, *, by: str, at: datetime
    ) -> contract.SubjectErased:
        self._move(Step.ERASE, by)
        self.erasing_at, self.decided_by, self.confirm_due_at = at, by, confirm_due_at
        indexes = {name: index and index.hex() for name, index in person._asdict().items()}
        return contract.SubjectErased(**self.facts(at), **indexes, confirm_due_at=confirm_due_at)

    def record(self, told: Confirmation) -> contract.SubjectErasureRecorded:
        """A service has confirmed; the last one closes the request. It may tell again, what was held being free."""
        others = [c for c in self.confirmations if c.keeper is not told.keeper]
        self.confirmations = sorted([*others, told], key=lambda c: c.keeper)
        if self.status is Status.ERASING and not self.waits_for:
            self.status, self.closed_at = Status.DONE, told.at
        return contract.SubjectErasureRecorded(
            **self.facts(told.at), **told.model_dump(exclude={"at"}), closed_at=self.closed_at
        )

    @property
    def waits_for(self) -> list[Keeper]:
        """Which services have not confirmed the erasure yet."""
        if self.erasing_at is None:
            return []
        return sorted(KEEPERS - {c.keeper for c in self.confirmations})

    def overdue(self, clock: str, *, at: datetime) -> contract.SubjectRequestOverdue | None:
        if not any(c.kind == clock and not (c.stopped_at or c.fired_at) for c in self.clocks()):
            return None
        if clock == "answer":
            self.answer_overdue_at = at
        else:
            self.confirm_overdue_at = at
        return contract.SubjectRequestOverdue(**self.facts(at), clock=clock)

    def undated_since(self, clock: str) -> datetime | None:
        """Since when the clock `clock` has run without a deadline; None if it does not."""
        if not any(c.kind == clock and not (c.due_at or c.stopped_at) for c in self.clocks()):
            return None
        return self.received_at if clock == "answer" else self.erasing_at

    def set_deadline(
        self, clock: str, due_at: datetime, *, at: datetime
    ) -> contract.SubjectRequestDeadlineSet:
        if clock == "answer":
            self.answer_due_at = due_at
        else:
            self.confirm_due_at = due_at
        return contract.SubjectRequestDeadlineSet(**self.facts(at), clock=clock, due_at=due_at)

    def clocks(self) -> list[Clock]:
        clocks = [Clock("answer", self.answer_due_at, self.closed_at, self.answer_overdue_at)]
        if self.erasing_at:
            told = self.confirm_due_at, self.closed_at, self.confirm_overdue_at
            clocks.append(Clock("confirm", *told))
        return clocks

    def people(self) -> list[UUID]:
        return [self.person]

    @property
    def shown_status(self) -> str:
        return self.status

    @property
    def shown_number(self) -> str | None:
        return self.number

    def snapshot(self) -> contract.SubjectRequestSnapshot:
        return contract.SubjectRequestSnapshot.model_validate(self, from_attributes=True)

    def _move(self, step: Step, by: str) -> None:
        self.check(step, by)
        self.status = STEPS[self.status, step]


class RightLimit(SQLModel, table=True):
    """时限: how long an answer, or the confirmation of an erasure, may take; in force from a day on, for the areas
    that begin with `area_code`. `allowed` as `Limit.parse` reads it. Configuration, not law."""

    __tablename__ = "right_limit"

    clock: str = Field(primary_key=True)
    area_code: str = Field(default="", primary_key=True)
    valid_from: date = Field(primary_key=True)
    allowed: str
