"""Districts whose areas are redrawn again and again, and what is recorded in them meanwhile."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from services.gateway.dashboards.figures import SECTIONS, Kind
from services.gateway.dashboards.trees import Moved, Span, found
from services.gateway.indicators.definitions import INDICATORS, STOCKS
from services.gateway.projections.cards import Entry
from services.gateway.projections.fold import TallyKey, add

DISTRICT = "330703"
BORN, FIRST, LAST = date(2020, 1, 1), date(2026, 1, 1), date(2026, 6, 30)
FIGURES = [figure for told in SECTIONS.values() for figure in told]
FIGURES += [*(indicator.figure for indicator in INDICATORS.values()), *STOCKS]
METRICS = sorted(
    {
        metric
        for figure in FIGURES
        if figure.kind is not Kind.MEDIAN
        for metric in {*figure.metrics, *figure.excluded}
    }
)

SAMPLES = {f.metrics[0]: f.metrics[1] for told in SECTIONS.values() for f in told if f.sampled}
"""Of whom a share is, so that no share is above the whole."""


@dataclass
class World:
    """Each redraw is of a day of its own; `entries` are recorded in what is there on their day."""

    random: Random
    day: date = FIRST
    spans: list[Span] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    used: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self._begin(DISTRICT)
        for _ in range(3):
            town = self._new(DISTRICT)
            for _ in range(2):
                village = self._new(town)
                for _ in range(self.random.randint(1, 3)):
                    self._new(village)

    def live(self, redraws: int) -> "World":
        for _ in range(redraws):
            self._record(self.random.randint(1, 6))
            self.day += timedelta(days=self.random.randint(1, 9))
            self.random.choice([self._split, self._merge, self._abolish, self._hand_over])()
        self._record(4)
        return self

    @property
    def today(self) -> date:
        return self.day + timedelta(days=30)

    @property
    def moved(self) -> Moved:
        return found(self.spans, self.today)

    def present(self, length: int | None = None, under: str = "") -> list[str]:
        return sorted(
            s.code
            for s in self.spans
            if s.end is None and length in (None, len(s.code)) and s.code.startswith(under)
        )

    def tallies(self) -> Counter[TallyKey]:
        counted: Counter[TallyKey] = Counter()
        add(counted, "grid", self.entries, 1)
        return counted

    def _begin(self, code: str, *of: str) -> str:
        start = self.day if of else BORN
        self.spans.append(Span(code, start, None, list(of), None))
        return code

    def _new(self, parent: str, *of: str) -> str:
        self.used[parent] += 1
        return self._begin(f"{parent}{self.used[parent]:03}", *of)

    def _close(self, code: str, heir: str | None = None) -> None:
        place = next(n for n, s in enumerate(self.spans) if s.code == code and s.end is None)
        self.spans[place] = self.spans[place]._replace(end=self.day, heir=heir)

    def _split(self) -> None:
        """Its parts may come to lie in other villages."""
        if old := self._any(15):
            homes = [old[:12], self.random.choice(self.present(12))]
            parts = [self._new(self.random.choice(homes), old) for _ in "ab"]
            self._close(old, self.random.choice([None, *parts]))

    def _merge(self) -> None:
        if len(grids := self.present(15)) > 1:
            some = self.random.sample(grids, 2)
            self._new(self.random.choice(some)[:12], *some)
            for old in some:
                self._close(old)

    def _abolish(self) -> None:
        if old := self._any(15):
            self._close(old)

    def _hand_over(self) -> None:
        """A village, with its grids, to another township."""
        if old := self._any(12):
            new = self._new(self.random.choice(self.present(9)), old)
            for grid in self.present(15, old):
                self._new(new, grid)
                self._close(grid)
            self._close(old)

    def _any(self, length: int) -> str | None:
        codes = self.present(length)
        return self.random.choice(codes) if codes else None

    def _record(self, number: int) -> None:
        """Mostly in grids; now and then for a village, a township, or under a code that nobody has registered."""
        for _ in range(number):
            code = self.random.choice(self.present(15) * 3 + self.present())
            if len(code) == 12 and self.random.random() < 0.5:
                code += "977"
            day = self.day + timedelta(days=self.random.randint(-5, 0))
            dimension = self.random.choice(["", "A", "B"])
            metric, n = self.random.choice(METRICS), self.random.randint(1, 5)
            self.entries.append(Entry(metric, code, max(day, FIRST), n, dimension))
            if metric in SAMPLES:
                self.entries.append(Entry(SAMPLES[metric], code, max(day, FIRST), n + 1))


def home_of(code: str, moved: Moved) -> str:
    """Where what was recorded under any code is today."""
    homes = dict(moved)
    for length in range(len(code), 5, -3):
        if code[:length] in homes:
            return homes[code[:length]]
    return code


def counted_in(area: str, entries: Iterable[Entry], moved: Moved) -> Counter[tuple[str, str, date]]:
    """Metric, dimension and day of what is in `area` today, one by one."""
    told: Counter[tuple[str, str, date]] = Counter()
    for metric, code, day, n, dimension in entries:
        if home_of(code, moved).startswith(area):
            told[metric, dimension, day] += n
    return told
