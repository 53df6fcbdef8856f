"""What a redraw must know of its district, found under its lock."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy.ext.asyncio import AsyncConnection

from services.chassis.database import DriverConnection, driver
from services.chassis.deadlines.calendar import day_start
from services.chassis.operation import Item
from services.chassis.runtime import Runtime
from services.grid.areas.queries import IMPORTING
from services.grid.redraws.rules import Ground, Known, Plan
from services.grid.redraws.schemas import RedrawIn

AREAS = """
    select area_code, valid_from, valid_to, redrawn,
           array(select jsonb_array_elements_text(predecessors)), heir
    from area where starts_with(area_code, $1)"""
FACTS = """
    select area_code, max((at at time zone 'Asia/Shanghai')::date) from (
        select area_code, reported_at as at from report union all
        select area_code, started_at from patrol union all
        select area_code, demolished_on::timestamp at time zone 'Asia/Shanghai' from demolition union all
        select area_code, occurred_at from material_entry union all
        select area_code, occurred_at from survey_return) fact
    where area_code = any($1::text[]) and at >= $2 group by 1"""
"""What was done in an area. Further steps of an older matter do not count: it keeps its area."""


def plan_of(body: RedrawIn) -> Plan:
    closes = {row.code: row.heir for row in body.closes}
    return Plan(body.on, closes, {row.code: row.predecessors for row in body.opens})


async def entries(runtime: Runtime, body: RedrawIn) -> dict[str, date]:
    """The first days of the areas that close; whether they still hold is seen under the lock."""
    async with runtime.database.connection() as connection:
        ground = await _ground(await driver(connection), body)
    return {row.code: start for row in body.closes if (start := ground.entry(row.code))}


async def ground(connection: AsyncConnection, items: Sequence[Item]) -> Ground:
    """Redraws wait for each other and for imports: two could fit the tree and not each other."""
    raw = await driver(connection)
    await raw.execute("select pg_advisory_xact_lock($1)", IMPORTING)
    return await _ground(raw, items[0].body.redraw)


async def _ground(raw: DriverConnection, body: RedrawIn) -> Ground:
    areas: dict[str, dict[date, Known]] = {}
    for code, start, *known in await raw.fetch(AREAS, body.closes[0].code[:6]):
        areas.setdefault(code, {})[start] = Known(*known)
    codes = [row.code for row in body.closes]
    facts = await raw.fetch(FACTS, codes, day_start(body.on))
    return Ground(plan_of(body), areas, {row[0]: row[1] for row in facts})
