"""Which subcategories there are."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col, or_, select

from services.chassis.database import Database, driver
from services.contracts.codes_grid import CODES, Category
from services.grid.categories.fields import fields_of
from services.grid.categories.models import Subcategory
from services.grid.categories.rules import (
    PARTIES,
    SubcategoryUnknown,
    characters_of,
)
from services.grid.categories.schemas import CategoriesOut, CategoryOut, SubcategoryOut

Span = tuple[date, date | None, bool]


@dataclass(frozen=True)
class Subcategories:
    """Those named: of which days each is, and whether it is a clue."""

    known: Mapping[tuple[str, str], Span] = field(default_factory=dict)

    def is_clue(self, category: Category, code: str | None, day: date) -> bool:
        """Refuses one that is not there on that day."""
        if code is None:
            return False
        start, end, clue = self.known.get((category, code), (date.max, None, False))
        if day < start or (end is not None and end <= day):
            raise SubcategoryUnknown(code, category)
        return clue


async def named(connection: AsyncConnection, codes: Iterable[str | None]) -> Subcategories:
    """Without a statement where none is named."""
    wanted = {code for code in codes if code}
    if not wanted:
        return Subcategories()
    raw = await driver(connection)
    rows = await raw.fetch(
        "select category, code, valid_from, valid_to, clue from report_subcategory "
        "where code = any($1::text[])",
        [*wanted],
    )
    return Subcategories({(row[0], row[1]): (row[2], row[3], row[4]) for row in rows})


async def catalogue(database: Database, day: date) -> CategoriesOut:
    """All categories as they are on `day`."""
    valid = (col(Subcategory.valid_from) <= day) & or_(
        col(Subcategory.valid_to).is_(None), col(Subcategory.valid_to) > day
    )
    statement = select(*Subcategory.__table__.columns).where(valid)  # type: ignore[attr-defined]
    async with database.statements() as connection:
        ordered = statement.order_by(col(Subcategory.category), col(Subcategory.code))
        rows = [dict(row) for row in (await connection.execute(ordered)).mappings()]
    return CategoriesOut(on=day, items=[_told(category, rows) for category in Category])


def _told(category: Category, rows: Sequence[Mapping[str, object]]) -> CategoryOut:
    zh, en = CODES["report_category"][category]
    return CategoryOut(
        code=category,
        zh=zh,
        en=en,
        description_characters=characters_of(category),
        parties=PARTIES if category is Category.DISPUTE else 0,
        fields=[*fields_of(category)],
        subcategories=[
            SubcategoryOut.model_validate(row) for row in rows if row["category"] == category
        ],
    )
