"""Who sees which figures of inhabitants, and what their import must know."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, true
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from services.chassis.identity.caller import Caller
from services.chassis.operation import Item, Noun
from services.grid.areas import queries as areas
from services.grid.areas.rules import Validity
from services.grid.populations.models import Population
from services.grid.populations.schemas import PopulationLine


def visible(_: Caller) -> ColumnElement[bool]:
    """They are public figures."""
    return true()


POPULATIONS: Noun[Population] = Noun(
    "population",
    Population,
    visible,
    lambda row, *_: PopulationLine.model_validate(row, from_attributes=True),
)


def of_year(year: int | None) -> ColumnElement[bool] | None:
    return None if year is None else col(Population.year) == year


async def places(connection: AsyncConnection, items: Sequence[Item]) -> Validity:
    return await areas.validity(connection, {item.body.area_code for item in items})
