"""The current state of the aggregates that an agency may see.

It is made of the gateway's cards: each is its aggregate's snapshot event, kept up to date by the very events that
are archived, in the transaction that archives them. What waits in a dead letter is missing in it until an operator
has settled that.
"""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from services.chassis.database import DriverConnection, as_json
from services.gateway.agencies.cloudevents import current
from services.gateway.agencies.feed import GRANTED
from services.gateway.agencies.scope import Scope, as_table
from services.gateway.projections.registry import ALL

PROJECTIONS = {projection.snapshot.type: projection for projection in ALL}


def sees(topic: str, scopes: str = "$1", types: str = "true") -> str:
    """SQL: whether one of the scopes in a parameter sees card `c`, an aggregate of the topic. None sees what is told
    on a topic of sensitive ones."""
    return f"""(c.data ->> 'told_apart' is distinct from 'true' and exists (select from {GRANTED.format(scopes)} where {topic} = any(g.topics)
            and (g.areas = '{{}}' or c.area_code ^@ any(g.areas)) and {types}
            and (g.categories = '{{}}' or c.data ->> 'category' = any(g.categories))))"""


CARDS = f"""
    select c.id, c.epoch, c.version, c.data::text as data from card c
    where c.noun = $2 and ($3::uuid is null or c.id > $3) and ($4::text is null or c.area_code ^@ $4)
        and {sees("$5", types="(g.types = '{}' or $6 = any(g.types))")}
    order by c.id limit $7"""


class Cards(NamedTuple):
    """`following`: the id behind which the next page begins, if this one is full."""

    events: list[bytes]
    following: UUID | None


async def cards(
    connection: DriverConnection,
    scopes: Sequence[Scope],
    type_: str,
    area: str | None,
    after: UUID | None,
    limit: int,
) -> Cards:
    """A page of the aggregates whose snapshots are of this type, by id."""
    projection = PROJECTIONS[type_]
    rows = await connection.fetch(
        CARDS,
        as_json(as_table(scopes)),
        *(projection.noun, after, area, projection.topic, type_, limit),
    )
    source = f"/jinding/{projection.service}"
    return Cards(
        [current(type_, source, row[0], row[1], row[2], row[3]) for row in rows],
        rows[-1]["id"] if len(rows) == limit else None,
    )
