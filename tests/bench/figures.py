"""The arithmetic of the benchmarks. Pure."""

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

TICK_SECONDS = 0.001


@dataclass(frozen=True)
class Row:
    """One line of the result. `ratios` are those of the rounds; `target` None: told, but not a goal.
    `at_most`: the smaller the better. `told` is what the ratio is made of."""

    goal: str
    ratios: Sequence[float]
    target: float | None = None
    at_most: bool = False
    told: str = ""

    @property
    def ratio(self) -> float:
        return median(self.ratios)

    @property
    def held(self) -> bool | None:
        if self.target is None:
            return None
        return self.ratio <= self.target if self.at_most else self.ratio >= self.target

    def as_json(self) -> dict[str, Any]:
        return {
            "goal": self.goal,
            "ratio": round(self.ratio, 4),
            "target": self.target,
            "held": self.held,
            "better": "lower" if self.at_most else "higher",
            "spread": [round(min(self.ratios), 4), round(max(self.ratios), 4)],
            "rounds": len(self.ratios),
            "told": self.told,
        }


def ratios(subject: Sequence[float], baseline: Sequence[float]) -> list[float]:
    """Round by round: what slows the machine for a while slows both."""
    return [mine / theirs for mine, theirs in zip(subject, baseline, strict=True)]


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least `share` of all are not above (nearest rank)."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def arrivals(rate: float, seconds: float, seed: int) -> list[float]:
    """When requests are due, independently of how the server does: a Poisson stream, in whole ticks of the
    client's clock (rounded up)."""
    rng, at, due = random.Random(seed), 0.0, []
    while (at := at + rng.expovariate(rate)) < seconds:
        due.append(math.ceil(at / TICK_SECONDS) * TICK_SECONDS)
    return due
