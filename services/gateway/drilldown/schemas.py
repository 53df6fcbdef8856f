from datetime import date, datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, Field

from services.contracts.codes_gateway import FigurePart as Part


class RecordOut(BaseModel):
    """What one record adds to the figure on a day. Of a figure that counts distinct persons or grids: the trainee or
    the area, once. `id` null: of a record that the caller may not know."""

    noun: str
    id: UUID | None
    number: str | None
    day: date
    n: int | float
    dimension: str | None


class DaysOut(BaseModel):
    """The days whose records are listed; a stock's have no first one."""

    first: date | None = Field(alias="from")
    last: date = Field(alias="to")


class RecordsOut(BaseModel):
    """`n` over all pages adds up to the dashboard's number. `next`: the cursor of the following page, null on the last
    one; a page may be empty and not the last."""

    area: str
    figure: str
    definition: str
    part: Part
    days: DaysOut
    status: Literal["fresh", "stale", "unavailable"]
    as_of: datetime | None
    items: list[RecordOut]
    next: str | None
