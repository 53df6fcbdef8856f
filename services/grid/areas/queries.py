"""Who sees which areas, and what others must know of them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from sqlalchemy import ColumnElement, SQLColumnExpression, or_, select, true
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from services.chassis.database import driver
from services.chassis.deadlines.calendar import local_day
from services.chassis.identity.caller import Caller
from services.chassis.operation import Item, Noun
from services.grid.areas.models import Area, Centroid
from services.grid.areas.rules import Validity
from services.grid.areas.schemas import AreaLine

IMPORTING = 0x4A44_0101


def visible(_: Caller) -> ColumnElement[bool]:
    """Areas are public."""
    return true()


AREAS: Noun[Area] = Noun(
    "area",
    Area,
    visible,
    lambda area, *_: AreaLine.model_validate(area, from_attributes=True),
)


def under(parent: str | None) -> ColumnElement[bool] | None:
    return col(Area.parent) == parent if parent else None


Centroids = Mapping[str, Sequence[tuple[date, date, Centroid]]]
"""By code: from which day and before which day an area is valid, and where a map shows it."""


async def centroids(connection: AsyncConnection, codes: Iterable[str]) -> Centroids:
    """Of the areas that have one."""
    valid = col(Area.valid_from), col(Area.valid_to)
    statement = select(col(Area.area_code), *valid, col(Area.centroid))
    statement = statement.where(col(Area.area_code).in_([*codes]))
    found: dict[str, list[tuple[date, date, Centroid]]] = {}
    for code, since, until, centroid in await connection.execute(statement):
        if centroid:
            found.setdefault(code, []).append((since, until or date.max, centroid))
    return found


def centroid_on(grids: Centroids, area_code: str, day: date) -> Centroid | None:
    """Of the area as it was on that day."""
    valid = (c for since, until, c in grids.get(area_code, ()) if since <= day < until)
    return next(valid, None)


async def validity(connection: AsyncConnection, codes: Iterable[str]) -> Validity:
    """When each of the areas is valid."""
    raw = await driver(connection)
    rows = await raw.fetch(
        "select area_code, valid_from, valid_to from area where area_code = any($1::text[])",
        [*set(codes)],
    )
    return Validity((row[0], row[1], row[2]) for row in rows)


async def districts(connection: AsyncConnection, day: date) -> list[str]:
    """What is not of one area is of these: a deployment serves one district."""
    raw = await driver(connection)
    rows = await raw.fetch(
        "select area_code from area where length(area_code) = 6 and valid_from <= $1 "
        "and coalesce($1 < valid_to, true) order by 1",
        day,
    )
    return [row[0] for row in rows]


def closed(column: SQLColumnExpression[str], asked: bool | None) -> ColumnElement[bool] | None:
    """What is of an area that is not there today, as after a redraw; None where nobody asked."""
    if asked is None:
        return None
    today, until = local_day(datetime.now(UTC)), col(Area.valid_to)
    there = select(col(Area.id)).where(
        col(Area.area_code) == column,
        col(Area.valid_from) <= today,
        or_(until.is_(None), until > today),
    )
    return ~there.exists() if asked else there.exists()


@dataclass(frozen=True)
class Tree:
    """When the rows' own codes and their parents are valid, and on which day redraws ended these and what
    the rows come of."""

    validity: Validity
    redrawn: Mapping[str, date]


REDRAWN = """
    select area_code, valid_to from area
    where redrawn and (area_code = any($1::text[]) or valid_to = any($2::date[]))"""


async def tree(connection: AsyncConnection, items: Sequence[Item]) -> Tree:
    """Imports wait for each other: two could fit the tree and not each other."""
    raw = await driver(connection)
    await raw.execute("select pg_advisory_xact_lock($1)", IMPORTING)
    named = {code for item in items for code in (item.body.code, item.body.parent) if code}
    of = named.union(*(item.body.predecessors for item in items))
    redrawn = await raw.fetch(REDRAWN, [*of], [*{item.body.valid_from for item in items}])
    return Tree(await validity(connection, named), {row[0]: row[1] for row in redrawn})
