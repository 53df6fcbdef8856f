"""The indicators and their definitions, for the API document."""

from datetime import date, datetime
from typing import Literal

from pydantic import BaseModel

from services.contracts.codes_gateway import Exclusion, IndicatorUnit
from services.gateway.dashboards.schemas import PeriodOut
from services.gateway.dashboards.trees import Tree


class WordsOut(BaseModel):
    zh: str
    en: str


class ReasonOut(WordsOut):
    reason: Exclusion


class DefinitionOut(BaseModel):
    """`formula` in words is numerator ÷ denominator, where there are both. `excludes`: why a report is in neither."""

    id: str
    version: int
    definition: str
    title: WordsOut
    unit: IndicatorUnit
    formula: WordsOut
    numerator: WordsOut
    denominator: WordsOut | None
    excludes: list[ReasonOut]
    note: WordsOut | None


class DefinitionsOut(BaseModel):
    items: list[DefinitionOut]


class ExcludedOut(BaseModel):
    reason: Exclusion
    n: int


class IndicatorOut(BaseModel):
    """`value` is null where the denominator is 0. A count has no denominator; a median has no numerator, and the 90th
    percentile `p90` beside it. What is `excluded` is in neither part. `definition` is the id with its version."""

    value: float | int | None
    numerator: int | None
    denominator: int | None
    excluded: list[ExcludedOut]
    definition: str
    p90: float | None = None
    per_100_households: float | None = None


class IndicatorsOfOut(BaseModel):
    area: str
    name: str
    indicators: dict[str, IndicatorOut]


class RestOut(BaseModel):
    """What is of the area and of none of its rows; with them it adds up to the area's."""

    indicators: dict[str, IndicatorOut]


class IndicatorsOut(IndicatorsOfOut):
    """`as_of`, `status` and `reason` as of the dashboards' section of the grid service. `tree`: `as_was`, or `as_is` on
    the day `tree_on`. Cohorts of what is due, and weeks, count until `last_over`, the last day of the period that is over."""

    tree: Tree
    tree_on: date | None = None
    period: PeriodOut
    last_over: date
    status: Literal["fresh", "stale", "unavailable"]
    reason: str | None
    as_of: datetime | None
    rows: list[IndicatorsOfOut] | None = None
    undivided: RestOut | None = None
