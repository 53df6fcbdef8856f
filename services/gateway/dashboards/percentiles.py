"""Percentiles of whole numbers, each found as often as is told of it: so what areas and days tell can be added up."""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from itertools import accumulate

Counts = Mapping[str, int]


def median_of(counts: Counts) -> float | int | None:
    """Between two of them, their mean."""
    found = sorted((int(number), n) for number, n in counts.items() if n > 0)
    total = sum(n for _, n in found)
    if not total:
        return None
    passed = list(accumulate(n for _, n in found))
    low, high = (found[bisect_right(passed, at)][0] for at in ((total - 1) // 2, total // 2))
    return low if low == high else (low + high) / 2


def percentile_of(counts: Counts, percent: int) -> int | None:
    """The smallest of them that so many of a hundred do not exceed."""
    found = sorted((int(number), n) for number, n in counts.items() if n > 0)
    passed = list(accumulate(n for _, n in found))
    if not passed:
        return None
    return found[bisect_left(passed, -(-passed[-1] * percent // 100))][0]
