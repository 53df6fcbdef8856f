"""Every figure of the dashboard counted anew by SQL, in the databases of the services."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import date, timedelta
from typing import Any

import asyncpg

from jinding.demo.article import GROUPS, HALL, MEMBERS_YEAR, STATION_YEAR
from tests.support.recount import GRID, on
from tests.support.recount import STOCKS as GRID_STOCKS

Fetch = Callable[..., Awaitable[list[asyncpg.Record]]]
"""(database, query, arguments …) → rows."""
PERIODS = (MEMBERS_YEAR, GROUPS, STATION_YEAR, HALL, (date(2017, 5, 9), date(2017, 8, 31)))


DISPUTES = f"""
with c as (select * from dispute_case where starts_with(area_code, $1)
           and reason is distinct from 'DUPLICATE' and reason is distinct from 'INVALID'),
     r as (select * from reception where starts_with(area_code, $1)
           and {on("received_at")} between $2 and $3)
select (select count(*) from c where {on("registered_at")} between $2 and $3) as cases_registered,
    (select count(*) from c where {on("effective_at")} between $2 and $3) as cases_settled,
    (select count(*) from c where {on("effective_at")} between $2 and $3
     and finder = 'RED_MEMBER') as cases_settled_by_red_member,
    (select count(*) from c where {on("effective_at")} between $2 and $3
     and finder = 'SERVICE_GROUP') as cases_settled_by_service_group,
    (select count(*) from r) as reception_batches,
    (select coalesce(sum(heads), 0) from r) as persons_received"""

STOCKS = f"""
with e as (
    select e.*, s.status as status_then, c.colour as colour_then, f.day as asked
    from (values ($2::date - 1), ($3::date)) as f(day)
    join enterprise e on starts_with(e.area_code, $1) and {on("e.registered_at")} <= f.day
    left join lateral (
        select x ->> 'status' as status from jsonb_array_elements(e.statuses) with ordinality as y(x, n)
        where {on("(x ->> 'at')::timestamptz")} <= f.day order by n desc limit 1) s on true
    left join lateral (
        select x ->> 'colour' as colour from jsonb_array_elements(e.ratings) with ordinality as y(x, n)
        where {on("(x ->> 'at')::timestamptz")} <= f.day order by n desc limit 1) c on true
), counted as (
    select f.day as asked,
        count(*) filter (where {on("file_opened_at")} <= f.day
                         and status_then in ('OPERATING', 'SUSPENDED')) as enterprises_on_file,
        count(*) filter (where is_industrial and status_then = 'OPERATING'
                         and {on("file_opened_at")} <= f.day) as filed,
        count(*) filter (where is_industrial and status_then = 'OPERATING') as operating,
        count(*) filter (where colour_then = 'RED') as ratings_red,
        count(*) filter (where colour_then = 'ORANGE') as ratings_orange,
        count(*) filter (where colour_then = 'YELLOW') as ratings_yellow,
        count(*) filter (where colour_then = 'BLUE') as ratings_blue
    from (values ($2::date - 1), ($3::date)) as f(day) left join e on e.asked = f.day
    group by f.day
)
select * from counted order by asked"""

INSPECTION = f"""
select (select count(*) from checkup_report where starts_with(area_code, $1)
        and {on("issued_at")} between $2 and $3) as reports_issued,
    (select count(*) from hazard where starts_with(area_code, $1) and voided_at is null
        and {on("found_at")} between $2 and $3) as hazards_found,
    (select count(*) from hazard where starts_with(area_code, $1) and voided_at is null
        and {on("closed_at")} between $2 and $3) as hazards_closed"""

TRAINING = """
select (select count(*) from attendance where starts_with(area_code, $1)
        and attended_on between $2 and $3) as attendances,
    (select count(distinct trainee_id) from attendance where starts_with(area_code, $1)
        and attended_on between $2 and $3) as people_trained,
    (select count(*) from certificate where starts_with(area_code, $1) and issued_on < $2::date
        and valid_to >= $2::date - 1
        and (revoked_at is null or (revoked_at at time zone 'Asia/Shanghai')::date > $2::date - 1))
        as certificates_valid_start,
    (select count(*) from certificate where starts_with(area_code, $1) and issued_on <= $3
        and valid_to >= $3
        and (revoked_at is null or (revoked_at at time zone 'Asia/Shanghai')::date > $3))
        as certificates_valid_end"""

STOCK_NAMES = (
    "enterprises_on_file",
    "ratings_red",
    "ratings_orange",
    "ratings_yellow",
    "ratings_blue",
)


async def recounted(fetch: Fetch, area: str, first: date, last: date) -> dict[str, int]:
    """What the services' own rows say."""
    found: dict[str, int] = {}
    for service, query in (
        ("grid", GRID),
        ("disputes", DISPUTES),
        ("inspection", INSPECTION),
        ("training", TRAINING),
    ):
        [row] = await fetch(service, query, area, first, last)
        found |= dict(row)
    for part, day in (("start", first - timedelta(days=1)), ("end", last)):
        [row] = await fetch("grid", GRID_STOCKS, area, day)
        found |= {f"{name}_{part}": n for name, n in row.items()}
    start, end = await fetch("inspection", STOCKS, area, first, last)
    for name in STOCK_NAMES:
        found |= {f"{name}_start": start[name], f"{name}_end": end[name]}
    for part, row in (("start", start), ("end", end)):
        found[f"ratings_yellow_blue_{part}"] = row["ratings_yellow"] + row["ratings_blue"]
    found["file_coverage_numerator"], found["file_coverage_denominator"] = (
        end["filed"],
        end["operating"],
    )
    return found


def told(sections: Mapping[str, Any]) -> dict[str, int]:
    """The same of a dashboard's answer: rates by their parts, stocks at both ends."""
    found: dict[str, int] = {}
    for section in sections.values():
        for name, figure in section["figures"].items():
            if "start" in figure:
                found |= {f"{name}_start": figure["start"], f"{name}_end": figure["end"]}
            elif figure["denominator"] is not None:
                found[f"{name}_numerator"] = figure["numerator"]
                found[f"{name}_denominator"] = figure["denominator"]
            else:
                found[name] = figure["value"]
                for by, n in figure.get("by", {}).items():
                    found[f"{name}_by_{by.lower()}"] = n
    return found
