"""The dashboard's answer, for the API document."""

from datetime import date, datetime
from typing import Literal

from pydantic import BaseModel, Field


class FigureOut(BaseModel):
    """A rate has numerator and denominator, perhaps with what is `excluded` from both; that of a sample has the
    `margin` of its error (95 %); a stock has start, end and change in %; `by` tells the parts."""

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


class RowOut(BaseModel):
    area: str
    name: str
    sections: dict[str, SectionOut]


class DashboardOut(BaseModel):
    area: str
    name: str
    period: PeriodOut
    as_of: datetime | None
    complete: bool
    sections: dict[str, SectionOut]
    rows: list[RowOut] | None = None
