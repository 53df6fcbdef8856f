from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from services.chassis.operation import Body
from services.grid.areas.schemas import Code as AreaCode
from services.grid.areas.schemas import Day

KIND = r"^[A-Z_]{2,40}$"
Code = Annotated[str, Field(pattern=r"^[0-9a-z-]{3,60}$")]


class OrganisationIn(Body):
    """One body of the district. `area_code`: the area that it serves. `parent` comes before it."""

    code: Code
    name: str = Field(min_length=1, max_length=80)
    kind: str = Field(pattern=KIND)
    parent: Code | None = None
    area_code: AreaCode
    valid_from: Day
    valid_to: Day | None = Field(None, description="The first day on which it is no more.")


class OrganisationLine(BaseModel):
    id: UUID
    code: str
    name: str
    kind: str
    parent: str | None
    area_code: str
    valid_from: date
    valid_to: date | None
    version: int


class OrganisationsIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    rows: list[OrganisationIn] = Field(min_length=1, max_length=5000)
