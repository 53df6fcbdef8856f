"""Cards and entries: what the projections are made of.

A card is the aggregate's snapshot event, kept up to date by the events; `entries(card)` is everything that it
adds to any figure. The runner writes the difference of two cards' entries, so a recount gives the same tallies.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple, TypeVar

from services.chassis.deadlines.calendar import last_day, local_day
from services.contracts.event import Event

Card = TypeVar("Card", bound=Event)


class Entry(NamedTuple):
    """`n` for `metric`, on `day`, in `area` and every area above it. A stock is +1 on the day of entering a
    state and −1 on the day of leaving it."""

    metric: str
    area: str
    day: date
    n: int = 1
    dimension: str = ""


@dataclass(frozen=True)
class Projection:
    """One kind of card: who publishes it, under which topic, and the two pure functions."""

    service: str
    noun: str
    snapshot: type[Event]
    apply: Callable[[Any, Any], Event]
    entries: Callable[[Any], Iterable[Entry]]

    @property
    def topic(self) -> str:
        return self.snapshot.topic

    @property
    def topics(self) -> list[str]:
        """Where it is told of: sensitive aggregates of the kind on a topic of their own."""
        return self.snapshot.topics()


def evolved(card: Card | None, event: Event, **facts: Any) -> Card:
    """`card` after `event`, which told `facts`."""
    if card is None:
        raise ValueError(f"{event.type} came before its aggregate's first event")
    common = {
        "area_code": event.area_code,
        "occurred_at": max(card.occurred_at, event.occurred_at),
        "correlation_id": event.correlation_id,
    }
    return card.model_copy(update=common | facts)


def by_clock(card: Card | None, event: Event, **facts: Any) -> Card:
    """The same after an event of time alone: `occurred_at` stays that of the last step."""
    last = {"occurred_at": card.occurred_at} if card else {}
    return evolved(card, event, **last, **facts)


def day_of(instant: datetime) -> date:
    """The local day on which it counts."""
    return local_day(instant)


def due_day(deadline: datetime) -> date:
    """The day of a deadline: one at 24:00 belongs to the day that it ends."""
    return last_day(deadline)


def nothing(_: Event) -> Iterable[Entry]:
    """Cards that add to no figure."""
    return ()


def replaced(_: Any, event: Event) -> Event:
    """For aggregates whose every event is their snapshot."""
    return event
