"""What the grid service tells of tasks: for how many, by when, and how far they are; never for whom."""

from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from services.contracts.codes_tasks import SeriesEnd, TargetKind
from services.contracts.event import Event


class AdmissionItemSnapshot(Event):
    """What may be asked of grids (准入清单), as it is now: only what stands there may become a task."""

    topic: ClassVar[str] = "jinding.grid.admission_item.v1"
    type: ClassVar[str] = "jinding.grid.admission_item.changed.v1"
    code: str
    name: str
    name_en: str
    valid_from: date
    valid_to: date | None


class TaskOrderFact(Event):
    topic: ClassVar[str] = "jinding.grid.task_order.v1"


class TaskOrderSnapshot(TaskOrderFact):
    """A task was issued. `code`: of its admission item."""

    type: ClassVar[str] = "jinding.grid.task_order.issued.v1"
    code: str
    targets: int
    round: int
    due_at: datetime


class TaskOrderRoundDue(TaskOrderFact):
    """A round of a task that comes again is over: grid issues the next one, for as many `targets`. `occurred_at` is the
    deadline."""

    type: ClassVar[str] = "jinding.grid.task_order.round_due.v1"
    targets: int


class TaskOrderEnded(TaskOrderFact):
    """A task that came again comes no more. What was issued goes on."""

    type: ClassVar[str] = "jinding.grid.task_order.ended.v1"
    reason: SeriesEnd


class TaskItemFact(Event):
    topic: ClassVar[str] = "jinding.grid.task_item.v1"


class TaskItemSnapshot(TaskItemFact):
    """One target's part of a task as it is now. It has expired if `expired_at` says so and it is not accepted."""

    type: ClassVar[str] = "jinding.grid.task_item.changed.v1"
    order_id: UUID
    status: str
    target_kind: TargetKind
    given_at: datetime
    due_at: datetime
    submitted_at: datetime | None
    accepted_at: datetime | None
    expired_at: datetime | None
    reminded_at: datetime | None


class TaskItemExpired(TaskItemFact):
    """It was not submitted in time. `occurred_at` is the deadline."""

    type: ClassVar[str] = "jinding.grid.task_item.expired.v1"


class TaskItemReminded(TaskItemFact):
    """Its deadline comes near, and it is not submitted."""

    type: ClassVar[str] = "jinding.grid.task_item.reminded.v1"
