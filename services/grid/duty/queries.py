"""A week's duty from the rows: one statement for all links that somebody may see."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    FromClause,
    Text,
    and_,
    case,
    cast,
    func,
    or_,
    select,
    true,
)
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from services.chassis.database import Database
from services.chassis.deadlines.calendar import day_start
from services.chassis.effective import in_force
from services.chassis.errors import Unavailable
from services.chassis.identity.caller import Caller
from services.chassis.identity.scope import within
from services.chassis.operation import Noun
from services.grid.duty.models import DutyRule, DutyWeek
from services.grid.duty.rules import WEEK, GroupBy, monday_of, month_of
from services.grid.duty.schemas import (
    DutyOut,
    DutyRow,
    DutyRuleRow,
    DutyRulesOut,
    DutyWeekLine,
)
from services.grid.households.models import Household, HouseholdTag
from services.grid.links.models import HouseholdLink
from services.grid.links.queries import visible
from services.grid.visits.models import Visit

DAY = timedelta(days=1)
COUNTS = ("due", "done", "late")

DUTY_WEEKS: Noun[DutyWeek] = Noun(
    "duty_week",
    DutyWeek,
    lambda caller: true() if caller.is_job else within(col(DutyWeek.area_code), caller.areas),
    lambda row, *_: DutyWeekLine.model_validate(row, from_attributes=True),
)


class DutyRuleMissing(Unavailable):
    zh = "未配置走访规则。"
    en = "No rule of the weekly visits is configured."


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


def of_week(
    monday: date, known: Sequence[DutyRule], *which: ColumnElement[bool], few: bool = False
) -> FromClause:
    """The links that count for a week, and what became of each. `few` of them: then it is quicker to look at their
    visits alone."""
    link, next_ = HouseholdLink, monday + WEEK
    start, end = day_start(monday), day_start(next_)
    visited = (
        select(col(Visit.link_id), func.bool_and(col(Visit.late_entry)).label("late"))
        .where(
            col(Visit.is_fulfilling),
            col(Visit.visited_at) >= start,
            col(Visit.visited_at) < end,
            col(Visit.link_id).in_(select(col(link.id)).where(*which)) if few else true(),
        )
        .group_by(col(Visit.link_id))
        .subquery("visited")
    )
    over = func.least(func.coalesce(col(link.until_on), next_), next_)
    active = cast(over, Date) - cast(func.greatest(col(link.since_on), monday), Date)
    in_order = sorted(
        (r for r in known if r.valid_from <= monday),
        key=lambda r: (len(r.area_code), r.valid_from),
        reverse=True,
    )
    if not in_order:
        raise DutyRuleMissing
    days = case(
        *(
            (func.starts_with(col(link.area_code), row.area_code), row.days_to_count)
            for row in in_order
        )
    )
    return (
        select(
            *_keys(),
            visited.c.link_id.is_not(None).label("done"),
            func.coalesce(visited.c.late, False).label("late"),
        )
        .select_from(link)
        .outerjoin(visited, visited.c.link_id == col(link.id))
        .where(
            col(link.since_on) < next_,
            or_(col(link.until_on).is_(None), col(link.until_on) > monday),
            active >= days,
            *which,
        )
        .subquery("counted")
    )


def of_month(first: date, next_: date, *which: ColumnElement[bool]) -> FromClause:
    """The links of households of which one visit more is owed each month (B1 to B4), and what became of each: some
    week of the month has a second visit."""
    link, at = HouseholdLink, func.timezone("Asia/Shanghai", col(Visit.visited_at))
    owed = select(col(HouseholdTag.code)).where(col(HouseholdTag.extra_monthly))
    tagged = select(col(Household.id)).where(
        func.jsonb_exists_any(col(Household.tags), func.array(owed.scalar_subquery()))
    )
    visited = (
        select(
            col(Visit.link_id),
            (func.count() > func.count(func.distinct(func.date_trunc("week", at)))).label("done"),
            func.bool_and(col(Visit.late_entry)).label("late"),
        )
        .where(
            col(Visit.is_fulfilling),
            col(Visit.visited_at) >= day_start(first),
            col(Visit.visited_at) < day_start(next_),
        )
        .group_by(col(Visit.link_id))
        .subquery("visited")
    )
    return (
        select(
            *_keys(),
            func.coalesce(visited.c.done, False).label("done"),
            func.coalesce(visited.c.late, False).label("late"),
        )
        .select_from(link)
        .outerjoin(visited, visited.c.link_id == col(link.id))
        .where(
            col(link.since_on) <= first,
            or_(col(link.until_on).is_(None), col(link.until_on) >= next_),
            col(link.household_id).in_(tagged),
            *which,
        )
        .subquery("counted")
    )


def _keys() -> list[Any]:
    link = HouseholdLink
    return [
        cast(col(link.member_id), Text).label("member"),
        func.left(col(link.area_code), 15).label("grid"),
        func.left(col(link.area_code), 9).label("township"),
    ]


def counts_of(counted: FromClause) -> list[Any]:
    return [
        func.count().label("due"),
        func.count().filter(counted.c.done).label("done"),
        func.count().filter(and_(counted.c.done, counted.c.late)).label("late"),
    ]


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
