"""The dashboard's answer, for the API document."""

from datetime import date, datetime
from typing import Literal

from pydantic import BaseModel, Field

from services.gateway.dashboards.trees import Tree


class FigureOut(BaseModel):
    """A rate has numerator and denominator, perhaps with what is `excluded` from both; that of a sample has the
    `margin` of its error (95 %); a stock has start, end and change in %; `by` tells the parts. What it is per so many
    inhabitants or households is there where their number is known."""

    value: float | int | None
    numerator: int | None
    denominator: int | None
    definition: str
    by: dict[str, int | float] | None = None
    start: int | None = None
    end: int | None = None
    change_percent: float | None = None
    excluded: int | None = None
    margin: float | None = None
    per_10000_inhabitants: float | None = None
    per_100_households: float | None = None


class SectionOut(BaseModel):
    """`fresh`: at most 10 s old and complete. `stale`: older, or without the events that were put aside; the
    reason says which. `unavailable`: never read, so every figure is null."""

    status: Literal["fresh", "stale", "unavailable"]
    reason: str | None
    as_of: datetime | None
    figures: dict[str, FigureOut]


class PeriodOut(BaseModel):
    first: date = Field(alias="from")
    last: date = Field(alias="to")


class PopulationOut(BaseModel):
    """The latest figures known that are not of a later year than the period's end."""

    year: int
    inhabitants: int
    households: int | None


class UndividedOut(BaseModel):
    """What is of the area, but of none of its rows: recorded in a former area whose successors lie in several of
    them, or for the area as a whole. With the rows it adds up to the area's figures."""

    sections: dict[str, SectionOut]


class RowOut(BaseModel):
    area: str
    name: str
    population: PopulationOut | None = None
    sections: dict[str, SectionOut]


class DashboardOut(BaseModel):
    """`tree` says by which tree it is added up: `as_was`, or `as_is` on the day `tree_on`."""

    tree: Tree
    tree_on: date | None = None
    area: str
    name: str
    population: PopulationOut | None = None
    period: PeriodOut
    as_of: datetime | None
    complete: bool
    sections: dict[str, SectionOut]
    rows: list[RowOut] | None = None
    undivided: UndividedOut | None = None
