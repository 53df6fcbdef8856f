"""The indicators as PostgreSQL adds them up: against a recount of the cards, by their records, and by both trees."""

from collections import Counter
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest

from services.chassis.database import driver
from services.contracts.codes_gateway import FigurePart as Part
from services.contracts.grid_people import MemberSnapshot
from services.gateway.dashboards.figure import Kind
from services.gateway.dashboards.numbers import Period, as_is, as_was, last_over
from services.gateway.dashboards.trees import UNDIVIDED, terms
from services.gateway.drilldown import queries
from services.gateway.drilldown.made_of import made_of
from services.gateway.indicators.definitions import INDICATORS
from services.gateway.indicators.numbers import indicators, unknown
from services.gateway.projections.fold import Fact
from tests.gateway.dashboards.redrawing import DISTRICT, FIRST, World
from tests.gateway.dashboards.test_figures_by_tree import fill
from tests.gateway.drilldown.cards import AREAS, facts, kept
from tests.gateway.drilldown.test_queries import PERIODS, TODAY, added, listed
from tests.gateway.projections.projecting import Projecting

SHARES = {name for name, i in INDICATORS.items() if i.figure.kind is Kind.FLOW_RATE}
NEVER = Period(date(9999, 12, 31), date(9999, 12, 31))
Told = dict[str, Any]


def entries(facts: list[Fact], metric: str, area: str, first: date, last: date) -> list[Any]:
    return [
        entry
        for fact in facts
        for entry in fact.projection.entries(fact.event)
        if entry.metric == metric and entry.area.startswith(area) and first <= entry.day <= last
    ]


def served(facts: list[Fact], area: str, period: Period, last: date) -> int:
    """Day by day."""
    cards = [f.event for f in facts if isinstance(f.event, MemberSnapshot)]
    days = [period.first + timedelta(days=n) for n in range((last - period.first).days + 1)]
    return sum(
        (card.starts_on <= day) - (card.ends_on is not None and card.ends_on <= day)
        for card in cards
        if card.kind == "FULL_TIME" and card.area_code.startswith(area)
        for day in days
    )


@pytest.mark.parametrize("seed", range(3))
async def test_every_indicator_equals_a_recount_of_the_cards_and_the_sum_of_its_records(
    gateway: Projecting, seed: int
) -> None:
    random = Random(seed)
    made = facts(random, 20)
    await kept(gateway, made)
    compared = 0
    async with gateway.database.connection() as connection:
        raw = await driver(connection)
        for area in AREAS:
            period = random.choice(PERIODS)
            told = (await indicators(raw, [area], period, TODAY, as_was([area])))[area]
            for name, indicator in INDICATORS.items():
                figure, shown = indicator.figure, told[name]
                last = last_over(period, TODAY) if figure.cohort else period.last
                above, *below = (
                    entries(made, metric, area, period.first, last) for metric in figure.metrics
                )
                expected = [sum(e.n for e in found) for found in (above, *below)]
                if figure.kind is Kind.PER_DAYS:
                    expected[1] = served(made, area, period, last)
                if figure.kind is Kind.MEDIAN:
                    ranked = sorted(int(e.dimension) for e in above)
                    ninth = ranked[-(-len(ranked) * 9 // 10) - 1] if ranked else None
                    assert shown["p90"] == (None if ninth is None else round(ninth / 60, 2))
                    parts = {Part.DENOMINATOR: shown["denominator"]}
                    assert shown["numerator"] is None
                else:
                    parts = {Part.NUMERATOR: shown["numerator"]}
                    if below:
                        parts[Part.DENOMINATOR] = shown["denominator"]
                assert list(parts.values()) == expected, name
                for part, number in parts.items():
                    lines = await listed(raw, figure, part, area, period, random.choice([3, 200]))
                    assert added(lines) == number, name
                    compared += bool(lines)
                left_out = Counter[str]()
                for metric in figure.excluded:
                    for entry in entries(made, metric, area, period.first, last):
                        left_out[entry.dimension] += entry.n
                shown_out = {each["reason"]: each["n"] for each in shown["excluded"]}
                shown_out.pop("SUSPENDED", None)
                assert shown_out == left_out, name
                if name in SHARES - {"G10", "G11"}:
                    assert 0 <= shown["numerator"] <= shown["denominator"], name
    assert compared > 2 * len(INDICATORS)


@pytest.mark.parametrize("seed", range(3))
async def test_rows_and_what_is_undivided_add_up_to_the_district_by_either_tree(
    gateway: Projecting, seed: int
) -> None:
    world = World(Random(seed)).live(25)
    await fill(gateway, world)
    period = Period(FIRST, world.today)
    ever = sorted({e.area[:9] for e in world.entries if len(e.area) > 6})
    async with gateway.database.connection() as connection:
        raw = await driver(connection)
        for rows, where in ((ever, ()), (world.present(9), world.moved)):
            told = [DISTRICT, *rows, UNDIVIDED]
            source = as_is(terms(told[:-1], where, DISTRICT))
            found = await indicators(raw, told, period, world.today, source)
            plain = await indicators(raw, [DISTRICT], period, world.today, as_was([DISTRICT]))
            assert found[DISTRICT] == plain[DISTRICT]
            assert _sum(found, [*rows, UNDIVIDED]) == _sum(found, [DISTRICT])


def _sum(found: dict[str, Told], areas: list[str]) -> Counter[str]:
    total: Counter[str] = Counter()
    for area in areas:
        for name, told in found[area].items():
            for part in ("numerator", "denominator"):
                total[f"{name} {part}"] += told[part] or 0
            for each in told["excluded"]:
                total[f"{name} {each['reason']}"] += each["n"]
    return +total


async def test_of_what_is_divided_by_nothing_there_is_no_value(gateway: Projecting) -> None:
    async with gateway.database.connection() as connection:
        raw = await driver(connection)
        source = as_was([DISTRICT])
        found = (await indicators(raw, [DISTRICT], PERIODS[0], TODAY, source))[DISTRICT]
    assert {name: told["value"] for name, told in found.items() if told["value"] is not None} == {
        "G1": 0
    }
    assert (found["G4"]["numerator"], found["G4"]["denominator"]) == (0, 0)


async def test_nobody_has_served_in_a_time_to_come(gateway: Projecting) -> None:
    await kept(gateway, facts(Random(1), 20))
    async with gateway.database.connection() as connection:
        raw = await driver(connection)
        found = (await indicators(raw, [DISTRICT], NEVER, TODAY, as_was([DISTRICT])))[DISTRICT]
        assert (found["G13"]["value"], found["G13"]["denominator"]) == (None, 0)
        made = made_of("G13", Part.DENOMINATOR, NEVER, TODAY)
        assert (await queries.page(raw, made, DISTRICT, None, 200, knows=True)).lines == []


def test_where_nothing_was_read_nothing_is_known() -> None:
    told = {"G1": {"value": 3, "numerator": 3, "denominator": None, "definition": "G1.v1"}}
    assert unknown(told)["G1"] == {
        "value": None,
        "numerator": None,
        "denominator": None,
        "excluded": [],
        "definition": "G1.v1",
    }
