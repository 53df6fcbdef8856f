"""A key person (重点人员): an opaque reference outside, sealed inside, in a schema of its own."""

from datetime import date, datetime
from typing import Any, Self
from uuid import UUID

from pydantic import BaseModel
from sqlmodel import Field, SQLModel

from services.chassis.aggregate import AggregateRow
from services.chassis.database import Instant, stored, stored_json
from services.chassis.operation import Clock
from services.contracts.codes_key_persons import Attention, KeyPersonClass, RemovalReason
from services.contracts.grid_key_persons import KeyPersonChanged
from services.grid.key_persons.rules import Status, Step, after

SCHEMA = "keyperson"


class Visit(BaseModel):
    """`note`: sealed. `present`: whether the person was met."""

    at: datetime
    by: str
    present: bool
    note: str


class KeyPerson(AggregateRow, table=True):
    """`grade`: class and level, sealed under the person's own key. `minor_until`: to nobody but by law before that day."""

    __tablename__ = "key_person"
    __table_args__ = {"schema": SCHEMA}  # noqa: RUF012

    status: Status = Field(default=Status.ENROLLED, sa_type=stored(Status))
    person: UUID
    grade: str
    legal_basis: str
    minor_until: date | None = None
    visits: list[Visit] = Field(default=[], sa_type=stored_json(list[Visit]))
    visit_due_at: datetime = Field(sa_type=Instant)
    visit_overdue_at: datetime | None = Field(default=None, sa_type=Instant)
    enrolled_by: str
    enrolled_at: datetime = Field(sa_type=Instant)
    removed_at: datetime | None = Field(default=None, sa_type=Instant)
    removal_reason: RemovalReason | None = Field(default=None, sa_type=stored(RemovalReason))

    @classmethod
    def enrol(cls, **facts: Any) -> tuple[Self, KeyPersonChanged]:
        new = cls(correlation_id=facts["id"], occurred_at=facts["enrolled_at"], **facts)
        return new, new.snapshot()

    def check(self, step: Step, by: str) -> None:
        after(self.status, step)

    def regrade(self, grade: str, due: datetime, *, at: datetime) -> KeyPersonChanged:
        return self._moved(Step.REGRADE, at, grade=grade, visit_due_at=due, visit_overdue_at=None)

    def visited(self, visit: Visit, due: datetime) -> KeyPersonChanged:
        """One who was not met is still owed the visit."""
        facts: dict[str, Any] = {"visits": [*self.visits, visit]}
        if visit.present:
            facts |= {"visit_due_at": due, "visit_overdue_at": None}
        return self._moved(Step.VISIT, visit.at, **facts)

    def remove(self, reason: RemovalReason, *, at: datetime) -> KeyPersonChanged:
        return self._moved(Step.REMOVE, at, removed_at=at, removal_reason=reason)

    def overdue(self, *, at: datetime) -> KeyPersonChanged | None:
        if self.removed_at or self.visit_overdue_at:
            return None
        self.visit_overdue_at = at
        return self.snapshot()

    def clocks(self) -> list[Clock]:
        return [Clock("visit", self.visit_due_at, self.removed_at, self.visit_overdue_at)]

    def is_minor(self, day: date) -> bool:
        return self.minor_until is not None and day < self.minor_until

    def people(self) -> list[UUID]:
        return [self.person]

    @property
    def shown_status(self) -> str:
        """Receipts tell no more than that there is a record."""
        return "KEPT"

    def snapshot(self) -> KeyPersonChanged:
        return KeyPersonChanged(**self.facts(self.occurred_at) | {"area_code": self.area_code[:6]})

    def _moved(self, step: Step, at: datetime, **facts: Any) -> KeyPersonChanged:
        self.status = after(self.status, step)
        for name, value in facts.items():
            setattr(self, name, value)
        self.occurred_at = at
        return self.snapshot()


class VisitFrequency(SQLModel, table=True):
    """走访频次: every how many days one of a class and level is visited; in force from a day on, for the areas that begin
    with `area_code`. Configuration, not law."""

    __tablename__ = "visit_frequency"
    __table_args__ = {"schema": SCHEMA}

    key_class: KeyPersonClass = Field(sa_type=stored(KeyPersonClass), primary_key=True)
    level: Attention = Field(sa_type=stored(Attention), primary_key=True)
    area_code: str = Field(default="", primary_key=True)
    valid_from: date = Field(primary_key=True)
    every_days: int
