"""What may be granted to an agency: whole topics, or what of them concerns some areas, categories or types. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, astuple, dataclass, replace
from typing import Any

from services.chassis.errors import Invalid
from services.contracts.codes_grid import Category
from services.contracts.registry import by_type
from services.contracts.topics import SENSITIVE, STREAMS, TOPICS
from services.gateway.auth.claims import is_area_code
from services.gateway.projections.registry import BY_TOPIC


class NotGrantable(Invalid):
    def __init__(self, what: str, values: Iterable[str]) -> None:
        named = "、".join(sorted(values))
        super().__init__(
            f"不能授权的 {what}：{named or '（空）'}。",
            f"These {what} cannot be granted: {named or 'none named'}.",
            pointer=f"/{what}",
        )


@dataclass(frozen=True)
class Scope:
    """`areas` are prefixes; `categories` those of grid's reports; `types` those of events, or of the snapshots that
    may be read. An empty tuple sets no bound; `topics` are never empty."""

    topics: tuple[str, ...]
    areas: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    types: tuple[str, ...] = ()

    @classmethod
    def granted(cls, topics: Iterable[str], *bounds: Iterable[str]) -> "Scope":
        """As it was stored; what became sensitive since is left out."""
        return cls(tuple(topic for topic in topics if topic not in SENSITIVE), *map(tuple, bounds))

    def check(self) -> None:
        """`NotGrantable`, which names the field: what does not exist, is sensitive, or lies outside the topics."""
        known = by_type()
        wrong = {
            "topics": set(self.topics) - (set(TOPICS) - SENSITIVE),
            "areas": {area for area in self.areas if not is_area_code(area)},
            "types": {t for t in self.types if t not in known or known[t].topic not in self.topics},
            "categories": set(self.categories) - set(Category),
        }
        for field, values in wrong.items():
            if values or (field == "topics" and not self.topics):
                raise NotGrantable(field, values)
        without = {topic for topic in self.topics if not _has_category(topic)}
        if self.categories and without:
            raise NotGrantable("categories", without)

    def covers(self, other: "Scope") -> bool:
        """Whether all of `other` lies inside."""
        within = not self.areas or (
            bool(other.areas) and all(area.startswith(self.areas) for area in other.areas)
        )
        return within and all(
            _bounds(mine, theirs)
            for mine, theirs in (
                (self.topics, other.topics),
                (self.categories, other.categories),
                (self.types, other.types),
            )
        )

    @property
    def is_whole(self) -> bool:
        """Kafka itself grants whole topics only."""
        return not (self.areas or self.categories or self.types)


def _bounds(mine: Sequence[str], theirs: Sequence[str]) -> bool:
    return not mine or (bool(theirs) and set(theirs) <= set(mine))


def _has_category(topic: str) -> bool:
    return topic in BY_TOPIC and "category" in BY_TOPIC[topic].snapshot.model_fields


def whole_topics(scopes: Iterable[Scope]) -> list[str]:
    return sorted({topic for scope in scopes if scope.is_whole for topic in scope.topics})


def besides(scopes: Iterable[Scope], topics: Iterable[str]) -> list[Scope]:
    """What of the scopes lies in other topics."""
    others = [(scope, tuple(t for t in scope.topics if t not in topics)) for scope in scopes]
    return [replace(scope, topics=left) for scope, left in others if left]


def widened(before: Iterable[Scope], now: Iterable[Scope]) -> bool:
    """Whether whatever was within is within still, and of each aggregate just the same events."""
    before, now = list(before), list(now)
    return len({scope.types for scope in (*before, *now)}) == 1 and all(
        any(wide.covers(scope) for wide in now) for scope in before
    )


def stream_of(agency: str) -> str:
    """The topic of the agency's own, for what Kafka cannot grant as it is."""
    return f"{STREAMS}{agency}.v1"


def types_of(scopes: Iterable[Scope]) -> set[str]:
    """Every type of which something is granted."""
    return {
        name
        for scope in scopes
        for name, cls in by_type().items()
        if cls.topic in scope.topics and (not scope.types or name in scope.types)
    }


def as_table(scopes: Iterable[Scope]) -> list[dict[str, Any]]:
    """Rows for `json_to_recordset`."""
    return [asdict(scope) for scope in sorted(set(scopes), key=astuple)]
