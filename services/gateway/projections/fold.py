"""Folding events into cards and cards into tallies. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple
from uuid import UUID

from services.contracts.event import Event
from services.gateway.projections.cards import Entry, Projection

LEVELS = (6, 9, 12, 15)
Key = tuple[str, UUID]
TallyKey = tuple[str, str, date, str, str]
"""Area, metric, day, dimension, and the service whose figure it is."""


class Kept(NamedTuple):
    """A card with the (epoch, version) that guards it against duplicates and disorder."""

    epoch: int
    version: int
    card: Event


class Fact(NamedTuple):
    """One event of one aggregate, as read."""

    projection: Projection
    id: UUID
    epoch: int
    version: int
    event: Event

    @property
    def key(self) -> Key:
        return (self.projection.noun, self.id)


class VersionGap(Exception):
    """Events of this aggregate are missing before `fact`; its snapshot must be fetched."""

    def __init__(self, fact: Fact) -> None:
        super().__init__(f"{fact.key} jumped to {fact.epoch}/{fact.version}")
        self.fact = fact


@dataclass
class Fold:
    """`cards` are as stored; `epochs` are the services' known ones, before which nothing counts any more;
    `changed` and `tallies` are what must be written."""

    cards: dict[Key, Kept]
    epochs: Mapping[str, int] = field(default_factory=dict)
    changed: dict[Key, Kept] = field(default_factory=dict)
    tallies: Counter[TallyKey] = field(default_factory=Counter)
    _counted: dict[Key, list[Entry]] = field(default_factory=dict)

    def take(self, fact: Fact) -> bool:
        """Apply `fact` unless it is old; whether it was new."""
        key = fact.key
        known = self.cards.get(key)
        guard = (known.epoch, known.version) if known else (fact.epoch, 0)
        if (fact.epoch, fact.version) <= guard:
            return False
        if fact.epoch < self.epochs.get(fact.projection.service, 0):
            return False
        is_snapshot = isinstance(fact.event, fact.projection.snapshot)
        if not is_snapshot and (fact.epoch, fact.version) != (guard[0], guard[1] + 1):
            raise VersionGap(fact)
        before = known.card if known else None
        card = fact.projection.apply(before, fact.event)
        self._count(key, fact.projection, before, card)
        self.cards[key] = self.changed[key] = Kept(fact.epoch, fact.version, card)
        return True

    def _count(self, key: Key, projection: Projection, before: Event | None, after: Event) -> None:
        """Most entries of a card outlive a change: only the difference is worth counting."""
        counted = self._counted.get(key)
        if counted is None:
            counted = list(projection.entries(before)) if before else []
        self._counted[key] = list(projection.entries(after))
        gone, come = counted.copy(), []
        for entry in self._counted[key]:
            if entry in gone:
                gone.remove(entry)
            else:
                come.append(entry)
        add(self.tallies, projection.service, gone, -1)
        add(self.tallies, projection.service, come, 1)


def add(tallies: Counter[TallyKey], service: str, entries: Iterable[Entry], sign: int) -> None:
    """Add entries at every level of their area."""
    for metric, area, day, n, dimension in entries:
        for level in LEVELS:
            if level <= len(area):
                tallies[area[:level], metric, day, dimension, service] += sign * n


def written(tallies: Counter[TallyKey]) -> list[tuple[TallyKey, int]]:
    """What differs from nothing, sorted: equal lock order in every writer."""
    return sorted((key, n) for key, n in tallies.items() if n)
