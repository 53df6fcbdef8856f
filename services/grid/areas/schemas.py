from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from services.chassis.operation import Body

CODE = r"^[0-9]{6}([0-9]{3}){0,3}$"
Code = Annotated[str, Field(pattern=CODE)]


class AreaIn(Body):
    """One area. `code` has 6 (district), 9 (township), 12 (village) or 15 (grid) digits and begins with
    its parent's, which comes before it. `demo`: not a real one."""

    code: Code
    name: str = Field(min_length=1, max_length=60)
    kind: str = Field(pattern=r"^[A-Z_]{2,30}$")
    parent: Code | None = None
    valid_from: date
    valid_to: date | None = Field(None, description="The first day on which it is no more.")
    demo: bool = False
    predecessors: list[Code] = Field(default=[], max_length=20)


class AreaLine(BaseModel):
    id: UUID
    area_code: str
    name: str
    kind: str
    parent: str | None
    valid_from: date
    valid_to: date | None
    demo: bool
    version: int


class AreasIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    rows: list[AreaIn] = Field(min_length=1, max_length=5000)
