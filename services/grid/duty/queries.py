"""A week's duty from the rows: one statement for all links that somebody may see."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, FromClause, func, select, true
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from services.chassis.database import Database
from services.chassis.effective import in_force
from services.chassis.identity.caller import Caller
from services.chassis.identity.scope import within
from services.chassis.operation import Noun
from services.grid.duty.models import DutyRule, DutyWeek
from services.grid.duty.owed import counts_of, of_month, of_week
from services.grid.duty.rules import WEEK, DutyRuleMissing, GroupBy, monday_of, month_of
from services.grid.duty.schemas import (
    DutyOut,
    DutyRow,
    DutyRuleRow,
    DutyRulesOut,
    DutyWeekLine,
)
from services.grid.links.models import HouseholdLink
from services.grid.links.queries import visible

DAY = timedelta(days=1)
COUNTS = ("due", "done", "late")

DUTY_WEEKS: Noun[DutyWeek] = Noun(
    "duty_week",
    DutyWeek,
    lambda caller: true() if caller.is_job else within(col(DutyWeek.area_code), caller.areas),
    lambda row, *_: DutyWeekLine.model_validate(row, from_attributes=True),
)


async def rules(connection: AsyncConnection) -> list[DutyRule]:
    table = DutyRule.__table__  # type: ignore[attr-defined]
    return [DutyRule(**row) for row in (await connection.execute(select(table))).mappings()]


async def all_rules(database: Database) -> DutyRulesOut:
    async with database.connection() as connection:
        known = await rules(connection)
    known.sort(key=lambda row: (row.area_code, row.valid_from))
    return DutyRulesOut(items=[DutyRuleRow.model_validate(r, from_attributes=True) for r in known])


def rule(known: Sequence[DutyRule], area: str, day: date) -> DutyRule:
    found = in_force(known, area, day)
    if found is None:
        raise DutyRuleMissing
    return found


@dataclass(frozen=True)
class Asked:
    """Of whom a page tells, and which."""

    caller: Caller
    by: GroupBy
    area: str | None
    limit: int
    after: str | None

    @property
    def which(self) -> list[ColumnElement[bool]]:
        inside = func.starts_with(col(HouseholdLink.area_code), self.area or "")
        return [visible(self.caller.in_emergency), inside]


async def duty(database: Database, week: str, asked: Asked) -> DutyOut:
    """What the links that the caller may see come to in a week."""
    monday = monday_of(week)
    async with database.statements() as connection:
        counted = of_week(monday, await rules(connection), *asked.which)
        told = await _told(connection, counted, asked)
    return DutyOut(week=week, first_on=monday, last_on=monday + WEEK - DAY, **told)


async def extra_duty(database: Database, month: str, asked: Asked) -> DutyOut:
    """Of how many of them one visit more than one a week is owed in a month, and was made."""
    first, next_ = month_of(month)
    async with database.statements() as connection:
        counted = of_month(first, next_, *asked.which)
        told = await _told(connection, counted, asked)
    return DutyOut(month=month, first_on=first, last_on=next_ - DAY, **told)


async def _told(connection: AsyncConnection, counted: FromClause, asked: Asked) -> dict[str, Any]:
    """One statement: the sums, and beside them the lines of the page."""
    key = counted.c[asked.by.value]
    lines = select(key.label("key"), *counts_of(counted)).group_by(key).cte("lines")
    sums = select(*(func.coalesce(func.sum(lines.c[name]), 0).label(name) for name in COUNTS))
    whole, beyond = sums.subquery("whole"), lines.c.key > (asked.after or "")
    page = select(lines).where(beyond).order_by(lines.c.key).limit(asked.limit + 1).subquery("page")
    statement = select(whole, page).outerjoin_from(whole, page, true()).order_by(page.c.key)
    found = [tuple(row) for row in await connection.execute(statement)]
    rows = [
        DutyRow(key=key, due=due, done=done, late=late, missing=due - done)
        for *_, key, due, done, late in found
        if key is not None
    ]
    more = rows[asked.limit - 1].key if len(rows) > asked.limit else None
    told = dict(zip(COUNTS, found[0], strict=False))
    return told | {"by": asked.by, "items": rows[: asked.limit], "next": more}
