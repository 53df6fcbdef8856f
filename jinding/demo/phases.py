"""Where the time of the demo goes: what was planned, sent and waited for, from when until when."""

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from jinding.demo.plan import Stage
from services.contracts.labels import Label

PLANNED = Label("编排", "planned")
READ_BACK = Label("等待投影并读回", "shown and read back")
COUNTED = Label("统计走访周", "weeks counted")


class Phase(NamedTuple):
    """`began`, `ended`: seconds since the start; those of several services lie side by side."""

    what: str
    operations: int
    began: float
    ended: float

    @property
    def seconds(self) -> float:
        return self.ended - self.began

    def as_json(self) -> dict[str, Any]:
        began, seconds = round(self.began, 1), round(self.seconds, 1)
        return {"what": self.what, "operations": self.operations, "from": began, "seconds": seconds}


@dataclass
class Phases:
    """`client`: how much of the time this process itself has computed, at the end."""

    started: float = field(default_factory=time.perf_counter)
    found: list[Phase] = field(default_factory=list)
    client: float = 0.0

    @contextmanager
    def phase(self, what: str, operations: int = 0) -> Iterator[None]:
        began = self.seconds()
        yield
        self.found.append(Phase(what, operations, began, self.seconds()))

    def seconds(self) -> float:
        return time.perf_counter() - self.started


def named(stage: Stage) -> str:
    """A stage by what most of it is, which is an operation."""
    counts = Counter(told["operation"] for life in stage.lives for told in life)
    [(operation, _)] = counts.most_common(1)
    return f"{stage.service} {operation}" + (" …" if len(counts) > 1 else "")


def longest(phases: Sequence[Phase], share: float = 0.02) -> list[Phase]:
    """Those that last at least that share of the whole, in the order in which they began."""
    whole = max((phase.ended for phase in phases), default=0.0)
    return sorted((p for p in phases if p.seconds >= share * whole), key=lambda p: p.began)
