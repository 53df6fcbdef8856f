"""Folding events into cards and cards into tallies. Pure."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple
from uuid import UUID

from services.contracts.event import Event
from services.gateway.projections.cards import Entry, Projection

LEVELS = (6, 9, 12, 15)
Key = tuple[str, UUID]
TallyKey = tuple[str, str, date, str]


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
    """`cards` are as stored; `changed` and `tallies` are what must be written."""

    cards: dict[Key, Kept]
    changed: dict[Key, Kept] = field(default_factory=dict)
    tallies: Counter[TallyKey] = field(default_factory=Counter)

    def take(self, fact: Fact) -> bool:
        """Apply `fact` unless it is old; whether it was new."""
        known = self.cards.get(fact.key)
        guard = (known.epoch, known.version) if known else (fact.epoch, 0)
        if (fact.epoch, fact.version) <= guard:
            return False
        is_snapshot = isinstance(fact.event, fact.projection.snapshot)
        if not is_snapshot and (fact.epoch, fact.version) != (guard[0], guard[1] + 1):
            raise VersionGap(fact)
        card = fact.projection.apply(known.card if known else None, fact.event)
        kept = Kept(fact.epoch, fact.version, card)
        self._count(fact.projection, known, kept)
        self.cards[fact.key] = self.changed[fact.key] = kept
        return True

    def replace(self, fact: Fact) -> None:
        """Take a snapshot for the truth, whatever was known."""
        known = self.cards.get(fact.key)
        kept = Kept(fact.epoch, fact.version, fact.event)
        if kept != known:
            self._count(fact.projection, known, kept)
            self.cards[fact.key] = self.changed[fact.key] = kept

    def forget(self, projection: Projection, id: UUID) -> None:
        """Take back everything that a card added."""
        self._count(projection, self.cards.pop((projection.noun, id)), None)

    def _count(self, projection: Projection, before: Kept | None, after: Kept | None) -> None:
        gone = list(projection.entries(before.card)) if before else []
        come = list(projection.entries(after.card)) if after else []
        add(self.tallies, gone, -1)
        add(self.tallies, come, 1)


def add(tallies: Counter[TallyKey], entries: Iterable[Entry], sign: int) -> None:
    """Add entries at every level of their area."""
    for entry in entries:
        for level in LEVELS:
            if level <= len(entry.area):
                key = (entry.area[:level], entry.metric, entry.day, entry.dimension)
                tallies[key] += sign * entry.n


def written(tallies: Counter[TallyKey]) -> list[tuple[TallyKey, int]]:
    """What differs from nothing, sorted: equal lock order in every writer."""
    return sorted((key, n) for key, n in tallies.items() if n)
