"""What a year is made of: items for the batch endpoints, in stages; and how many of each."""

import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

import chinese_calendar
from uuid_utils.compat import uuid5

from services.chassis.deadlines.calendar import SHANGHAI

SEED = 2017
NAMESPACE = UUID("0191d7a0-0000-7000-8000-000020170101")
BATCH = 500
OPENING, CLOSING = time(8, 30), time(17, 0)

Item = dict[str, Any]


@dataclass(frozen=True)
class Stage:
    """Lives (each the items of one aggregate, in order) that may run side by side, `chunk` items at a time; then the
    `files` that they declare are sent. A patient stage waits for what other services must do first."""

    service: str
    lives: Sequence[Sequence[Item]]
    patient: bool = False
    chunk: int = BATCH
    files: Mapping[str, bytes] = field(default_factory=dict)

    @property
    def size(self) -> int:
        return sum(len(life) for life in self.lives)

    def chunks(self) -> Iterator[list[Item]]:
        chunk: list[Item] = []
        for life in self.lives:
            if len(chunk) + len(life) > self.chunk:
                yield chunk
                chunk = []
            chunk.extend(life)
        if chunk:
            yield chunk


@dataclass(frozen=True)
class Sizes:
    """The article's counts, or a fraction of them."""

    scale: float = 1.0

    def of(self, count: int) -> int:
        return max(1, round(count * self.scale))

    def at_least(self, count: int, beyond: int) -> int:
        """More than the article's bound, of which it says only "more than"."""
        return self.of(beyond) + max(1, self.of(count - beyond))


@dataclass
class District:
    """Where things happen: grids by township, townships weighted by their number of grids."""

    grids: list[str]
    townships: list[str] = field(init=False)

    def __post_init__(self) -> None:
        self.townships = sorted({grid[:9] for grid in self.grids})

    @classmethod
    def of(cls, rows: Iterable[dict[str, Any]]) -> "District":
        return cls(sorted(row["code"] for row in rows if len(row["code"]) == 15))


def identity(*parts: object) -> UUID:
    """The same record in every run."""
    return uuid5(NAMESPACE, "/".join(map(str, (SEED, *parts))))


def client_identity(*parts: object) -> UUID:
    """The same, as a client makes one: ids of version 5 belong to what grid reports become."""
    return UUID(bytes=identity(*parts).bytes, version=4)


def dice(*parts: object) -> random.Random:
    """Random numbers of their own for each part of the year, the same in every run."""
    return random.Random("/".join(map(str, (SEED, *parts))))


def working_days(first: date, last: date) -> list[date]:
    span = (last - first).days + 1
    days = (first + timedelta(days=n) for n in range(span))
    return [day for day in days if chinese_calendar.is_workday(day)]


def spread(count: int, days: Sequence[date], rng: random.Random) -> list[datetime]:
    """`count` instants over the office hours of `days`, evenly, in order."""
    minutes = (CLOSING.hour - OPENING.hour) * 60 - OPENING.minute
    instants = [
        datetime.combine(days[n * len(days) // count], OPENING, SHANGHAI)
        + timedelta(minutes=rng.randrange(minutes))
        for n in range(count)
    ]
    return sorted(instants)


def shares(total: int, parts: int) -> list[int]:
    """Whole numbers as even as can be, whose sum is `total`."""
    return [total * (n + 1) // parts - total * n // parts for n in range(parts)]


def portions(total: int, most: int) -> Iterator[int]:
    while total > 0:
        yield min(total, most)
        total -= most


def later(instant: datetime, rng: random.Random, hours: tuple[float, float]) -> datetime:
    return instant + timedelta(hours=rng.uniform(*hours))


def item(operation: str, id_: UUID, at: datetime, by: str, **body: Any) -> Item:
    """One item of a batch: `by` did it at `at`. Its key makes it repeatable."""
    return {
        "operation": operation,
        "id": str(id_),
        "key": f"{operation}/{id_}",
        "body": {"occurred_at": at.isoformat(), "on_behalf_of": by, **body},
    }
