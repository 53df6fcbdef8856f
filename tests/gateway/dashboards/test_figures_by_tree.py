"""Every figure by both trees, as PostgreSQL adds them up."""

from random import Random
from typing import Any

import pytest

from services.chassis.database import driver
from services.gateway.dashboards.answers import Answers, Figures, Question
from services.gateway.dashboards.figures import SECTIONS, Figure, Kind
from services.gateway.dashboards.numbers import Period
from services.gateway.dashboards.sections import look
from services.gateway.dashboards.trees import UNDIVIDED, Moved, Tree
from services.gateway.projections.fold import written
from tests.gateway.dashboards.redrawing import DISTRICT, FIRST, World, counted_in
from tests.gateway.projections.projecting import Projecting

INSERT = """
    insert into tally (area_code, metric, day, dimension, service, n)
    values ($1, $2, $3, $4, $5, $6)"""
FIGURES = [(name, figure) for name, told in SECTIONS.items() for figure in told]


async def fill(gateway: Projecting, world: World) -> None:
    async with gateway.database.transaction() as connection:
        rows = [(*key, n) for key, n in written(world.tallies())]
        await (await driver(connection)).executemany(INSERT, rows)


async def told(
    gateway: Projecting, world: World, question: Question, moved: Moved | None
) -> Figures:
    async with gateway.database.transaction() as connection:
        raw = await driver(connection)
        seen = await look(raw)
        return await Answers().figures(raw, question, seen, world.today, moved)


def summed(figures: Figures, areas: Any, section: str, figure: Figure) -> dict[str, Any]:
    """What is added up of a figure over areas: its value, or what its rate is made of; by dimension where told."""
    total: dict[str, Any] = {}
    for area in areas:
        shown = figures[area][section][figure.name]
        parts = ["numerator", "denominator"] if shown["denominator"] is not None else ["value"]
        for name in [*parts, "start", "end", "excluded"]:
            if shown.get(name) is not None:
                total[name] = round(total.get(name, 0) + shown[name], 2)
        for name, n in shown.get("by", {}).items():
            if n:
                total[f"by {name}"] = round(total.get(f"by {name}", 0) + n, 2)
    return {name: n for name, n in total.items() if n}


@pytest.mark.parametrize("seed", range(4))
async def test_both_trees_tell_the_same_district_and_its_rows_add_up(
    gateway: Projecting, seed: int
) -> None:
    world = World(Random(seed)).live(25)
    await fill(gateway, world)
    period = Period(FIRST, world.today)
    was, now = Tree.AS_WAS, Tree.AS_IS
    ever = {s.code for s in world.spans if len(s.code) == 9} | {
        entry.area[:9] for entry in world.entries if len(entry.area) > 6
    }
    before = await told(gateway, world, Question(DISTRICT, period, (*sorted(ever),), was), None)
    rows = (*world.present(9),)
    asked = Question(DISTRICT, period, rows, now, undivided=True)
    after = await told(gateway, world, asked, world.moved)
    assert after[DISTRICT] == before[DISTRICT]
    for section, figure in FIGURES:
        if figure.kind not in (Kind.DISTINCT, Kind.MEDIAN):
            whole = summed(after, [DISTRICT], section, figure)
            assert summed(after, [*rows, UNDIVIDED], section, figure) == whole


@pytest.mark.parametrize("seed", range(4))
async def test_an_area_is_told_what_is_in_it_today(gateway: Projecting, seed: int) -> None:
    world = World(Random(seed)).live(25)
    await fill(gateway, world)
    areas = world.present()
    asked = Question(DISTRICT, Period(FIRST, world.today), (*areas[1:],), Tree.AS_IS)
    shown = await told(gateway, world, asked, world.moved)
    for area in areas:
        counted = counted_in(area, world.entries, world.moved)
        filed = sum(n for (metric, *_), n in counted.items() if metric == "reports_filed")
        persons = {d for metric, d, _ in counted if metric == "attendances_of_person"}
        valid = sum(n for (metric, *_), n in counted.items() if metric == "certificates_valid")
        assert shown[area]["grid"]["reports_filed"]["value"] == filed
        assert shown[area]["training"]["people_trained"]["value"] == len(persons)
        assert shown[area]["training"]["certificates_valid"]["value"] == valid


async def test_what_has_moved_is_asked_anew(gateway: Projecting) -> None:
    """Kept figures of other services depend on the tree, too."""
    world = World(Random(3)).live(25)
    await fill(gateway, world)
    answers, rows = Answers(), (*world.present(12),)
    question = Question(DISTRICT, Period(FIRST, world.today), rows, Tree.AS_IS)
    found = []
    for moved in ((), world.moved):
        async with gateway.database.transaction() as connection:
            raw = await driver(connection)
            seen = await look(raw)
            found.append(await answers.figures(raw, question, seen, world.today, moved))
    assert found[0] != found[1]
    assert found[1] == await told(gateway, world, question, world.moved)
