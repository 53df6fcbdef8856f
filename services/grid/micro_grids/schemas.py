from datetime import date
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from services.chassis.operation import Body
from services.grid.areas.schemas import Day


class MicroGridIn(Body):
    """A part of a grid. `code`: its grid's 15 digits and 01 to 99. Nobody's name: who looks after it is a matter of
    its members."""

    code: str = Field(pattern=r"^[0-9]{15}(0[1-9]|[1-9][0-9])$")
    name: str = Field(min_length=1, max_length=60)
    extent: str | None = Field(None, min_length=2, max_length=500, examples=["3 幢 1—2 单元"])
    valid_from: Day
    valid_to: Day | None = Field(None, description="The first day on which it is no more.")


class MicroGridLine(BaseModel):
    id: UUID
    version: int
    area_code: str
    code: str
    name: str
    extent: str | None
    valid_from: date
    valid_to: date | None


class MicroGridsIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    rows: list[MicroGridIn] = Field(min_length=1, max_length=5000)
