"""A township's week as the dashboards are told of it: links, and who had a record."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from operator import attrgetter
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from services.chassis.database import driver
from services.chassis.deadlines.calendar import day_start
from services.chassis.operation import Item
from services.contracts.grid_people import DutyLine
from services.grid.areas.queries import validity
from services.grid.areas.rules import AreaUnknown, Validity
from services.grid.duty.changes import Counted, Mark, changed, marked
from services.grid.duty.models import DutyRule, DutyWeek, duty_week_id
from services.grid.duty.owed import counts_of, of_week
from services.grid.duty.queries import DAY, rules
from services.grid.duty.rules import WEEK, WeekAhead, monday_of
from services.grid.duty.schemas import CountIn
from services.grid.links.models import HouseholdLink

Place = tuple[str, date]
"""A township and a Monday."""
TOWNSHIP, GRID = 9, 15
DAYS = ", ".join(f"count(distinct d.id) filter (where d.day = {day})" for day in range(7))
ACTIVITY = f"""
    with serving as (
        select id, account, left(area_code, 15) as area from grid_member
        where left(area_code, $5) = any($1::text[]) and starts_on < $2::date + 7
          and (ends_on is null or ends_on > $2)
    ), records as (
        select s.id, v.visited_at as at from household_visit v join serving s on s.id = v.member_id
        where v.status = 'RECORDED' and v.visited_at >= $3 and v.visited_at < $4
        union all
        select s.id, r.reported_at from report r join serving s on s.account = r.reporter
        where r.reported_at >= $3 and r.reported_at < $4
        union all
        select s.id, p.started_at
        from patrol p cross join jsonb_array_elements_text(p.participants) who
        join serving s on s.account = who
        where p.status <> 'VOIDED' and p.started_at >= $3 and p.started_at < $4
    ), days as (
        select distinct id, (at at time zone 'Asia/Shanghai')::date - $2::date as day from records
    )
    select area, count(distinct s.id), count(distinct d.id), array[{DAYS}]
    from serving s left join days d using (id) group by area"""


@dataclass(frozen=True)
class Counts:
    """What each week named comes to, as of `mark`; when the townships that somebody named are there."""

    mark: Mark
    lines: dict[Place, list[DutyLine]] = field(default_factory=dict)
    townships: Validity = field(default_factory=lambda: Validity(()))

    def require(self, body: CountIn, today: date) -> None:
        """A township that is there on a day of the week, which has begun."""
        township, monday = place_of(body)
        if today < monday:
            raise WeekAhead
        if not any(self.townships.holds(township, monday + n * DAY) for n in range(7)):
            raise AreaUnknown(township)


async def counting(connection: AsyncConnection, items: Sequence[Item]) -> Counts:
    """Anew, or only the grids of which something has changed since."""
    anew = {duty_week_id(*place_of(item.body)) for item in items if item.body.whole}
    before = await _counted(connection, [item.id for item in items if item.id not in anew])
    found = await counts(connection, [place_of(item.body) for item in items], before)
    return replace(found, townships=await validity(connection, {i.body.area_code for i in items}))


async def opening(connection: AsyncConnection, items: Sequence[Item]) -> Counts:
    """Only of weeks that were never counted: what follows them up is their clock."""
    before = await _counted(connection, [item.id for item in items])
    places = [place for place in (place_of(item.body) for item in items) if place not in before]
    return await counts(connection, places, {})


async def recounting(connection: AsyncConnection, items: Sequence[Item]) -> Counts:
    before = await _counted(connection, [item.id for item in items])
    return await counts(connection, before, before)


def place_of(body: Any, place: str = "/week") -> Place:
    return body.area_code, monday_of(body.week, place)


async def _counted(connection: AsyncConnection, ids: Sequence[UUID]) -> dict[Place, Counted]:
    statement = select(
        *(col(c) for c in (DutyWeek.area_code, DutyWeek.starts_on, DutyWeek.lines, DutyWeek.mark))
    ).where(col(DutyWeek.id).in_(ids))
    rows = [tuple(row) for row in await connection.execute(statement)]
    return {(area, monday): Counted(lines, Mark.read(mark)) for area, monday, lines, mark in rows}


async def counts(
    connection: AsyncConnection, places: Collection[Place], before: Mapping[Place, Counted]
) -> Counts:
    """A few statements a week, however many townships and links there are."""
    found, by_week = Counts(await marked(connection)), defaultdict[date, set[str]](set)
    for township, monday in places:
        by_week[monday].add(township)
    known = await rules(connection) if by_week else []
    for monday, townships in by_week.items():
        kept = {
            township: told
            for township in townships
            if (told := before.get((township, monday))) and told.mark.epoch == found.mark.epoch
        }
        anew = await _lines(connection, known, monday, townships - kept.keys(), TOWNSHIP)
        if kept:
            since = min(told.mark.xmin for told in kept.values())
            grids = await changed(connection, since, kept)
            anew += await _lines(connection, known, monday, grids, GRID)
            for told in kept.values():
                anew += [line for line in told.lines if line.area_code not in grids]
        for township in townships:
            of_it = (line for line in anew if line.area_code.startswith(township))
            found.lines[township, monday] = sorted(of_it, key=attrgetter("area_code"))
    return found


async def _lines(
    connection: AsyncConnection,
    known: Sequence[DutyRule],
    monday: date,
    areas: Collection[str],
    digits: int,
) -> list[DutyLine]:
    """The grids within `areas`, codes of so many digits."""
    if not areas:
        return []
    area, few = col(HouseholdLink.area_code), digits == GRID
    inside = (area if few else func.left(area, digits)).in_(areas)
    counted = of_week(monday, known, inside, few=few)
    statement = select(counted.c.grid, *counts_of(counted)).group_by(counted.c.grid)
    links = {row[0]: tuple(row)[1:] for row in await connection.execute(statement)}
    raw, span = await driver(connection), (day_start(monday), day_start(monday + WEEK))
    rows = await raw.fetch(ACTIVITY, [*areas], monday, *span, digits)
    members = {row[0]: tuple(row)[1:] for row in rows}
    return [
        _line(area, links.get(area, (0, 0, 0)), members.get(area, (0, 0, [0] * 7)))
        for area in links.keys() | members.keys()
    ]


def _line(area: str, links: tuple[Any, ...], members: tuple[Any, ...]) -> DutyLine:
    due, done, late = links
    serving, active, daily = members
    return DutyLine(
        area_code=area,
        due=due,
        done=done,
        late=late,
        members=serving,
        active=active,
        active_daily=daily,
    )
