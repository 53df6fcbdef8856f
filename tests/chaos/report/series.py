"""The course of a run, second by second, from what was written down while it went."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from tests.chaos.history import Try

WIDTH = 2.0
"""Seconds that one point stands for."""
Points = list[tuple[float, float]]
"""Seconds since the load began, and how many."""


@dataclass(frozen=True)
class Mark:
    """A fault, from when to when, and what became of it."""

    zh: str
    en: str
    begin: float
    end: float
    detail: str


@dataclass(frozen=True)
class Course:
    """Rates a second: `done` operations that were acknowledged, `applied` records that the gateway folded.
    Levels: `pending` in the outboxes, `lag` of the gateway behind the log. `unanswered`: how often a wish was
    sent in vain."""

    done: Points
    applied: Points
    pending: Points
    lag: Points
    marks: list[Mark]
    seconds: float
    operations: int
    unanswered: int


def course(asked: Iterable[Try], journal: Sequence[dict[str, Any]], began: float) -> Course:
    samples = [line for line in journal if line["kind"] == "sample" and line["at"] >= began]
    first: dict[Any, float] = {}
    unanswered = 0
    for t in asked:
        unanswered += t.reply.outcome == "unknown"
        if t.reply.receipt:
            at = first.setdefault(t.wish.identity, t.reply.at)
            first[t.wish.identity] = min(at, t.reply.at)
    end = max((line["at"] for line in samples), default=began)
    return Course(
        done=_rate(Counter(_slot(at - began) for at in first.values()), end - began),
        applied=_growth([(line["at"] - began, line["applied"]) for line in samples]),
        pending=[(line["at"] - began, line["pending"]) for line in samples],
        lag=[(line["at"] - began, line["lag"]) for line in samples],
        marks=[_mark(line, began) for line in journal if line["kind"] == "fault"],
        seconds=end - began,
        operations=len(first),
        unanswered=unanswered,
    )


def _slot(at: float) -> int:
    return int(at // WIDTH)


def _rate(counts: Counter[int], seconds: float) -> Points:
    slots = range(_slot(seconds) + 1)
    return [((slot + 0.5) * WIDTH, counts[slot] / WIDTH) for slot in slots]


def _growth(totals: Points) -> Points:
    """How much it grew a second, looked at once in `WIDTH`."""
    last = {_slot(at): (at, total) for at, total in totals}
    seen = [last[slot] for slot in sorted(last)]
    return [
        (at, max(0.0, (total - was) / (at - before)))
        for (before, was), (at, total) in pairwise(seen)
    ]


def _mark(line: dict[str, Any], began: float) -> Mark:
    begin, end = line["began"] - began, line["at"] - began
    return Mark(line["zh"], line["en"], begin, max(end, begin), line["detail"])
