"""What a figure is."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    FLOW = "flow"  # what happened in the period
    STOCK = "stock"  # what there is at its end (and was at its start)
    FLOW_RATE = "flow_rate"  # of a cohort of the period
    STOCK_RATE = "stock_rate"  # of what there is at its end
    PER_DAYS = "per_days"  # what happened, by the days that a stock of persons has served
    MEDIAN = "median"  # of the whole numbers that are the dimensions of the period
    DISTINCT = "distinct"  # dimensions of the period: persons, never summed


@dataclass(frozen=True)
class Figure:
    """`metrics`: what is added up, or numerator and denominator. `by`: told by dimension too. `cohort`: only days
    that are over count. `parts`: of how many parts a unit is that the tallies count. `excluded`: what is
    left out of a rate. `sampled`: the rate of a sample, told with its error. `per`: of whom it is told as a rate,
    too, where it is known how many they are."""

    name: str
    kind: Kind
    metrics: tuple[str, ...]
    zh: str
    en: str
    by: bool = False
    cohort: bool = False
    parts: int = 1
    excluded: tuple[str, ...] = ()
    sampled: bool = False
    per: tuple[str, ...] = ()
    version: int = 1

    @property
    def definition(self) -> str:
        return f"{self.name}.v{self.version}"


def flow(name: str, zh: str, en: str, *, by: bool = False, per: tuple[str, ...] = ()) -> Figure:
    return Figure(name, Kind.FLOW, (name,), zh, en, by=by, per=per)


def sample(
    name: str, metrics: tuple[str, str], excluded: tuple[str, ...], zh: str, en: str
) -> Figure:
    return Figure(name, Kind.FLOW_RATE, metrics, zh, en, excluded=excluded, sampled=True)


def rate(name: str, metrics: tuple[str, str], zh: str, en: str) -> Figure:
    return Figure(name, Kind.FLOW_RATE, metrics, zh, en)


def stock(name: str, zh: str, en: str) -> Figure:
    return Figure(name, Kind.STOCK, (name,), zh, en)
