"""Who sees which micro-grids, and what their import must know."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, true
from sqlalchemy.ext.asyncio import AsyncConnection

from services.chassis.database import driver
from services.chassis.identity.caller import Caller
from services.chassis.operation import Item, Noun
from services.grid.areas import queries as areas
from services.grid.areas.rules import Validity
from services.grid.micro_grids.models import MicroGrid
from services.grid.micro_grids.schemas import MicroGridLine


def visible(_: Caller) -> ColumnElement[bool]:
    """They are as public as their grids."""
    return true()


MICRO_GRIDS: Noun[MicroGrid] = Noun(
    "micro_grid",
    MicroGrid,
    visible,
    lambda row, *_: MicroGridLine.model_validate(row, from_attributes=True),
)


@dataclass(frozen=True)
class Tree:
    """When the grids, and the micro-grids themselves, are valid."""

    grids: Validity
    parts: Validity


async def tree(connection: AsyncConnection, items: Sequence[Item]) -> Tree:
    """Imports wait for each other: two could fit the tree and not each other."""
    raw = await driver(connection)
    await raw.execute("select pg_advisory_xact_lock($1)", areas.IMPORTING)
    codes = {item.body.code for item in items}
    rows = await raw.fetch(
        "select code, valid_from, valid_to from micro_grid where code = any($1::text[])", [*codes]
    )
    parts = Validity((row[0], row[1], row[2]) for row in rows)
    return Tree(await areas.validity(connection, {code[:-2] for code in codes}), parts)
