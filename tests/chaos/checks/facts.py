"""What the checks are about: plain values, as the databases and the log hold them when all is done."""

from datetime import datetime
from typing import NamedTuple

GATEWAY = "gateway-projection"


class Answer(NamedTuple):
    """A kept answer: under this key an operation took effect, on one of its noun's rows."""

    service: str
    noun: str
    subject: str
    operation: str
    key: str
    id: str
    number: str | None
    version: int
    status: str

    @property
    def identity(self) -> tuple[str, str, str, str]:
        return self.service, self.subject, self.operation, self.key


class Row(NamedTuple):
    """An aggregate as its service holds it."""

    service: str
    noun: str
    id: str
    version: int
    status: str | None
    number: str | None


class Change(NamedTuple):
    """A row of an outbox. `digest`: of key, headers and body, as they are to be published. `clock`: which
    deadline it says has passed, at `occurred_at`."""

    topic: str
    partition: int
    id: str
    version: int
    type: str
    digest: bytes
    published: bool
    parked: bool
    clock: str | None = None
    occurred_at: datetime | None = None


class Record(NamedTuple):
    """A record of the log. `digest` as a change's; `archive_digest`: as it is kept readable. `poison`: what we
    planted, if we did. `asked`: consumers that must do something about it."""

    topic: str
    partition: int
    offset: int
    key: str
    version: int | None
    digest: bytes
    archive_digest: bytes
    poison: str | None = None
    asked: frozenset[str] = frozenset()


class Archived(NamedTuple):
    topic: str
    partition: int
    offset: int
    digest: bytes


class Letter(NamedTuple):
    consumer: str
    topic: str
    partition: int
    offset: int


class Clock(NamedTuple):
    noun: str
    id: str
    kind: str
    due_at: datetime | None
    stopped_at: datetime | None
    fired_at: datetime | None


class Report(NamedTuple):
    """What of a grid report others act upon."""

    id: str
    category: str
    status: str
    enterprise: str | None
    accepted: bool
    cancelled: bool


class Case(NamedTuple):
    id: str
    report: str | None
    status: str


class Hazard(NamedTuple):
    id: str
    report: str | None


Place = tuple[str, str, str, int, str]
"""Database, consumer, topic, partition, identity of the log."""
