"""Tasks: what may be asked (准入清单), what was asked of whom, and each target's own part of it."""

from datetime import date, datetime
from typing import Any, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, model_validator
from pydantic import Field as Told
from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field

from services.chassis.aggregate import AggregateRow
from services.chassis.database import Instant, stored, stored_json
from services.chassis.operation import Clock
from services.contracts import grid_tasks as contract
from services.contracts.codes_tasks import FieldKind, Period, SeriesEnd, TargetKind
from services.grid.tasks.rules import (
    Answer,
    NotRecurring,
    RoundIssued,
    SeriesEnded,
    Status,
    Step,
    after,
)

AREA = r"^[0-9]{9}([0-9]{3}){0,2}$"


class FormField(BaseModel):
    """A field that whoever does the task fills in. `choices`: of a CHOICE alone."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    code: str = Told(pattern=r"^[a-z][a-z0-9_]{0,39}$")
    label: str = Told(min_length=1, max_length=100)
    kind: FieldKind
    required: bool = True
    choices: list[str] = Told([], max_length=30)

    @model_validator(mode="after")
    def _choices(self) -> Self:
        if bool(self.choices) is not (self.kind is FieldKind.CHOICE):
            raise ValueError("choices 仅用于 CHOICE，且不可少 · choices belong to a CHOICE")
        return self


class Target(BaseModel):
    """Of whom it is asked, in area `area_code`. `id`: of a member, household or enterprise; a grid is its area.
    `subject`: who alone does it, if somebody is named."""

    model_config = ConfigDict(extra="forbid")

    kind: TargetKind
    area_code: str = Told(pattern=AREA)
    id: UUID | None = None
    subject: str | None = Told(None, pattern=r"^[!-~]{1,100}$")

    @model_validator(mode="after")
    def _named(self) -> Self:
        grid = self.kind is TargetKind.GRID
        if grid is not (self.id is None) or (grid and len(self.area_code) != 15):
            raise ValueError(
                "网格以 15 位代码指定，其余以 id 指定 · a grid by its code, others by id"
            )
        return self


class AdmissionItem(AggregateRow, table=True):
    """One matter that may be asked of grids, in an area, from a day on until the day before another."""

    __tablename__ = "admission_item"
    __table_args__ = (Index("ix_admission_item_code", "code"),)

    code: str
    name: str
    name_en: str
    valid_from: date
    valid_to: date | None = None

    @classmethod
    def admit(cls, **facts: Any) -> tuple[Self, contract.AdmissionItemSnapshot]:
        new = cls(correlation_id=facts["id"], **facts)
        return new, new.snapshot()

    def take_off(self, valid_to: date, *, at: datetime) -> contract.AdmissionItemSnapshot:
        self.valid_to, self.occurred_at = valid_to, at
        return self.snapshot()

    @property
    def shown_status(self) -> str:
        return "ENDED" if self.valid_to else "ADMITTED"

    def snapshot(self) -> contract.AdmissionItemSnapshot:
        return contract.AdmissionItemSnapshot.model_validate(self, from_attributes=True)


class TaskOrder(AggregateRow, table=True):
    """A task for some targets. `series`: that of all rounds of one that comes again; each has items of its own. Its
    deadline calls for the next round (`repeated_at`), none of which is due after `repeats_until`."""

    __tablename__ = "task_order"
    __table_args__ = (UniqueConstraint("series", "round"),)

    admission_item: str
    title: str
    description: str
    targets: list[Target] = Field(sa_type=stored_json(list[Target]))
    form: list[FormField] = Field(sa_type=stored_json(list[FormField]))
    due_at: datetime = Field(sa_type=Instant)
    remind_at: datetime | None = Field(default=None, sa_type=Instant)
    period: Period | None = Field(default=None, sa_type=stored(Period))
    series: UUID
    round: int = 1
    repeats_until: date | None = None
    repeated_at: datetime | None = Field(default=None, sa_type=Instant)
    ended_at: datetime | None = Field(default=None, sa_type=Instant)
    end: SeriesEnd | None = Field(default=None, sa_type=stored(SeriesEnd))
    issued_by: str
    issued_at: datetime = Field(sa_type=Instant)

    @classmethod
    def issue(cls, **facts: Any) -> tuple[Self, contract.TaskOrderSnapshot]:
        new = cls(correlation_id=facts["id"], occurred_at=facts["issued_at"], **facts)
        return new, new.snapshot()

    def check(self, step: str, by: str) -> None:
        if self.period is None:
            raise NotRecurring
        if self.ended_at:
            raise SeriesEnded
        if self.repeated_at:
            raise RoundIssued

    def call_next(self, *, at: datetime) -> contract.TaskOrderRoundDue:
        self.repeated_at = at
        return contract.TaskOrderRoundDue(**self.facts(at), targets=len(self.targets))

    def end_series(self, end: SeriesEnd, *, at: datetime) -> contract.TaskOrderEnded:
        """No round follows; what was issued goes on."""
        self.ended_at, self.end = at, end
        self.occurred_at = max(self.occurred_at, at)
        return contract.TaskOrderEnded(**self.facts(at), reason=end)

    def clocks(self) -> list[Clock]:
        """A record of history calls for nothing."""
        if self.period is None or self.import_batch_id:
            return []
        return [Clock("round", self.due_at, self.ended_at, self.repeated_at)]

    @property
    def shown_status(self) -> str:
        return "ENDED" if self.ended_at else "ISSUED"

    def snapshot(self) -> contract.TaskOrderSnapshot:
        return contract.TaskOrderSnapshot(
            **self.facts(self.occurred_at),
            code=self.admission_item,
            targets=len(self.targets),
            round=self.round,
            due_at=self.due_at,
        )


class TaskItem(AggregateRow, table=True):
    """One target's part of a task, place `place` among its targets. `answers`: what was filled in last."""

    __tablename__ = "task_item"
    __table_args__ = (UniqueConstraint("order_id", "place"),)

    order_id: UUID = Field(index=True)
    place: int
    title: str
    status: Status = Field(default=Status.PENDING, sa_type=stored(Status))
    target_kind: TargetKind = Field(sa_type=stored(TargetKind))
    target_id: UUID | None = None
    subject: str | None = Field(default=None, index=True)
    answers: dict[str, Answer] = Field(default={}, sa_type=stored_json(dict[str, Answer]))
    opinion: str | None = None
    done_by: str | None = None
    given_at: datetime = Field(sa_type=Instant)
    due_at: datetime = Field(sa_type=Instant)
    remind_at: datetime | None = Field(default=None, sa_type=Instant)
    submitted_at: datetime | None = Field(default=None, sa_type=Instant)
    accepted_at: datetime | None = Field(default=None, sa_type=Instant)
    expired_at: datetime | None = Field(default=None, sa_type=Instant)
    reminded_at: datetime | None = Field(default=None, sa_type=Instant)

    def check(self, step: Step, by: str) -> None:
        after(self.status, step)

    def read(self, *, at: datetime) -> contract.TaskItemSnapshot:
        return self._moved(Step.READ, at)

    def start(self, *, at: datetime) -> contract.TaskItemSnapshot:
        return self._moved(Step.START, at, submitted_at=None)

    def submit(self, answers: dict[str, Answer], *, by: str, at: datetime) -> Any:
        return self._moved(Step.SUBMIT, at, answers=answers, done_by=by, submitted_at=at)

    def accept(self, *, at: datetime) -> contract.TaskItemSnapshot:
        return self._moved(Step.ACCEPT, at, accepted_at=at)

    def reject(self, opinion: str, *, at: datetime) -> contract.TaskItemSnapshot:
        """退回: to be done again; the deadline stays."""
        return self._moved(Step.REJECT, at, opinion=opinion, submitted_at=None)

    def passed(self, clock: str, *, at: datetime) -> contract.TaskItemFact | None:
        """The clock `clock` has run out, unless it was stopped meanwhile."""
        if not any(c.kind == clock and not (c.stopped_at or c.fired_at) for c in self.clocks()):
            return None
        if clock == "due":
            self.expired_at = at
            return contract.TaskItemExpired(**self.facts(at))
        self.reminded_at = at
        return contract.TaskItemReminded(**self.facts(at))

    def clocks(self) -> list[Clock]:
        clocks = [Clock("due", self.due_at, self.submitted_at, self.expired_at)]
        if self.remind_at:
            clocks.append(Clock("remind", self.remind_at, self.submitted_at, self.reminded_at))
        return clocks

    @property
    def shown_status(self) -> str:
        return self.status

    def snapshot(self) -> contract.TaskItemSnapshot:
        return contract.TaskItemSnapshot.model_validate(self, from_attributes=True)

    def _moved(self, step: Step, at: datetime, **facts: Any) -> contract.TaskItemSnapshot:
        self.status = after(self.status, step)
        for name, value in facts.items():
            setattr(self, name, value)
        self.occurred_at = at
        return self.snapshot()
