"""What the gateway's cards say of places and public bodies on a day, and its archive of a matter."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from services.chassis.database import DriverConnection

# A code has a card for each day from which it means something: the one in force on day $1 comes first, or
# else the last one that was, or else the first that will be.
IS_AT_ALL = "data ->> 'valid_to' is distinct from data ->> 'valid_from'"
"""Not so what a redraw was to open that was withdrawn."""
BEGUN = f"{IS_AT_ALL} and (data ->> 'valid_from')::date <= $1"
IN_FORCE = f"{BEGUN} and coalesce($1 < (data ->> 'valid_to')::date, true)"
OF_NO_OTHERS = "data -> 'predecessors' = '[]'::jsonb"
NEAREST = (
    f"({IN_FORCE}) desc, case when {BEGUN} then data ->> 'valid_from' end desc nulls last, "
    "data ->> 'valid_from'"
)


async def area(connection: DriverConnection, day: date, code: str) -> str | None:
    """The area's card as JSON."""
    found: str | None = await connection.fetchval(
        f"select data::text from card where noun = 'area' and area_code = $2 and {IS_AT_ALL} "
        f"order by {NEAREST} limit 1",
        day,
        code,
    )
    return found


async def districts(connection: DriverConnection, day: date) -> list[str]:
    """Those in force: a deployment serves one."""
    rows = await connection.fetch(
        "select distinct area_code from card where noun = 'area' and length(area_code) = 6 "
        f"and {IN_FORCE} order by 1",
        day,
    )
    return [row["area_code"] for row in rows]


async def children(connection: DriverConnection, day: date, code: str) -> list[str]:
    """The codes right below it that are in force."""
    rows = await connection.fetch(
        "select distinct area_code from card where noun = 'area' and data ->> 'parent' = $2 "
        f"and {IN_FORCE} order by 1",
        day,
        code,
    )
    return [row["area_code"] for row in rows]


async def with_parts(
    connection: DriverConnection, day: date, code: str, level: int, *, present: bool = False
) -> dict[str, str]:
    """The area, and every area of so many digits that it has or had until then: code → name. Of what came of others
    nobody knew before. `present`: only what is in force on `day`."""
    shown = IN_FORCE if present else f"(area_code = $2 or {BEGUN} or {OF_NO_OTHERS})"
    rows = await connection.fetch(
        "select distinct on (area_code) area_code, data ->> 'name' as name from card "
        "where noun = 'area' and (area_code = $2 "
        "or (starts_with(area_code, $2) and length(area_code) = $3)) "
        f"and {shown} order by area_code, {NEAREST}",
        day,
        code,
        level,
    )
    return {row["area_code"]: row["name"] for row in rows}


class Population(NamedTuple):
    """How many live in an area, by the figures of that year."""

    year: int
    inhabitants: int
    households: int | None


async def populations(
    connection: DriverConnection, year: int, areas: Sequence[str]
) -> dict[str, Population]:
    """By the latest figures that are not of a later year."""
    rows = await connection.fetch(
        "select distinct on (area_code) area_code, (data ->> 'year')::int, "
        "(data ->> 'inhabitants')::bigint, (data ->> 'households')::bigint from card "
        "where noun = 'population' and area_code = any($2::text[]) and (data ->> 'year')::int <= $1 "
        "order by area_code, (data ->> 'year')::int desc",
        year,
        areas,
    )
    return {row[0]: Population(row[1], row[2], row[3]) for row in rows}


async def organisations(
    connection: DriverConnection,
    day: date,
    *,
    area: str | None,
    kind: str | None,
    after: str | None,
    limit: int,
) -> Sequence[str]:
    """A page by code, each as JSON."""
    rows = await connection.fetch(
        "select data::text as data from (select distinct on (data ->> 'code') area_code, data "
        f"from card where noun = 'organisation' order by data ->> 'code', {NEAREST}) as body "
        "where ($2::text is null or starts_with(area_code, $2)) "
        "and ($3::text is null or data ->> 'kind' = $3) "
        "and ($4::text is null or data ->> 'code' > $4) order by data ->> 'code' limit $5",
        day,
        area,
        kind,
        after,
        limit,
    )
    return [row["data"] for row in rows]


async def of_matter(connection: DriverConnection, correlation_id: UUID) -> Sequence[Any]:
    """Each event of the matter once, as archived."""
    rows: Sequence[Any] = await connection.fetch(
        "select distinct on (headers ->> 'ce_id') type, topic, convert_from(key, 'UTF8') as id, "
        "headers ->> 'ce_aggregateversion' as version, area_code, occurred_at, read_at "
        "from archive where correlation_id = $1 order by headers ->> 'ce_id', \"offset\"",
        correlation_id,
    )
    return rows


async def dealing_with(connection: DriverConnection, reports: Iterable[UUID]) -> list[list[str]]:
    """Of each report, the organisations that it is assigned to."""
    rows = await connection.fetch(
        "select array_remove(array(select jsonb_array_elements_text(data -> 'assisting')) "
        "|| (data ->> 'organisation'), null) as told from unnest($1::uuid[]) as asked(id) "
        "left join card on noun = 'report' and card.id = asked.id",
        [*reports],
    )
    return [row["told"] for row in rows]
