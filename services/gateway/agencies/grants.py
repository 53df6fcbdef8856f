"""What is granted to an agency at this moment."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from services.chassis.database import DriverConnection, as_json
from services.gateway.agencies.scope import Scope, as_table, besides, whole_topics

IN_FORCE = "g.ended_at is null and g.since <= now() and (g.until is null or g.until > now())"
GRANTS = f"""
    select topics, areas, categories, types, until is null as lasting
    from agency_grant g where agency = {{}} and {IN_FORCE}"""


@dataclass(frozen=True)
class Granted:
    """`topics` can be read on Kafka itself: they are granted whole, and for good, as its access lists know no end."""

    scopes: tuple[Scope, ...]
    topics: tuple[str, ...]

    @property
    def streamed(self) -> list[Scope]:
        """What else is granted: the agency's stream."""
        return besides(self.scopes, self.topics)

    @property
    def text(self) -> str:
        """Equal where just the same is granted."""
        return as_json([as_table(self.scopes), as_table(self.streamed)])


def granted(rows: Iterable[Iterable[Any]]) -> Granted:
    """`rows` as `GRANTS` gives them."""
    found = [(Scope.granted(*bounds), lasting) for *bounds, lasting in rows]
    given = [(scope, lasting) for scope, lasting in found if scope.topics]
    whole = whole_topics(scope for scope, lasting in given if lasting)
    return Granted(tuple(scope for scope, _ in given), tuple(whole))


async def in_force(connection: DriverConnection, agency: str) -> Granted:
    return granted(await connection.fetch(GRANTS.format("$1"), agency))
