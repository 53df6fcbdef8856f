"""Counts as rates of those who live there, where it is known how many they are; nothing otherwise."""

from collections.abc import Mapping
from typing import Any

from services.gateway.dashboards.figures import SECTIONS
from services.gateway.reference.queries import Population

SCALES = {
    "inhabitants": (10_000, "per_10000_inhabitants"),
    "households": (100, "per_100_households"),
}
PER = {figure.name: figure.per for told in SECTIONS.values() for figure in told if figure.per}


def with_rates(
    figures: dict[str, Any],
    population: Population | None,
    per: Mapping[str, tuple[str, ...]] = PER,
) -> dict[str, Any]:
    """The figures of a section; some with what they are per so many of the area's inhabitants or households."""
    if population is None:
        return figures
    living = {"inhabitants": population.inhabitants, "households": population.households}
    told = dict(figures)
    for name in per.keys() & figures.keys():
        count = figures[name]["value"]
        known = [(*SCALES[whom], n) for whom in per[name] if (n := living[whom])]
        if count is not None:
            rates = {said: round(count * scale / n, 2) for scale, said, n in known}
            told[name] = figures[name] | rates
    return told
