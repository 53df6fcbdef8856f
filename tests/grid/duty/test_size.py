"""The week of a whole district: 10,000 members, 60,000 links. Shows its time (`pytest -s`), and promises none."""

import time

import pytest

from services.grid.duty.rules import GroupBy
from tests.grid.field import GRID, TOWN
from tests.support.people import DISTRICT
from tests.support.running import Running

pytestmark = pytest.mark.proof
LINKS, MEMBERS = 60_000, 10_000
FILLED = f"""
    insert into household_link
    select id, id, gen_random_uuid(), ('00000000-0000-4000-8000-' || lpad((n % {MEMBERS})::text, 12, '0'))::uuid,
        '{GRID}', true, '2017-01-01', null, now()
    from (select n, gen_random_uuid() as id from generate_series(1, {LINKS}) n) made"""
VISITED = """
    insert into household_visit (id, version, area_code, correlation_id, occurred_at, created_at, updated_at,
        late_entry, status, household_id, link_id, member_id, mode, occasions, findings, is_fulfilling,
        visited_at, recorded_by)
    select gen_random_uuid(), 1, area_code, id, at, at, at, false, 'RECORDED', household_id, id, member_id,
        'IN_PERSON', '[]', '', true, at, 'somebody'
    from household_link cross join
        generate_series('2017-03-13T09:00+08'::timestamptz, '2017-04-03T09:00+08', '7 days') at
    where id::text < '8'"""


@pytest.fixture(scope="module")
async def full(grid: Running) -> Running:
    for statement in (FILLED, VISITED, "analyze"):
        await grid.fetch(statement)
    return grid


@pytest.mark.parametrize("by", GroupBy)
async def test_the_week_of_sixty_thousand_links(full: Running, by: GroupBy) -> None:
    begun = time.perf_counter()
    answer = await full.call(DISTRICT, "GET", "/v1/grid/duty", week="2017-W12", by=by)
    print(f"\n{LINKS:,} links by {by}: {time.perf_counter() - begun:.2f} s")
    told = answer.json()
    [done] = await full.fetch("select count(*) as n from household_link where id::text < '8'")
    assert (told["due"], told["done"], told["late"]) == (LINKS, done["n"], 0)


async def test_counting_it_for_the_dashboards(full: Running) -> None:
    begun = time.perf_counter()
    rows = {"rows": [{"area_code": TOWN, "week": "2017-W12"}]}
    answer = await full.call(DISTRICT, "PUT", "/v1/grid/duty-weeks", rows)
    print(f"\n{LINKS:,} links counted for the dashboards: {time.perf_counter() - begun:.2f} s")
    assert answer.json()["created"] == 1
