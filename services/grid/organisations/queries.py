"""Who sees which organisations, and what others must know of them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, true
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from services.chassis.database import driver
from services.chassis.identity.caller import Caller
from services.chassis.operation import Item, Noun
from services.grid.areas import queries as areas
from services.grid.areas.rules import Validity
from services.grid.organisations.models import Organisation
from services.grid.organisations.schemas import OrganisationLine

IMPORTING = 0x4A44_0102


def visible(_: Caller) -> ColumnElement[bool]:
    """Organisations are public bodies."""
    return true()


ORGANISATIONS: Noun[Organisation] = Noun(
    "organisation",
    Organisation,
    visible,
    lambda body, *_: OrganisationLine.model_validate(body, from_attributes=True),
)


def of_kind(kind: str | None) -> ColumnElement[bool] | None:
    return col(Organisation.kind) == kind if kind else None


async def validity(connection: AsyncConnection, codes: Iterable[str]) -> Validity:
    """When each of the organisations is valid."""
    raw = await driver(connection)
    rows = await raw.fetch(
        "select code, valid_from, valid_to from organisation where code = any($1::text[])",
        [*set(codes)],
    )
    return Validity((row[0], row[1], row[2]) for row in rows)


async def served(connection: AsyncConnection, codes: Iterable[str]) -> dict[str, str]:
    """The area that each of the organisations serves, or did last."""
    raw = await driver(connection)
    rows = await raw.fetch(
        "select code, area_code from organisation where code = any($1::text[]) order by valid_from",
        [*set(codes)],
    )
    return {row[0]: row[1] for row in rows}


@dataclass(frozen=True)
class Tree:
    """What an import must know: the areas that its rows name, and every organisation with its parent."""

    areas: Validity
    bodies: Validity = field(default_factory=Validity)
    parents: dict[str, str | None] = field(default_factory=dict)


async def tree(connection: AsyncConnection, items: Sequence[Item]) -> Tree:
    """Imports wait for each other: two could fit the tree and not each other."""
    raw = await driver(connection)
    await raw.execute("select pg_advisory_xact_lock($1)", IMPORTING)
    found = Tree(await areas.validity(connection, (item.body.area_code for item in items)))
    rows = "select code, parent, valid_from, valid_to from organisation order by valid_from"
    for code, parent, start, end in await raw.fetch(rows):
        found.bodies.add(code, start, end)
        found.parents[code] = parent
    return found
