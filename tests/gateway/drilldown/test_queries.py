"""The records behind every figure add up to it, whatever the cards, the area, the period and the pages."""

from collections.abc import Sequence
from datetime import date
from random import Random
from typing import Any
from uuid import UUID

import pytest

from services.chassis.database import DriverConnection, driver
from services.contracts.codes_gateway import FigurePart as Part
from services.gateway.dashboards.figures import SECTIONS, Figure, Kind
from services.gateway.dashboards.numbers import Period, sections_of, sums
from services.gateway.drilldown import queries
from services.gateway.drilldown.made_of import COUNTED, METRICS, RATES, SPREAD, made_of
from services.gateway.projections.registry import SERVICES
from tests.gateway.drilldown.cards import AREAS, DISTRICT, facts, kept
from tests.gateway.projections.projecting import Projecting

TODAY = date(2026, 3, 20)
PERIODS = [
    Period(date(2026, 1, 1), date(2026, 4, 30)),
    Period(date(2026, 2, 3), date(2026, 2, 20)),
    Period(date(2026, 3, 9), TODAY),
]
BY_NAME = {figure.name: figure for figures in SECTIONS.values() for figure in figures}
EVERY = [*BY_NAME.values()]
Line = dict[str, Any]


async def listed(
    raw: DriverConnection,
    figure: Figure,
    part: Part,
    area: str,
    period: Period,
    limit: int,
    *,
    knows: bool = True,
) -> list[Line]:
    """All pages, one after the other."""
    made, after = made_of(figure.name, part, period, TODAY), None
    lines: list[Line] = []
    while True:
        found = await queries.page(raw, made, area, after, limit, knows=knows)
        assert len({line["id"] for line in found.lines} - {None}) <= limit
        lines += found.lines
        if found.next is None:
            return lines
        after = found.next


def added(lines: Sequence[Line]) -> float:
    return float(round(sum(line["n"] for line in lines), 2))


@pytest.mark.parametrize("seed", range(4))
async def test_the_lines_of_all_pages_add_up_to_the_dashboards_number(
    gateway: Projecting, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    random = Random(seed)
    monkeypatch.setattr(queries, "CHUNK", random.choice([2, 5, 250]))
    monkeypatch.setattr(queries, "SCANNED", random.choice([3, 7, 2000]))
    await kept(gateway, facts(random, 15))
    compared = 0
    async with gateway.database.connection() as connection:
        raw = await driver(connection)
        for area in AREAS:
            period = random.choice(PERIODS)
            told = (await sums(raw, [area], period, TODAY, SERVICES))[area]
            shown = sections_of(told, SERVICES)
            for service, figures in SECTIONS.items():
                for figure in figures:
                    if figure.kind is Kind.MEDIAN:
                        continue
                    number = shown[service][figure.name]
                    limit = random.choice([1, 3, 200])
                    lines = await listed(raw, figure, Part.NUMERATOR, area, period, limit)
                    rate = figure.kind in RATES
                    assert added(lines) == number["numerator" if rate else "value"], figure.name
                    if rate:
                        lines = await listed(raw, figure, Part.DENOMINATOR, area, period, limit)
                        assert added(lines) == number["denominator"], figure.name
                    compared += bool(lines)
    assert compared > len(EVERY)


@pytest.mark.parametrize("limit", [1, 3, 200])
async def test_who_does_not_know_of_sensitive_records_is_told_how_many_they_are_alone(
    gateway: Projecting, limit: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "CHUNK", 2)
    await kept(gateway, facts(Random(1), 30))
    asked = BY_NAME["reports_filed"], Part.NUMERATOR, DISTRICT, PERIODS[0], limit
    async with gateway.database.connection() as connection:
        raw = await driver(connection)
        secret = {
            row["id"]
            for row in await raw.fetch(
                "select id from card where noun = 'report' and (data ->> 'told_apart')::bool"
            )
        }
        lines = await listed(raw, *asked)
        shown = await listed(raw, *asked, knows=False)
        assert added(shown) == added(lines)
        assert {line["id"] for line in lines} & secret
        assert {line["id"] for line in lines} - secret == {line["id"] for line in shown} - {None}
        hidden = [line for line in shown if line["id"] is None]
        assert {(line["number"], line["dimension"]) for line in hidden} == {(None, None)}
        made, after = made_of("reports_filed", *asked[1:2], PERIODS[0], TODAY), None
        while True:
            found = await queries.page(raw, made, DISTRICT, after, limit, knows=False)
            if (after := found.next) is None:
                break
            assert UUID(queries._read(after, 2)[1]) not in secret


async def test_what_counts_distinct_persons_lists_each_once_over_all_pages(
    gateway: Projecting,
) -> None:
    await kept(gateway, facts(Random(1), 40))
    async with gateway.database.connection() as connection:
        raw = await driver(connection)
        [figure] = [figure for figure in EVERY if figure.name == "people_trained"]
        lines = await listed(raw, figure, Part.NUMERATOR, "330703", PERIODS[0], 1)
    assert len(lines) == len({line["id"] for line in lines}) == 4
    assert {line["noun"] for line in lines} == {"trainee"}


async def test_a_page_looks_at_a_bounded_number_of_cards(
    gateway: Projecting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "SCANNED", 10)
    await kept(gateway, facts(Random(2), 25))
    never = Period(date(2020, 1, 1), date(2020, 12, 31))
    made = made_of("reports_filed", Part.NUMERATOR, never, TODAY)
    after, pages = None, 0
    async with gateway.database.connection() as connection:
        while True:
            found = await queries.page(
                await driver(connection), made, "330703", after, 50, knows=True
            )
            assert found.lines == []
            pages += 1
            if (after := found.next) is None:
                break
    assert pages == 3  # of 25 cards


@pytest.mark.parametrize("seed", range(3))
def test_every_metric_has_the_noun_whose_cards_tell_it(seed: int) -> None:
    told: dict[str, set[str]] = {noun: set() for noun in METRICS}
    for fact in facts(Random(seed), 1000):
        for entry in fact.projection.entries(fact.event):
            told[fact.projection.noun].add(entry.metric)
            spread = fact.projection.noun in SPREAD
            assert entry.area.startswith(fact.event.area_code)
            assert spread or entry.area == fact.event.area_code
    assert told == {noun: set(metrics) for noun, metrics in METRICS.items()}
    assert {figure.metrics[0] for figure in EVERY if figure.kind == "distinct"} == set(COUNTED)
