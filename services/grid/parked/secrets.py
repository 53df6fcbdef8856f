"""Whose items tell what is kept secret: who reported something sensitive, whom it concerns, who answered what."""

from collections.abc import Mapping
from datetime import UTC, datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from services.chassis.database import driver
from services.chassis.deadlines.calendar import local_day
from services.chassis.operation import Item
from services.grid.categories.queries import Subcategories
from services.grid.categories.rules import SubcategoryUnknown
from services.grid.parked.rules import PRIVATE
from services.grid.reports.queries import subcategories

NOBODY = ""
"""An area that none holds: its sender alone."""


async def secrets(
    connection: AsyncConnection, items: Mapping[int, Item], home: str
) -> dict[int, str | None]:
    """Of each the area whose offices alone may know of it; None of what is no secret. A step on a report that is not
    here is one, since nothing says that it is not."""
    reports = {n: item for n, item in items.items() if item.operation.noun.name == "report"}
    made = [item for item in reports.values() if item.operation.creates]
    named = await subcategories(connection, made)
    raw = await driver(connection)
    rows = await raw.fetch(
        "select id, case when sensitive then area_code end from report where id = any($1::uuid[])",
        [item.id for item in reports.values()],
    )
    here = dict(map(tuple, rows))
    found: dict[int, str | None] = {
        n: NOBODY if item.operation.noun.name in PRIVATE else None for n, item in items.items()
    }
    for n, item in reports.items():
        if item.operation.creates:
            told = item.body.area_code if _would_be(item, named) else None
            found[n] = here.get(item.id) or told
        else:
            found[n] = here.get(item.id, home)
    return found


def _would_be(item: Item, named: Subcategories) -> bool:
    """Whether the new report would be sensitive, or may be: nobody knows what an unknown subcategory is."""
    body = item.body
    day = local_day(body.occurred_at or datetime.now(UTC))
    try:
        is_clue = named.is_clue(body.category, body.subcategory, day)
    except SubcategoryUnknown:
        return True
    return bool(body.anonymous or body.accuses or is_clue)
