"""What a redraw must know of its district, found under its lock."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from sqlalchemy.ext.asyncio import AsyncConnection

from services.chassis.database import DriverConnection, driver
from services.chassis.operation import Item
from services.chassis.runtime import Runtime
from services.grid.areas.queries import IMPORTING
from services.grid.redraws.rules import Ground, Known, Plan
from services.grid.redraws.schemas import RedrawIn, WithdrawalIn
from services.grid.redraws.withdrawing import Withdrawal

AREAS = """
    select area_code, valid_from, valid_to, redrawn,
           array(select jsonb_array_elements_text(predecessors)), heir, former_end
    from area where starts_with(area_code, $1) and valid_to is distinct from valid_from"""
INSTANTS = {
    "report": "reported_at",
    "patrol": "started_at",
    "material_entry": "occurred_at",
    "survey_issue": "occurred_at",
    "survey_return": "occurred_at",
    "household_visit": "visited_at",
    "visit_task": "opened_at",
    "errand": "submitted_at",
    "task_order": "issued_at",
    "task_item": "given_at",
    "keyperson.key_person": "enrolled_at",
    "subject_request": "received_at",
}
DAYS = {
    "demolition": "demolished_on",
    "household_link": "since_on",
    "link_handover": "handed_on",
    "grid_member": "starts_on",
}
"""The tables of what was done in an area, and when. Further steps of an older matter do not count: it keeps its area."""
OF_MEMBERS = """
    select grid as area_code, since_on as day
    from grid_member, jsonb_to_recordset(appointments) a(grid text, since_on date)"""
FACTS = " union all ".join(
    [
        *(
            f"select area_code, ({at} at time zone 'Asia/Shanghai')::date as day from {table}"
            for table, at in INSTANTS.items()
        ),
        *(f"select area_code, {day} from {table}" for table, day in DAYS.items()),
        OF_MEMBERS,
    ]
)
LATEST = f"""
    select area_code, max(day) from ({FACTS}) fact
    where area_code = any($1::text[]) and day >= $2 group by 1"""

PARTS = """
    select area_code from micro_grid where area_code = any($1::text[])
    union select area_code from population where area_code = any($1::text[])
    union select area_code from organisation where area_code = any($1::text[])
    union select area_code from campaign where area_code = any($1::text[])
    union select area_code from survey where area_code = any($1::text[])
    union select area_code from admission_item where area_code = any($1::text[])"""
"""What is drawn within an area, or planned for it: before it is there, too."""


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


async def planned(runtime: Runtime, body: WithdrawalIn) -> Withdrawal:
    """What it undoes; whether that still holds is seen under the lock."""
    async with runtime.database.connection() as connection:
        return await _planned(await driver(connection), body)


async def withdrawing(connection: AsyncConnection, items: Sequence[Item]) -> Withdrawal:
    raw = await driver(connection)
    await raw.execute("select pg_advisory_xact_lock($1)", IMPORTING)
    return await _planned(raw, items[0].body.withdrawal)


async def _planned(raw: DriverConnection, body: WithdrawalIn) -> Withdrawal:
    found = Withdrawal(body.on, body.closes, await _areas(raw, body.closes[0]))
    facts = await raw.fetch(LATEST, [*found.opens], date.min)
    parts = await raw.fetch(PARTS, [*found.opens])
    return replace(found, used={row[0] for row in (*facts, *parts)})


async def _areas(raw: DriverConnection, one: str) -> dict[str, dict[date, Known]]:
    areas: dict[str, dict[date, Known]] = {}
    for code, start, *known in await raw.fetch(AREAS, one[:6]):
        areas.setdefault(code, {})[start] = Known(*known)
    return areas


async def _ground(raw: DriverConnection, body: RedrawIn) -> Ground:
    areas = await _areas(raw, body.closes[0].code)
    codes = [row.code for row in body.closes]
    facts = await raw.fetch(LATEST, codes, body.on)
    return Ground(plan_of(body), areas, {row[0]: row[1] for row in facts})
