"""Reading figures: equality on area, a sum over days; the same for a district and for a grid, by either tree."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from math import sqrt
from typing import Any, NamedTuple

from services.chassis.database import DriverConnection, as_rows, recordset
from services.gateway.dashboards.figures import SECTIONS, Figure, Kind
from services.gateway.dashboards.percentiles import median_of
from services.gateway.dashboards.trees import Term

FLOW_KINDS = {Kind.FLOW, Kind.FLOW_RATE, Kind.MEDIAN}


@dataclass(frozen=True)
class Period:
    first: date
    last: date


@dataclass
class Sums:
    """Per metric and dimension: in the period, before it, through its end."""

    flow: dict[str, dict[str, int]] = field(default_factory=lambda: defaultdict(dict))
    opening: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    closing: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    parts: dict[str, dict[str, int]] = field(default_factory=lambda: defaultdict(dict))
    distinct: dict[str, int] = field(default_factory=lambda: defaultdict(int))


class Counted(NamedTuple):
    """Tallies as rows of `counted`, made of parameter $1. `several`: more than one may tell of one area, metric,
    day and dimension."""

    rows: str
    told: Any
    several: bool


def as_was(areas: Sequence[str]) -> Counted:
    rows = "(select * from tally where area_code = any($1::text[])) as counted"
    return Counted(rows, list(areas), several=False)


TERM = {"area": "text", "code": "text", "weight": "int"}


def as_is(terms: Sequence[Term]) -> Counted:
    rows = f"""
        (select d.area as area_code, metric, day, dimension, d.weight * n as n
         from {recordset(TERM)} join tally on tally.area_code = d.code) as counted"""
    return Counted(rows, as_rows(TERM, terms), several=True)


async def sums(
    connection: DriverConnection,
    areas: Sequence[str],
    period: Period,
    today: date,
    sections: Sequence[str],
    counted: Counted | None = None,
) -> dict[str, Sums]:
    """What the figures of these sections of `areas` are made of; `counted`: not of their own tallies."""
    everything = [figure for section in sections for figure in SECTIONS[section]]
    return await sums_of(connection, areas, period, today, everything, counted or as_was(areas))


async def sums_of(
    connection: DriverConnection,
    areas: Sequence[str],
    period: Period,
    today: date,
    everything: Sequence[Figure],
    source: Counted,
) -> dict[str, Sums]:
    found: dict[str, Sums] = {area: Sums() for area in areas}
    cohorts = _metrics(figure for figure in everything if figure.cohort)
    flows = _metrics(f for f in everything if f.kind in FLOW_KINDS and not f.cohort)
    until = last_over(period, today)
    for metrics, last in ((flows, period.last), (cohorts, until)):
        if not metrics:
            continue
        rows = await connection.fetch(
            "select area_code, metric, dimension, sum(n)::bigint as n "
            f"from {source.rows} where metric = any($2::text[]) "
            "and day between $3 and $4 group by 1, 2, 3 having sum(n) <> 0",
            source.told,
            metrics,
            period.first,
            last,
        )
        for row in rows:
            found[row["area_code"]].flow[row["metric"]][row["dimension"]] = row["n"]
    await _stocks(connection, found, period, everything, source)
    await _distinct(connection, found, period, everything, source)
    return found


def last_over(period: Period, today: date) -> date:
    """The last day of a cohort that counts."""
    return min(period.last, today - timedelta(days=1))


async def _stocks(
    connection: DriverConnection,
    found: dict[str, Sums],
    period: Period,
    everything: Sequence[Figure],
    source: Counted,
) -> None:
    stocks = _metrics(f for f in everything if f.kind in {Kind.STOCK, Kind.STOCK_RATE})
    if not stocks:
        return
    rows = await connection.fetch(
        "select area_code, metric, dimension, "
        "coalesce(sum(n) filter (where day < $3), 0)::bigint as opening, "
        f"sum(n)::bigint as closing from {source.rows} "
        "where metric = any($2::text[]) and day <= $4 group by 1, 2, 3",
        source.told,
        stocks,
        period.first,
        period.last,
    )
    for row in rows:
        area = found[row["area_code"]]
        area.opening[row["metric"]] += row["opening"]
        area.closing[row["metric"]] += row["closing"]
        if row["closing"]:
            area.parts[row["metric"]][row["dimension"]] = row["closing"]


async def _distinct(
    connection: DriverConnection,
    found: dict[str, Sums],
    period: Period,
    everything: Sequence[Figure],
    source: Counted,
) -> None:
    counted = _metrics(figure for figure in everything if figure.kind == Kind.DISTINCT)
    if not counted:
        return
    asked = f"from {source.rows} where metric = any($2::text[]) and day between $3 and $4"
    each = f"select area_code, metric, dimension {asked} and n > 0"
    if source.several:
        each = (
            f"select area_code, metric, dimension {asked} group by 1, 2, 3, day having sum(n) > 0"
        )
    rows = await connection.fetch(
        f"select area_code, metric, count(distinct dimension) as n from ({each}) as there group by 1, 2",
        source.told,
        counted,
        period.first,
        period.last,
    )
    for row in rows:
        found[row["area_code"]].distinct[row["metric"]] = row["n"]


def _metrics(figures: Iterable[Figure]) -> list[str]:
    return sorted({metric for f in figures for metric in (*f.metrics, *f.excluded)})


def sections_of(area: Sums, sections: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Section → figure → as the dashboard tells it."""
    return {
        section: {figure.name: _shown(figure, area) for figure in SECTIONS[section]}
        for section in sections
    }


