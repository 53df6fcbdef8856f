"""A township's week as the dashboards are told of it: links, and who had a record."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from services.chassis.database import driver
from services.chassis.deadlines.calendar import day_start
from services.chassis.operation import Item
from services.contracts.grid_people import DutyLine
from services.grid.duty.models import duty_week_id
from services.grid.duty.queries import counts_of, of_week, rules
from services.grid.duty.rules import WEEK, monday_of
from services.grid.links.models import HouseholdLink

Place = tuple[str, date]
"""A township and a Monday."""
DAYS = ", ".join(f"count(distinct d.id) filter (where d.day = {day})" for day in range(7))
ACTIVITY = f"""
    with serving as (
        select id, account, left(area_code, 15) as area from grid_member
        where left(area_code, 9) = any($1::text[]) and starts_on < $2::date + 7
          and (ends_on is null or ends_on > $2)
    ), records as (
        select member_id as id, visited_at as at from household_visit
        where status = 'RECORDED' and visited_at >= $3 and visited_at < $4
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
    """What each week named comes to."""

    lines: dict[Place, list[DutyLine]] = field(default_factory=dict)


async def counting(connection: AsyncConnection, items: Sequence[Item]) -> Counts:
    return await counts(connection, (place_of(item.body) for item in items))


async def opening(connection: AsyncConnection, items: Sequence[Item]) -> Counts:
    """Only of weeks that were never counted: what follows them up is their clock."""
    places = {duty_week_id(*place): place for place in (place_of(item.body) for item in items)}
    raw = await driver(connection)
    rows = await raw.fetch("select id from duty_week where id = any($1::uuid[])", [*places])
    known = {row["id"] for row in rows}
    return await counts(connection, (place for id_, place in places.items() if id_ not in known))


async def recounting(connection: AsyncConnection, items: Sequence[Item]) -> Counts:
    raw = await driver(connection)
    rows = await raw.fetch(
        "select area_code, starts_on from duty_week where id = any($1::uuid[])",
        [item.id for item in items],
    )
    return await counts(connection, ((row[0], row[1]) for row in rows))


def place_of(body: Any) -> Place:
    return body.area_code, monday_of(body.week)


async def counts(connection: AsyncConnection, places: Iterable[Place]) -> Counts:
    """Two statements a week, however many townships and links there are."""
    found, by_week = Counts(), defaultdict[date, set[str]](set)
    for township, monday in places:
        by_week[monday].add(township)
    known = await rules(connection) if by_week else []
    for monday, townships in by_week.items():
        inside = func.left(col(HouseholdLink.area_code), 9).in_(townships)
        counted = of_week(monday, known, inside)
        statement = select(counted.c.grid, *counts_of(counted)).group_by(counted.c.grid)
        links = {row[0]: tuple(row)[1:] for row in await connection.execute(statement)}
        raw, span = await driver(connection), (day_start(monday), day_start(monday + WEEK))
        rows = await raw.fetch(ACTIVITY, [*townships], monday, *span)
        members = {row[0]: tuple(row)[1:] for row in rows}
        for township in townships:
            areas = sorted(a for a in links.keys() | members.keys() if a.startswith(township))
            found.lines[township, monday] = [
                _line(area, links.get(area, (0, 0, 0)), members.get(area, (0, 0, [0] * 7)))
                for area in areas
            ]
    return found


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
