"""What an import must know: the table of codes, and the places."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from services.chassis.database import Database, driver
from services.chassis.operation import Item
from services.contracts.codes_grid import Category
from services.grid.categories.queries import Subcategories, named
from services.grid.mappings.models import SourceCode
from services.grid.mappings.rules import Codes
from services.grid.mappings.schemas import SourceCodeIn, SourceCodesOut
from services.grid.reports.queries import Places, places


@dataclass(frozen=True)
class Foreign:
    codes: Codes
    places: Places
    subcategories: Subcategories


async def foreign(connection: AsyncConnection, items: Sequence[Item]) -> Foreign:
    raw = await driver(connection)
    rows = await raw.fetch(
        "select source, kind, code, category, subcategory, status from report_source_code "
        "where source = any($1::text[])",
        [*{item.body.source for item in items}],
    )
    categories = {
        (source, code): (Category(category), sub)
        for source, kind, code, category, sub, _ in rows
        if kind == "CATEGORY"
    }
    statuses = {
        (source, code): status for source, kind, code, _, _, status in rows if kind == "STATUS"
    }
    subcategories = await named(connection, (sub for _, sub in categories.values()))
    return Foreign(Codes(categories, statuses), await places(connection, items), subcategories)


async def table(database: Database, source: str | None) -> SourceCodesOut:
    statement = select(*SourceCode.__table__.columns)  # type: ignore[attr-defined]
    if source:
        statement = statement.where(col(SourceCode.source) == source)
    ordered = statement.order_by(*SourceCode.__table__.primary_key)  # type: ignore[attr-defined]
    async with database.statements() as connection:
        rows = (await connection.execute(ordered)).mappings()
        return SourceCodesOut(items=[SourceCodeIn.model_validate(dict(row)) for row in rows])
