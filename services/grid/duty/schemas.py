from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from services.chassis.operation import Body
from services.contracts.grid_people import DutyLine
from services.grid.duty.rules import GroupBy

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
    """A township's week, to be counted now."""

    area_code: Township
    week: Week


class CountsIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    rows: list[CountIn] = Field(min_length=1, max_length=100)


class DutyWeekLine(BaseModel):
    """A township's week as it was counted last."""

    id: UUID
    version: int
    area_code: str
    starts_on: date
    lines: list[DutyLine]
    counted_at: datetime
    recount_at: datetime | None
