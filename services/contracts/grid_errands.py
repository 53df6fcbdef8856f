"""What the grid service tells of errands: never for whom, and what about only as a code."""

from datetime import datetime
from typing import ClassVar

from services.contracts.codes_errands import ErrandOutcome, ImpossibleReason, MatterKind
from services.contracts.codes_grid import Finder
from services.contracts.event import Event


class ErrandFact(Event):
    topic: ClassVar[str] = "jinding.grid.errand.v1"


class ErrandSnapshot(ErrandFact):
    """An errand (代办) as it is now; every step of people tells it. `outcome`: of a closed one; only two of them are
    solutions. Trips are those of the resident and of the member, once they are known."""

    type: ClassVar[str] = "jinding.grid.errand.changed.v1"
    number: str
    status: str
    matter: MatterKind
    finder: Finder
    windows: int
    submitted_at: datetime
    accepted_at: datetime | None
    promised_by: datetime | None
    delivered_at: datetime | None
    closed_at: datetime | None
    overdue_at: datetime | None
    outcome: ErrandOutcome | None
    impossible_reason: ImpossibleReason | None
    resident_trips: int | None
    member_trips: int | None


class ErrandOverdue(ErrandFact):
    """It was not delivered by the time promised. `occurred_at` is the deadline."""

    type: ClassVar[str] = "jinding.grid.errand.overdue.v1"


class ErrandDeadlineSet(ErrandFact):
    """The time promised was not known (the calendar ended before); now it is."""

    type: ClassVar[str] = "jinding.grid.errand.deadline_set.v1"
    promised_by: datetime


class ErrandCopiesPurged(ErrandFact):
    """The copies of papers were deleted, their retention being over."""

    type: ClassVar[str] = "jinding.grid.errand.copies_purged.v1"
