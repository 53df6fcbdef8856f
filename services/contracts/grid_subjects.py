"""What the grid service tells of people's requests about their own data. Of no agency."""

from datetime import datetime
from typing import ClassVar

from services.contracts.codes_privacy import HeldBy, Keeper, RightKind, RightRefusal
from services.contracts.event import Event


class SubjectRequestFact(Event):
    """Somebody asks about their own personal data. Who it is stays in the grid service."""

    topic: ClassVar[str] = "jinding.grid.subject_request.v1"
    sensitive: ClassVar[bool] = True


class SubjectRequestReceived(SubjectRequestFact):
    type: ClassVar[str] = "jinding.grid.subject_request.received.v1"
    number: str
    kind: RightKind
    answer_due_at: datetime | None


class SubjectRequestVerified(SubjectRequestFact):
    """Who asks is who they say."""

    type: ClassVar[str] = "jinding.grid.subject_request.verified.v1"


class SubjectErased(SubjectRequestFact):
    """The person is to be erased: every service erases what it holds and confirms it.

    The person is named by blind indexes alone (hex), which nobody computes without the keyring: entries made until
    `occurred_at` with an equal `resident_index`; with an equal `phone_index` those that hold no resident ID, and all
    where the person is known by telephone only."""

    type: ClassVar[str] = "jinding.grid.subject_request.subject_erased.v1"
    resident_index: str | None
    phone_index: str | None
    confirm_due_at: datetime | None

    @property
    def indexes(self) -> tuple[str | None, str | None]:
        return self.resident_index, self.phone_index


class SubjectErasureRecorded(SubjectRequestFact):
    """Grid has heard `keeper` confirm the erasure."""

    type: ClassVar[str] = "jinding.grid.subject_request.erasure_recorded.v1"
    keeper: Keeper
    erased: int
    held: int
    rules: list[HeldBy]
    closed_at: datetime | None


class SubjectRequestDone(SubjectRequestFact):
    type: ClassVar[str] = "jinding.grid.subject_request.done.v1"


class SubjectRequestRefused(SubjectRequestFact):
    type: ClassVar[str] = "jinding.grid.subject_request.refused.v1"
    reason: RightRefusal


class SubjectRequestOverdue(SubjectRequestFact):
    """A deadline passed: `occurred_at` is the deadline. `clock` is answer or confirm."""

    type: ClassVar[str] = "jinding.grid.subject_request.overdue.v1"
    clock: str


class SubjectRequestDeadlineSet(SubjectRequestFact):
    """The calendar now reaches a deadline that was not known. `clock` is answer or confirm."""

    type: ClassVar[str] = "jinding.grid.subject_request.deadline_set.v1"
    clock: str
    due_at: datetime


class SubjectRequestSnapshot(SubjectRequestFact):
    """A request as it is; `occurred_at` is when it last changed."""

    type: ClassVar[str] = "jinding.grid.subject_request.snapshot.v1"
    number: str
    status: str
    kind: RightKind
    received_at: datetime
    answer_due_at: datetime | None
    closed_at: datetime | None
