"""No table of what was done in an area is forgotten when the area is redrawn for days that are past."""

from datetime import timedelta

import pytest
from sqlmodel import SQLModel

from services.grid import models_all
from services.grid.redraws.queries import DAYS, INSTANTS
from tests.grid.field import made
from tests.grid.redraws.test_router import HISTORIAN, TODAY, redraw, split, village
from tests.grid.visiting import ago, member
from tests.support.grid import refusal
from tests.support.people import DISTRICT
from tests.support.running import Running

FACTS = DAYS | INSTANTS
ELSE = {
    "drawn themselves, or counted from what is": ("area", "micro_grid", "population", "duty_week"),
    "offered or planned for an area, not done in it": (
        *("admission_item", "campaign", "material_item", "organisation", "survey"),
    ),
    "rules": (
        *("duty_rule", "errand_limit", "handling_rule", "position_limit", "right_limit"),
        *("time_limit", "keyperson.visit_frequency"),
    ),
    "of a record, which counts itself": (
        *("attachment", "audit", "erasure", "legal_hold", "number_sequence", "parked_item"),
        "person",
    ),
    "moves; what it does there are its links": ("household",),
}
GRID_TABLES = {
    mapper.__table__.fullname: mapper.__table__
    for name in dir(models_all)
    if isinstance(mapper := getattr(models_all, name), type)
    and issubclass(mapper, SQLModel)
    and hasattr(mapper, "__table__")
}


def test_every_table_with_an_area_is_a_fact_or_says_why_not() -> None:
    placed = {name for name, table in GRID_TABLES.items() if "area_code" in table.columns}
    told = [*FACTS, *(name for names in ELSE.values() for name in names)]
    assert len(told) == len(set(told))
    assert placed - set(told) == set()
    assert FACTS.keys() <= placed


SAMPLES = {
    "uuid": "gen_random_uuid()",
    "jsonb": "'[]'",
    "bool": "false",
    "date": "current_date - 900",
    "timestamptz": "now() - interval '900 days'",
    "bytea": "''",
    "_text": "'{}'",
    "_uuid": "'{}'",
}
COLUMNS = """
    select column_name as name, udt_name as type, character_maximum_length as length
    from information_schema.columns where (table_schema || '.' || table_name)::text = $1 and is_nullable = 'NO'
    and column_default is null and is_generated = 'NEVER'"""


async def filed(grid: Running, table: str, area: str) -> None:
    """A row of today, as far as its columns ask for one."""
    values = {
        row["name"]: SAMPLES.get(row["type"], "'1'")
        for row in await grid.fetch(COLUMNS, table if "." in table else f"public.{table}")
    }
    today = f"'{TODAY}'::date" if table in DAYS else "now()"
    values |= {"area_code": f"'{area}'", FACTS[table]: today}
    names, told = ", ".join(values), ", ".join(values.values())
    await grid.fetch(f"alter table {table} disable trigger all")
    await grid.fetch(f"insert into {table} ({names}) values ({told})")
    await grid.fetch(f"alter table {table} enable trigger all")


@pytest.mark.parametrize("table", sorted(FACTS))
async def test_history_is_not_redrawn_before_any_record(grid: Running, table: str) -> None:
    code = await village(grid, 500 + sorted(FACTS).index(table))
    await filed(grid, table, f"{code}001")
    body = split(code, on=TODAY - timedelta(days=3))
    told = refusal(await redraw(grid, body, HISTORIAN))
    await grid.fetch(f"delete from {table} where area_code = $1", f"{code}001")
    assert told == (422, "facts_since", "/closes/0/code")
    assert (await redraw(grid, body, HISTORIAN)).status_code == 200


async def test_nor_before_a_member_served_it(grid: Running) -> None:
    """Appointed to a second grid, long after the first."""
    code = await village(grid, 599)
    first, second = f"{code}002", f"{code}001"
    at = {"area_code": first, "occurred_at": ago(days=20)}
    receipt = await made(grid, DISTRICT, "members", **member(grids=[first]) | at)
    path = f"/v1/grid/members/{receipt['id']}/appoint"
    answer = await grid.call(DISTRICT, "POST", path, {"grid_code": second}, {"If-Match": '"1"'})
    assert answer.status_code == 200, answer.text
    body = split(code, on=TODAY - timedelta(days=4))
    told = refusal(await redraw(grid, body, HISTORIAN))
    assert told == (422, "facts_since", "/closes/0/code")
    answer = await redraw(grid, body | {"on": str(TODAY + timedelta(days=2))}, HISTORIAN)
    assert answer.status_code == 200, answer.text
