from datetime import datetime
from uuid import UUID

from pydantic import BaseModel

from services.chassis.operation import Body
from services.contracts.codes_grid import Category
from services.grid.visit_tasks.rules import Status


class TaskIn(Body):
    """A report of `category` names the household."""

    household_id: UUID
    report_id: UUID
    correlation_id: UUID
    category: Category


class SettleIn(Body):
    """The household was visited, or after all it was not."""


class TaskLine(BaseModel):
    """A visit that is owed until `due_at` because of a report."""

    id: UUID
    version: int
    status: Status
    area_code: str
    household_id: UUID
    report_id: UUID
    occasion: str
    opened_at: datetime
    due_at: datetime
    closed_at: datetime | None
    overdue_at: datetime | None
