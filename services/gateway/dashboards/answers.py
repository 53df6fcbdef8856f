"""Figures already added up, and whole answers already given."""

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from datetime import date, datetime
from typing import Any, Generic, NamedTuple, TypeVar, cast

from services.chassis.database import DriverConnection
from services.gateway.dashboards.numbers import Period, as_is, sections_of, sums
from services.gateway.dashboards.sections import Age, Seen
from services.gateway.dashboards.trees import UNDIVIDED, Moved, Tree, terms
from services.gateway.projections.registry import SERVICES

CACHED = 2000
K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

Sections = dict[str, dict[str, Any]]
Figures = dict[str, Sections]
"""Area → section → figure → as the dashboard tells it."""


class Question(NamedTuple):
    """`undivided`: also what is of the area and of none of its rows, by the present tree."""

    area: str
    period: Period
    rows: tuple[str, ...] | None
    tree: Tree = Tree.AS_WAS
    undivided: bool = False

    @property
    def areas(self) -> list[str]:
        return [self.area, *(self.rows or ())]


class State(NamedTuple):
    """What a section's figures depend on besides the question: how often its service's have changed, today for due
    cohorts, and by the present tree, what has moved."""

    version: int
    today: date
    moved: Moved | None


MadeOf = dict[str, tuple[int, Age]]
"""Of each service that an answer tells of: the version of its figures, and their age."""


class Given(NamedTuple):
    """An answer, and what it was made of."""

    made_of: MadeOf
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
        self.kept: Latest[tuple[Question, str], tuple[State, Any]] = Latest()
        self.given: Latest[Hashable, Given] = Latest()

    async def figures(
        self,
        connection: DriverConnection,
        question: Question,
        seen: Seen,
        today: date,
        moved: Moved | None = None,
    ) -> Figures:
        """Only the sections that have changed are added up anew. `moved`: by the present tree."""
        areas = [*question.areas, *([UNDIVIDED] if question.undivided else ())]
        states = {name: State(seen.versions[name], today, moved) for name in SERVICES}
        kept = {name: self.kept.get((question, name)) for name in SERVICES}
        known = {n: told[1] for n, told in kept.items() if told and told[0] == states[n]}
        if missing := [name for name in SERVICES if name not in known]:
            whole = question.area if question.undivided else None
            counted = as_is(terms(question.areas, moved, whole)) if moved is not None else None
            found = await sums(connection, areas, question.period, today, missing, counted)
            for name in missing:
                known[name] = {area: sections_of(found[area], [name]) for area in areas}
                self.kept.put((question, name), (states[name], known[name]))
        return {area: {name: known[name][area][name] for name in SERVICES} for area in areas}

    async def once(
        self, question: Question, name: str, state: State, counted: Callable[[], Awaitable[V]]
    ) -> V:
        """What `counted` says, as long as the state is the same."""
        if (kept := self.kept.get((question, name))) and kept[0] == state:
            return cast(V, kept[1])
        found = await counted()
        self.kept.put((question, name), (state, found))
        return found

    def again(self, asked: Hashable, seen: Seen, now: datetime, today: date) -> Given | None:
        """What was answered last to exactly this, if it would be the same now."""
        given = self.given.get(asked)
        if given is None or given.today != today:
            return None
        ages = seen.ages(now)
        made_of: MadeOf = {
            service: (seen.versions[service], ages[service]) for service in given.made_of
        }
        return given if given.made_of == made_of else None
