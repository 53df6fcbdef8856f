"""Indicators of areas in a period, from the same tallies as the dashboards."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from services.chassis.database import DriverConnection
from services.contracts.codes_gateway import Exclusion
from services.gateway.dashboards.figure import Figure, Kind
from services.gateway.dashboards.numbers import (
    Counted,
    Period,
    Sums,
    last_over,
    rate_of,
    sums_of,
)
from services.gateway.dashboards.percentiles import median_of, percentile_of
from services.gateway.indicators.definitions import INDICATORS, STOCKS, Indicator

DAYS = 30
FIGURES: tuple[Figure, ...] = tuple(indicator.figure for indicator in INDICATORS.values())

SERVED = """
    select area_code, sum(n * ($4::date - greatest(day, $3::date) + 1))::bigint as n
    from {rows} where metric = $2 and day <= $4 and $3::date <= $4 group by 1"""
"""Of a stock: on how many days of the period each was there, added up."""


async def indicators(
    connection: DriverConnection,
    areas: Sequence[str],
    period: Period,
    today: date,
    source: Counted,
) -> dict[str, dict[str, Any]]:
    """Area → id → as it is told."""
    found = await sums_of(connection, areas, period, today, [*FIGURES, *STOCKS], source)
    for figure in (figure for figure in FIGURES if figure.kind is Kind.PER_DAYS):
        served = figure.metrics[1]
        days = period.first, last_over(period, today)
        rows = await connection.fetch(SERVED.format(rows=source.rows), source.told, served, *days)
        told = {row["area_code"]: row["n"] for row in rows}
        for area, sums in found.items():
            sums.flow[served] = {"": told.get(area, 0)}
    return {
        area: {id: shown(indicator, sums) for id, indicator in INDICATORS.items()}
        for area, sums in found.items()
    }


def shown(indicator: Indicator, sums: Sums) -> dict[str, Any]:
    figure = indicator.figure
    first, *rest = (sums.flow[metric] for metric in figure.metrics)
    numerator, denominator = sum(first.values()), sum(sum(by.values()) for by in rest)
    told: dict[str, Any] = {"value": None, "numerator": None, "denominator": None}
    match figure.kind:
        case Kind.FLOW:
            told |= {"value": numerator, "numerator": numerator}
        case Kind.FLOW_RATE:
            told |= rate_of(numerator, denominator)
        case Kind.PER_DAYS:
            value = round(DAYS * numerator / denominator, 2) if denominator else None
            told |= {"value": value, "numerator": numerator, "denominator": denominator}
        case Kind.MEDIAN:
            told |= {"value": _hours(median_of(first)), "denominator": numerator}
            told["p90"] = _hours(percentile_of(first, 90))
    left_out = Counter({reason: n for by in _excluded(figure, sums) for reason, n in by.items()})
    if indicator.suspended:
        left_out[Exclusion.SUSPENDED] = sums.closing[indicator.suspended]
    excluded = [{"reason": r, "n": left_out[r]} for r in indicator.excludes if left_out[r]]
    return {**told, "excluded": excluded, "definition": figure.definition}


def unknown(told: Mapping[str, Any]) -> dict[str, Any]:
    """The same, where nothing was ever read: not even that there is none."""
    parts: dict[str, Any] = {"value": None, "numerator": None, "denominator": None, "excluded": []}
    return {id: {**parts, "definition": each["definition"]} for id, each in told.items()}


def _excluded(figure: Figure, sums: Sums) -> list[Mapping[str, int]]:
    return [sums.flow[metric] for metric in figure.excluded]


def _hours(minutes: float | None) -> float | None:
    return None if minutes is None else round(minutes / 60, 2)
