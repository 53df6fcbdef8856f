"""Figures already added up, and whole answers already given."""

from collections import OrderedDict
from collections.abc import Hashable
from datetime import date, datetime
from typing import Any, Generic, NamedTuple, TypeVar

from services.chassis.database import DriverConnection
from services.gateway.dashboards.numbers import Period, sections_of, sums
from services.gateway.dashboards.sections import Age, Seen
from services.gateway.projections.registry import SERVICES

CACHED = 2000
K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

Sections = dict[str, dict[str, Any]]
Figures = dict[str, Sections]
"""Area → section → figure → as the dashboard tells it."""


class Question(NamedTuple):
    area: str
    period: Period
    rows: tuple[str, ...] | None


class State(NamedTuple):
    """What a section's figures depend on besides the question: how often its service's have changed, and
    today for due cohorts."""

    version: int
    today: date


class Given(NamedTuple):
    """An answer, and what it was made of."""

    versions: Any
    ages: dict[str, Age]
    today: date
    body: bytes
    etag: str


class Latest(OrderedDict[K, V], Generic[K, V]):
    """The `CACHED` that were put last."""

    def put(self, key: K, value: V) -> None:
        self[key] = value
        self.move_to_end(key)
        if len(self) > CACHED:
            self.popitem(last=False)


class Answers:
    """Kept as long as nothing that they are made of has changed."""

    def __init__(self) -> None:
        self.kept: Latest[tuple[Question, str], tuple[State, Figures]] = Latest()
        self.given: Latest[Hashable, Given] = Latest()

    async def figures(
        self, connection: DriverConnection, question: Question, seen: Seen, today: date
    ) -> Figures:
        """Only the sections that have changed are added up anew."""
        areas = [question.area, *(question.rows or ())]
        states = {name: State(seen.versions[name], today) for name in SERVICES}
        kept = {name: self.kept.get((question, name)) for name in SERVICES}
        known = {n: told[1] for n, told in kept.items() if told and told[0] == states[n]}
        if missing := [name for name in SERVICES if name not in known]:
            found = await sums(connection, areas, question.period, today, missing)
            for name in missing:
                known[name] = {area: sections_of(found[area], [name]) for area in areas}
                self.kept.put((question, name), (states[name], known[name]))
        return {area: {name: known[name][area][name] for name in SERVICES} for area in areas}

    def again(self, asked: Hashable, seen: Seen, now: datetime, today: date) -> Given | None:
        """What was answered last to exactly this, if it would be the same now."""
        given = self.given.get(asked)
        if given is None or given.today != today or given.versions != seen.versions:
            return None
        return given if given.ages == seen.ages(now) else None
