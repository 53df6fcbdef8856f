"""Clocks, held against the events that say a deadline has passed."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime

from tests.chaos.checks.facts import Change, Clock
from tests.chaos.checks.verdict import Verdict, verdict


def fired_once(clocks: Sequence[Clock], changes: Iterable[Change], now: datetime) -> Verdict:
    """Each deadline that has passed was told once, as of when it passed; one that was kept, never."""
    told = Counter((c.id, c.clock, c.occurred_at) for c in changes if c.clock)
    wrong, looked = [], 0
    for clock in clocks:
        if clock.fired_at is None:
            if clock.stopped_at is None and clock.due_at and clock.due_at <= now:
                wrong.append(f"{clock} has passed and was not told")
            continue
        looked += 1
        if clock.fired_at != clock.due_at:
            wrong.append(f"{clock} is told of another time")
        if (times := told.pop((clock.id, clock.kind, clock.due_at), 0)) != 1:
            wrong.append(f"{clock} was told {times} times")
    wrong += [f"{event} is of no clock" for event in told]
    return verdict(
        "fired_once", "每个到期的时限恰触发一次", "each passed deadline fired once", looked, wrong
    )
