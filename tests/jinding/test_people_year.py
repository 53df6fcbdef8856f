"""The demo's red members, their households and their week, played on a grid service of its own."""

import json
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from jinding.demo import people_year
from jinding.demo.plan import District, Sizes
from jinding.demo.records import records
from services.grid.duty.rules import week_of
from services.grid.main import create_app
from tests.grid.field import imported, listed
from tests.support.grid import batch
from tests.support.people import DISTRICT, IMPORTER
from tests.support.postgres import TestServer, fresh_databases
from tests.support.running import Running, running

AREAS = json.loads(
    (Path(people_year.__file__).parents[2] / "deploy/districts/jindong/areas.json").read_text()
)
SIZES = Sizes(0.01)


@pytest.fixture(scope="module")
async def grid(
    postgres_server: TestServer, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Running]:
    async with (
        fresh_databases(postgres_server) as fresh,
        running("grid", create_app, fresh, tmp_path_factory.mktemp("people")) as service,
    ):
        yield service


async def put(grid: Running, path: str, rows: list[dict[str, Any]]) -> dict[str, Any]:
    answer = await grid.call(IMPORTER, "PUT", f"/v1/grid/{path}", {"rows": rows})
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def test_every_household_is_visited_in_the_week(grid: Running) -> None:
    district = District.of(AREAS)
    await put(grid, "areas/import", AREAS)
    await put(grid, "organisations/import", people_year.branches(district))
    batch_id, stages = await imported(grid), people_year.stages(SIZES, district)
    done, begun = 0, time.perf_counter()
    for stage in stages:
        for chunk in stage.chunks():
            results = await batch(grid, IMPORTER, *chunk, import_batch=batch_id)
            assert {told["outcome"] for told in results} == {"applied"}, results
            done += len(chunk)
    print(f"\n{done / (time.perf_counter() - begun):,.0f} operations a second")
    members, homes, visits = (len(stage.lives) for stage in stages)
    assert members > 100
    assert 5.5 < homes / members < 5.7
    assert homes == visits
    made_of = records(stages)
    assert made_of["members_in_service.by.RED"] == members
    assert made_of["weekly_visit_rate"] == visits
    rows = people_year.to_be_counted(district)
    assert (await put(grid, "duty-weeks", rows))["created"] == len(district.townships)
    week = week_of(people_year.FIRST_WEEK)
    answer = await grid.call(DISTRICT, "GET", "/v1/grid/duty", week=week)
    told = answer.json()
    assert (told["due"], told["done"], told["late"]) == (homes, homes, 0)
    weeks = await listed(grid, "duty-weeks", limit=200)
    lines = [line for week in weeks for line in week["lines"]]
    assert sum(line["done"] for line in lines) == homes
    assert sum(line["members"] for line in lines) == members
    assert sum(line["active"] for line in lines) == members
    warned = await listed(grid, "members", load_warning=True)
    assert warned == []


@pytest.mark.parametrize(("asked", "weeks"), [("", 1), ("4", 4), ("52", 52), ("99", 52), ("0", 1)])
def test_as_many_weeks_are_visited_as_are_asked_for_each_of_2017_once(
    monkeypatch: pytest.MonkeyPatch, asked: str, weeks: int
) -> None:
    monkeypatch.setenv("VISIT_WEEKS", asked)
    found = people_year.weeks()
    assert found[0] == people_year.FIRST_WEEK
    assert len(set(found)) == len(found) == weeks
    assert {monday.isocalendar()[0::2] for monday in found} == {(2017, 1)}
