from datetime import date, datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator

from services.chassis.operation import Body
from services.contracts.grid_people import DutyLine
from services.grid.duty.rules import GroupBy
from services.grid.limits.schemas import RowIn

Week = Annotated[str, Field(pattern=r"^[0-9]{4}-W[0-9]{2}$", examples=["2017-W12"])]
Month = Annotated[str, Field(pattern=r"^[0-9]{4}-[0-9]{2}$", examples=["2017-03"])]
Township = Annotated[str, Field(pattern=r"^[0-9]{9}$", examples=["330703105"])]


class DutyRow(BaseModel):
    """`key`: a member's id, or an area's code. `due`: links that count; `done`: those visited as owed; `late`: those
    done by late entries alone; `missing`: those not visited."""

    key: str
    due: int
    done: int
    late: int
    missing: int


class DutyOut(BaseModel):
    """A week, or a month, from `first_on` to `last_on`, of what the caller may see. `next`: where the following page
    begins."""

    week: str | None = None
    month: str | None = None
    by: GroupBy
    first_on: date
    last_on: date
    due: int
    done: int
    late: int
    items: list[DutyRow]
    next: str | None


class CountIn(Body):
    """A township's week, to be counted now; `whole`: all of it anew, as after a rule was changed, not only the grids
    of which something has changed since it was counted last."""

    area_code: Township
    week: Week
    whole: bool = False


class CountsIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    rows: list[CountIn] = Field(min_length=1, max_length=100)


class DutyRuleRow(RowIn):
    """In force from `valid_from` on, in the areas that begin with `area_code`: a link counts for a week from
    `days_to_count` days on; a red member has from `load_at_least` to `load_at_most` households; a visit task is due
    after `task_hours`."""

    area_code: str = Field("", pattern=r"^$|^[0-9]{6}([0-9]{3}){0,3}$")
    days_to_count: int = Field(ge=1, le=7)
    load_at_least: int = Field(ge=0, le=1000)
    load_at_most: int = Field(ge=1, le=1000)
    task_hours: int = Field(ge=1, le=720)

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.load_at_most < self.load_at_least:
            raise ValueError("load_at_most 不小于 load_at_least · is not below load_at_least")
        return self


class DutyRulesIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    rows: list[DutyRuleRow] = Field(min_length=1, max_length=200)


class DutyRulesOut(BaseModel):
    items: list[DutyRuleRow]


class DutyWeekLine(BaseModel):
    """A township's week as it was counted last."""

    id: UUID
    version: int
    area_code: str
    starts_on: date
    lines: list[DutyLine]
    counted_at: datetime
    recount_at: datetime | None
