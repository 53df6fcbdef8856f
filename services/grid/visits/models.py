"""Visits (走访) of linked households, and the occasions on which they are owed."""

from datetime import datetime
from typing import Any, Self
from uuid import UUID

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from services.chassis.aggregate import AggregateRow
from services.chassis.database import Instant, stored, stored_json
from services.contracts.codes_grid import Category
from services.contracts.codes_people import OccasionKind, VisitMode
from services.contracts.grid_people import VisitSnapshot
from services.grid.visits.rules import Status, Step, after, fulfils


class Visit(AggregateRow, table=True):
    """One visit by the member who held `link_id` then. `is_fulfilling`: it meets the weekly duty of the link.
    `by_phone`: a call would do that, as the household's tags were when it was entered; null: of those of before nobody
    knows. `task_id`: the task that it settled, and settles while somebody was met. `recorded_by`: the member's account."""

    __tablename__ = "household_visit"
    __table_args__ = (
        Index(
            "ix_visit_fulfilling",
            "visited_at",
            "link_id",
            postgresql_include=["late_entry"],
            postgresql_where=text("is_fulfilling"),
        ),
        Index("ix_visit_member", "member_id", "visited_at"),
    )

    status: Status = Field(default=Status.RECORDED, sa_type=stored(Status))
    household_id: UUID = Field(index=True)
    link_id: UUID
    member_id: UUID
    mode: VisitMode = Field(sa_type=stored(VisitMode))
    occasions: list[str] = Field(default=[], sa_type=stored_json(list[str]))
    findings: str = ""
    is_fulfilling: bool
    by_phone: bool | None = None
    task_id: UUID | None = None
    visited_at: datetime = Field(sa_type=Instant)
    recorded_by: str = Field(index=True)
    void_reason: str | None = None
    voided_at: datetime | None = Field(default=None, sa_type=Instant)

    @classmethod
    def record(cls, *, late: bool, **facts: Any) -> tuple[Self, VisitSnapshot]:
        told = fulfils(facts["mode"], facts["by_phone"])
        new = cls(correlation_id=facts["id"], is_fulfilling=told, **facts)
        new.occurred_at = new.visited_at
        return new, new.snapshot().model_copy(update={"is_late": late})

    def check(self, step: Step, by: str) -> None:
        after(self.status, step)

    def correct(self, facts: dict[str, Any], *, at: datetime) -> VisitSnapshot:
        """更正: what was entered wrong; `facts` are its fields. Only another mode changes whether it fulfils; where
        nobody knows whether a call would have, it did not."""
        self.status = after(self.status, Step.CORRECT)
        if self.by_phone is None:
            self.by_phone = self.mode == VisitMode.PHONE and self.is_fulfilling
        self.take_over(facts)
        self.is_fulfilling = fulfils(self.mode, self.by_phone)
        return self._told(at)

    def void(self, reason: str, *, at: datetime) -> VisitSnapshot:
        """作废: entered by mistake; it fulfils nothing and counts nowhere."""
        self.status = after(self.status, Step.VOID)
        self.is_fulfilling, self.void_reason, self.voided_at = False, reason, at
        return self._told(at)

    @property
    def shown_status(self) -> str:
        return self.status

    def snapshot(self) -> VisitSnapshot:
        return VisitSnapshot(
            **self.facts(self.occurred_at),
            status=self.status,
            mode=self.mode,
            visited_at=self.visited_at,
            is_fulfilling=self.is_fulfilling,
            is_late=self.late_entry,
            task_id=self.task_id,
        )

    def _told(self, at: datetime) -> VisitSnapshot:
        self.occurred_at = at
        return self.snapshot()


class VisitOccasion(SQLModel, table=True):
    """四必到四必访: when a household is to be visited. A report of `category` on a linked household opens a visit
    task. Configuration, not law; `confirmed_by_client`: the district has said that these are its own."""

    __tablename__ = "visit_occasion"

    code: str = Field(primary_key=True)
    kind: OccasionKind = Field(sa_type=stored(OccasionKind))
    name: str
    name_en: str
    category: Category | None = Field(default=None, sa_type=stored(Category))
    confirmed_by_client: bool = False