def unknown(figures: dict[str, Any]) -> dict[str, Any]:
    """The same figures, with nothing known of them."""
    return {
        name: {part: told if part == "definition" else None for part, told in figure.items()}
        for name, figure in figures.items()
    }


def _shown(figure: Figure, area: Sums) -> dict[str, Any]:
    """The figure as the dashboard tells it."""
    told: dict[str, Any] = {"value": None, "numerator": None, "denominator": None}
    match figure.kind:
        case Kind.FLOW:
            found = area.flow[figure.metrics[0]]
            told["value"] = in_units(sum(found.values()), figure)
            if figure.by:
                told["by"] = {name: in_units(n, figure) for name, n in sorted(found.items())}
        case Kind.MEDIAN:
            told["value"] = median_of(area.flow[figure.metrics[0]])
        case Kind.DISTINCT:
            told["value"] = area.distinct[figure.metrics[0]]
        case Kind.STOCK:
            start = sum(area.opening[metric] for metric in figure.metrics)
            end = sum(area.closing[metric] for metric in figure.metrics)
            change = round((end - start) * 100 / start, 2) if start else None
            told |= {"value": end, "start": start, "end": end, "change_percent": change}
            if figure.by:
                told["by"] = dict(sorted(area.parts[figure.metrics[0]].items()))
        case Kind.FLOW_RATE:
            numerator, denominator = (sum(area.flow[m].values()) for m in figure.metrics)
            told |= rate_of(numerator, denominator)
            if figure.excluded:
                told["excluded"] = sum(sum(area.flow[m].values()) for m in figure.excluded)
            if figure.sampled:
                told["margin"] = _margin(numerator, denominator)
        case Kind.STOCK_RATE:
            told |= rate_of(*(area.closing[metric] for metric in figure.metrics))
    return told | {"definition": figure.definition}


def in_units(count: int, figure: Figure) -> int | float:
    whole, rest = divmod(count, figure.parts)
    return count / figure.parts if rest else whole


def rate_of(numerator: int, denominator: int) -> dict[str, Any]:
    value = round(numerator / denominator, 4) if denominator else None
    return {"value": value, "numerator": numerator, "denominator": denominator}


def _margin(numerator: int, denominator: int) -> float | None:
    """Half the width of the interval that holds the true share in 95 of 100 samples."""
    if not denominator:
        return None
    share = numerator / denominator
    return round(1.96 * sqrt(share * (1 - share) / denominator), 4)
