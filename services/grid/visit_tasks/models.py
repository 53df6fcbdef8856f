"""Visit tasks: something happened to a linked household, and its member is to go there."""

from datetime import datetime
from typing import Any, Self
from uuid import UUID, uuid5

from sqlmodel import Field

from services.chassis.aggregate import AggregateRow
from services.chassis.database import Instant, stored
from services.chassis.operation import Clock
from services.contracts.grid_people import VisitTaskSnapshot
from services.grid.visit_tasks.rules import Status

NAMESPACE = UUID("0191d7a0-0000-7000-8000-000000000024")


def task_id_of(report_id: UUID) -> UUID:
    """A report opens one task at most."""
    return uuid5(NAMESPACE, str(report_id))


class VisitTask(AggregateRow, table=True):
    """Of the household that the report names. The next visit at which somebody is met settles it, late or not,
    for as long as that visit stands."""

    __tablename__ = "visit_task"

    status: Status = Field(default=Status.OPEN, sa_type=stored(Status))
    household_id: UUID = Field(index=True)
    report_id: UUID
    occasion: str
    opened_at: datetime = Field(sa_type=Instant)
    due_at: datetime = Field(sa_type=Instant)
    closed_at: datetime | None = Field(default=None, sa_type=Instant)
    overdue_at: datetime | None = Field(default=None, sa_type=Instant)

    @classmethod
    def open(cls, **facts: Any) -> tuple[Self, VisitTaskSnapshot]:
        new = cls(**facts)
        return new, new._told(new.opened_at)

    def settle(self, visited_at: datetime | None, *, at: datetime) -> VisitTaskSnapshot | None:
        """The household was visited, first at `visited_at`; or after all nobody was met, and it is open again."""
        if visited_at == self.closed_at:
            return None
        self.status = Status.DONE if visited_at else Status.OPEN
        self.closed_at = visited_at
        return self._told(at)

    def overdue(self, *, at: datetime) -> VisitTaskSnapshot | None:
        """Nobody has been there in time, unless somebody was meanwhile."""
        if self.closed_at or self.overdue_at:
            return None
        self.overdue_at = at
        return self.snapshot()

    def clocks(self) -> list[Clock]:
        return [Clock("visit", self.due_at, self.closed_at, self.overdue_at)]

    @property
    def shown_status(self) -> str:
        return self.status

    def snapshot(self) -> VisitTaskSnapshot:
        return VisitTaskSnapshot.model_validate(self, from_attributes=True)

    def _told(self, at: datetime) -> VisitTaskSnapshot:
        self.occurred_at = at
        return self.snapshot()
