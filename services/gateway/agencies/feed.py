"""Pages of the archive as an agency may see them, in the order in which each partition was read."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from services.chassis.database import DriverConnection, as_json
from services.gateway.agencies.cloudevents import archived
from services.gateway.agencies.cursor import At, Positions, Question
from services.gateway.agencies.scope import Scope, as_table
from services.gateway.agencies.stretches import Window, latest, stretches, windows
from services.gateway.projections.registry import BY_TOPIC

GRANTED = (
    "json_to_recordset({}::json) as g(topics text[], areas text[], categories text[], types text[])"
)
READ = f"""
    select at.n, at.noun, told."offset", told.read_at, told.key, told.headers, told.value
    from unnest($2::text[], $3::text[], $4::int[], $5::text[], $6::bigint[], $7::bigint[])
        with ordinality as at(topic, noun, partition, log, first, until, n)
    cross join lateral (
        select a."offset", a.read_at, a.key, a.headers::text as headers, a.value from archive a
        where a.topic = at.topic and a.partition = at.partition and a.log_identity = at.log
            and a."offset" >= at.first and a."offset" < at.until and a.area_code is not null
            and ($8::text[] is null or a.type = any($8)) and ($9::text is null or a.area_code ^@ $9)
            and exists (select from {GRANTED.format("$1")} where a.topic = any(g.topics)
                and (g.areas = '{{}}' or a.area_code ^@ any(g.areas))
                and (g.types = '{{}}' or a.type = any(g.types))
                and (g.categories = '{{}}' or (
                    select c.data ->> 'category' from card c where c.noun = at.noun
                    and c.id = case when a.area_code is not null then convert_from(a.key, 'UTF8')::uuid end
                ) = any(g.categories)))
        order by a."offset" fetch first ($10::bigint) rows with ties
    ) told order by at.n, told."offset" fetch first ($10::bigint) rows with ties"""
"""What was read (`area_code` is known) and fits; the category is the aggregate's, as only some events tell it.
Ties: an offset that was archived twice, when an operator had it read again."""


class Found(NamedTuple):
    """Rows of the archive: `noun`, `key`, `headers` (as JSON), `value`. `caught_up`: nothing was left to look through."""

    rows: Sequence[Any]
    positions: Positions
    caught_up: bool


class Page(NamedTuple):
    events: list[bytes]
    positions: Positions
    caught_up: bool


async def newest(connection: DriverConnection, scopes: Iterable[Scope]) -> Page:
    """No events: the place behind all that can be read now."""
    return Page([], latest(await stretches(connection, _topics(scopes))), True)


async def page(
    connection: DriverConnection,
    scopes: Sequence[Scope],
    question: Question,
    after: Positions,
    limit: int,
) -> Page:
    """As `look`, each event as a CloudEvent in JSON."""
    found = await look(connection, scopes, question, after, limit)
    events = [archived(row["headers"], bytes(row["value"])) for row in found.rows]
    return Page(events, found.positions, found.caught_up)


async def look(
    connection: DriverConnection,
    scopes: Sequence[Scope],
    question: Question,
    after: Positions,
    limit: int,
) -> Found:
    """Up to `limit` events behind `after`; where few of many fit, it may be none although more is to come.
    Needs a snapshot for all its statements."""
    known = await stretches(connection, _topics(scopes))
    ahead, positions = windows(known, after)
    if not ahead:
        return Found([], positions, True)
    found = await connection.fetch(
        READ,
        as_json(as_table(scopes)),
        [window.partition.topic for window in ahead],
        [BY_TOPIC[window.partition.topic].noun for window in ahead],
        [window.partition.number for window in ahead],
        [window.log for window in ahead],
        [window.first for window in ahead],
        [window.until for window in ahead],
        question.types,
        question.area,
        limit,
    )
    rows = sorted(found, key=lambda row: (row["n"], row["offset"], row["read_at"]))
    positions |= _read(ahead, [(row["n"], row["offset"]) for row in rows], limit)
    ends = {partition: At(told[-1].id, told[-1].end) for partition, told in known.items()}
    return Found(rows, positions, all(positions[p] >= end for p, end in ends.items()))


def _read(ahead: Sequence[Window], found: Sequence[tuple[int, int]], limit: int) -> Positions:
    """How far the windows were looked through: to the last of a full page, else to their ends."""
    last = found[-1] if len(found) >= limit else (len(ahead) + 1, 0)
    read = {w.partition: At(w.stretch, w.until) for w in ahead[: last[0] - 1]}
    if last[0] <= len(ahead):
        window = ahead[last[0] - 1]
        read[window.partition] = At(window.stretch, last[1] + 1)
    return read


def _topics(scopes: Iterable[Scope]) -> list[str]:
    return sorted({topic for scope in scopes for topic in scope.topics})
