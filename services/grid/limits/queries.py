"""Reading and setting the tables of limits."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, NamedTuple, TypeVar

from fastapi import Query
from pydantic import BaseModel
from sqlalchemy import Table, select
from sqlmodel import SQLModel

from services.chassis.database import Database
from services.chassis.http.whole_tables import Imported
from services.chassis.identity.caller import Caller
from services.chassis.runtime import Runtime
from services.grid.areas.queries import validity
from services.grid.areas.schemas import CODE, Day
from services.grid.configured import put_rows
from services.grid.limits.rules import of_an_area_from_tomorrow, versions
from services.grid.limits.schemas import RowIn, Versions

Out = TypeVar("Out", bound=BaseModel)
WHERE_AND_WHEN = {"area_code", "valid_from"}


class Asked(NamedTuple):
    on: date | None
    area: str | None


def asked(
    on: Annotated[Day | None, Query(description="Those in force on that day.")] = None,
    area: Annotated[
        str | None,
        Query(pattern=CODE, description="Those for it and what it lies in; with `on`, what holds."),
    ] = None,
) -> Asked:
    return Asked(on, area)


async def listed(
    database: Database, model: type[SQLModel], out: type[Out], asked: Asked
) -> Versions[Out]:
    table: Table = model.__table__  # type: ignore[attr-defined]
    names = [c.name for c in table.primary_key if c.name not in WHERE_AND_WHEN]
    async with database.statements() as connection:
        rows = [dict(row) for row in (await connection.execute(select(table))).mappings()]
    found = versions(rows, names, *asked)
    return Versions(items=[out.model_validate(row) for row in found])


async def put(
    runtime: Runtime, caller: Caller, model: type[SQLModel], rows: Sequence[RowIn]
) -> Imported:
    """From a day to come on; what is in force until then is left as it is, and so is what was begun under it."""
    async with runtime.database.statements() as connection:
        known = await validity(connection, [row.area_code for row in rows])
    return await put_rows(runtime, caller, model, rows, of_an_area_from_tomorrow(known))
