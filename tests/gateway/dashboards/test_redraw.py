"""A redraw in the middle of a month, from the grid service to the dashboard."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest

from services.chassis.deadlines.calendar import local_day
from services.gateway.projections.rebuild import rebuild, verify
from tests.gateway.district import DISTRICT, GRID, LINGXIA, VILLAGE, XIAOSHUN, District, district
from tests.support.postgres import TestServer, fresh_databases
from tests.support.running import eventually

JANUARY = {"from": "2026-01-01", "to": "2026-01-31"}
YEAR = {"from": "2026-01-01", "to": "2026-06-30"}
NEW = f"{XIAOSHUN}291"
PARTS = [f"{NEW}001", f"{NEW}002"]
NEIGHBOUR, HEIR = f"{XIAOSHUN}201001", f"{XIAOSHUN}201011"
REDRAW: dict[str, Any] = {
    "on": "2026-02-15",
    "closes": [{"code": VILLAGE}, {"code": GRID}, {"code": NEIGHBOUR, "heir": HEIR}],
    "opens": [
        {"code": NEW, "name": "示范村", "kind": "VILLAGE", "predecessors": [VILLAGE]},
        *({"code": c, "name": c, "kind": "GRID", "predecessors": [GRID]} for c in PARTS),
        *(
            {"code": c, "name": c, "kind": "GRID", "predecessors": [NEIGHBOUR]}
            for c in (HEIR, f"{XIAOSHUN}201012")
        ),
    ],
}
ASKED: list[tuple[str, dict[str, str]]] = [
    (DISTRICT, {"group_by": "township", **JANUARY}),
    (DISTRICT, {"group_by": "children", "tree": "as_was", **JANUARY}),
    (LINGXIA, {"group_by": "children", **JANUARY}),
    (XIAOSHUN, {"group_by": "children", **JANUARY}),
    (VILLAGE, {"group_by": "children", **JANUARY}),
    (GRID, JANUARY),
    (GRID, YEAR),
]
FIXED = """
    insert into watermark (service, as_of, checked_at)
    select service, timestamptz '2100-01-01', now() from folded
    on conflict (service) do update set as_of = excluded.as_of"""
"""Answers tell their age. They tell the same one from now on: it never goes back."""
TAKEN_BACK = """
    insert into tally (area_code, metric, day, dimension, service, n)
    values ($1, 'reports_filed', '2026-03-03', 'FULL_TIME_MEMBER', 'grid', 0)"""
TALLIES = "select * from tally where n <> 0 order by area_code, metric, day, dimension"
Told = list[tuple[bytes, str]]


async def answers(made: District) -> Told:
    found = []
    for area, parameters in ASKED:
        answer = await made.get(f"/v1/areas/{area}/dashboard", **parameters)
        assert answer.status_code == 200, answer.text
        found.append((answer.content, answer.headers["ETag"]))
    return found


async def shown(made: District, area: str, **parameters: str) -> dict[str, Any]:
    answer = await made.get(f"/v1/areas/{area}/dashboard", **YEAR, **parameters)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def filed(told: dict[str, Any]) -> int:
    return int(told["sections"]["grid"]["figures"]["reports_filed"]["value"])


@pytest.fixture(scope="module")
async def redrawn(
    postgres_server: TestServer, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[tuple[District, Told, Any]]:
    """The district after the redraw; what was told before, and the tallies of then."""
    async with (
        fresh_databases(postgres_server) as fresh,
        district(fresh, tmp_path_factory.mktemp("redrawn")) as made,
    ):
        await made.system.fetch("gateway", FIXED)
        before = await answers(made), await made.system.fetch("gateway", TALLIES)
        token = await made.system.token("district_operator", "data_importer")
        told = await made.system.call(token, "PUT", "/v1/grid/areas/redraw", REDRAW)
        assert told.json() == {"closed": 3, "opened": 5, "unchanged": 0}, told.text

        async def arrived() -> bool:
            cards = "select 1 from card where noun = 'area' and area_code = any($1::text[])"
            known = await made.system.fetch("gateway", cards, [NEW, *PARTS, HEIR])
            ends = "select 1 from card where noun = 'area' and data ->> 'valid_to' = '2026-02-15'"
            return len(known) == 4 and len(await made.system.fetch("gateway", ends)) == 3

        await eventually(arrived)
        yield made, *before


Redrawn = tuple[District, Told, Any]


async def test_last_month_as_it_was_is_the_same_to_the_byte(redrawn: Redrawn) -> None:
    made, before, tallies = redrawn
    assert await answers(made) == before
    assert await made.system.fetch("gateway", TALLIES) == tallies


async def test_as_it_is_the_past_is_where_the_village_is_today(redrawn: Redrawn) -> None:
    made, *_ = redrawn
    was = await shown(made, DISTRICT, group_by="township")
    now = await shown(made, DISTRICT, group_by="township", tree="as_is")
    assert (was["tree"], now["tree"]) == ("as_was", "as_is")
    assert "tree_on" not in was
    assert now["tree_on"] == str(local_day(datetime.now(UTC)))
    assert {row["area"]: filed(row) for row in was["rows"]} == {LINGXIA: 4, XIAOSHUN: 1}
    assert {row["area"]: filed(row) for row in now["rows"]} == {LINGXIA: 0, XIAOSHUN: 5}
    assert now["sections"] == was["sections"]
    assert filed(now["undivided"]) == 0


async def test_what_nobody_can_divide_is_shown_with_the_village(redrawn: Redrawn) -> None:
    made, *_ = redrawn
    village = await shown(made, NEW, group_by="children", tree="as_is")
    assert {row["area"]: filed(row) for row in village["rows"]} == dict.fromkeys(PARTS, 0)
    assert (filed(village), filed(village["undivided"])) == (4, 4)
    other = await shown(made, f"{XIAOSHUN}201", group_by="children", tree="as_is")
    told = {row["area"]: filed(row) for row in other["rows"]}
    assert told == {HEIR: 1, f"{XIAOSHUN}201012": 0}  # its heir was named
    assert filed(other["undivided"]) == 0


async def test_what_is_no_more_has_no_dashboard_as_it_is(redrawn: Redrawn) -> None:
    made, *_ = redrawn
    for area in (VILLAGE, GRID):
        answer = await made.get(f"/v1/areas/{area}/dashboard", tree="as_is")
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    answer = await made.get(f"/v1/areas/{DISTRICT}/dashboard", tree="as_will_be")
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")


async def test_a_township_sees_its_own_past_and_no_other_rows(redrawn: Redrawn) -> None:
    made, *_ = redrawn
    path = f"/v1/areas/{DISTRICT}/dashboard"
    asked = {"group_by": "township", "tree": "as_is", **YEAR}
    told = (await made.get(path, "township_operator", XIAOSHUN, **asked)).json()
    assert [(row["area"], filed(row)) for row in told["rows"]] == [(XIAOSHUN, 5)]
    assert "undivided" not in told
    assert filed(told) == 5


async def test_the_gateway_and_its_services_agree_after_a_redraw(redrawn: Redrawn) -> None:
    made, before, tallies = redrawn
    held = made.system.apps["gateway"].state.gateway
    assert await verify(held.database, held.services, "grid") == []
    assert await rebuild(held.database, held.services, "grid") == []
    assert await made.system.fetch("gateway", TALLIES) == tallies
    assert await answers(made) == before
    assert filed(await shown(made, NEW, tree="as_is")) == 4


async def test_what_was_taken_back_is_no_kind_of_its_own(redrawn: Redrawn) -> None:
    """Else it would depend on how the events came whether it is told."""
    made, *_ = redrawn
    await made.system.fetch("gateway", TAKEN_BACK, XIAOSHUN)
    told = await shown(made, XIAOSHUN, group_by="children")
    assert 0 not in told["sections"]["grid"]["figures"]["reports_filed"]["by"].values()


async def test_rates_are_of_those_who_live_there_and_of_nobody_else(redrawn: Redrawn) -> None:
    made, *_ = redrawn
    rows = [
        {"area_code": XIAOSHUN, "year": 2025, "inhabitants": 2000, "households": 600},
        {"area_code": XIAOSHUN, "year": 2027, "inhabitants": 1, "households": 1},
        {"area_code": DISTRICT, "year": 2026, "inhabitants": 4000, "households": None},
    ]
    token = await made.system.token("district_operator")
    body = {"rows": [row | {"source": "统计年鉴"} for row in rows]}
    answer = await made.system.call(token, "PUT", "/v1/grid/populations/import", body)
    assert answer.json()["created"] == 3, answer.text
    cards = "select 1 from card where noun = 'population'"

    async def arrived() -> bool:
        return len(await made.system.fetch("gateway", cards)) == 3

    await eventually(arrived)
    told = await shown(made, DISTRICT, group_by="township", tree="as_is")
    lingxia, xiaoshun = sorted(told["rows"], key=lambda row: row["area"] != LINGXIA)
    assert told["population"] == {"year": 2026, "inhabitants": 4000, "households": None}
    assert "population" not in lingxia
    assert xiaoshun["population"]["year"] == 2025

    def rates(row: dict[str, Any]) -> dict[str, Any]:
        figure = row["sections"]["grid"]["figures"]["reports_filed"]
        return {name: n for name, n in figure.items() if name.startswith("per_")}

    assert rates(told) == {"per_10000_inhabitants": 12.5}
    assert rates(xiaoshun) == {"per_10000_inhabitants": 25.0, "per_100_households": 0.83}
    assert rates(lingxia) == rates(told["undivided"]) == {}
    disputes = told["sections"]["disputes"]["figures"]["cases_registered"]
    assert disputes["per_10000_inhabitants"] == 0.0
