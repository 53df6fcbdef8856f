from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import Query
from pydantic import BaseModel, ConfigDict, Field

from services.chassis.operation import Body
from services.contracts.codes_outreach import Datum
from services.grid.areas.models import Centroid

CODE = r"^[0-9]{6}([0-9]{3}){0,3}$"
Code = Annotated[str, Field(pattern=CODE)]
GridClosed = Annotated[
    bool | None,
    Query(
        description="true: 网格已撤销、尚未迁出 only those whose area is no more; false: all others"
    ),
]
Day = Annotated[date, Field(ge=date(1900, 1, 1), lt=date(2200, 1, 1))]


class CentroidIn(BaseModel):
    """Where a map shows the area: of public ground, never of a person."""

    model_config = ConfigDict(extra="forbid")

    lng: float = Field(ge=-180, le=180, allow_inf_nan=False)
    lat: float = Field(ge=-90, le=90, allow_inf_nan=False)
    datum: Datum


class Notice(BaseModel):
    """What is put up in public (公示), and where a map shows it."""

    extent: str | None = Field(None, min_length=2, max_length=500, examples=["村民一组至三组"])
    office: str | None = Field(None, max_length=80, description="Where its members are found.")
    office_phone: str | None = Field(
        None, pattern=r"^[0-9+() -]{3,25}$", description="Of that office, nobody's own."
    )
    published_on: date | None = None
    centroid: CentroidIn | None = None


NOTICE = frozenset(Notice.model_fields)


class AreaIn(Notice, Body):
    """One area. `code` has 6 (district), 9 (township), 12 (village) or 15 (grid) digits and begins with
    its parent's, which comes before it. `demo`: not a real one. What is put up in public, and
    `predecessors`, stay as they are where a row does not tell them."""

    code: Code
    name: str = Field(min_length=1, max_length=60)
    kind: str = Field(pattern=r"^[A-Z_]{2,30}$")
    parent: Code | None = None
    valid_from: Day
    valid_to: Day | None = Field(None, description="The first day on which it is no more.")
    demo: bool = False
    predecessors: list[Code] = Field(default=[], max_length=20)


class AreaLine(BaseModel):
    """`heir`: of several successors, the one to which its past is attributed. The rest from `extent` on is put up
    in public (公示)."""

    id: UUID
    area_code: str
    name: str
    kind: str
    parent: str | None
    valid_from: date
    valid_to: date | None
    demo: bool
    version: int
    predecessors: list[str]
    heir: str | None
    extent: str | None
    office: str | None
    office_phone: str | None
    published_on: date | None
    centroid: Centroid | None


class AreasIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    rows: list[AreaIn] = Field(min_length=1, max_length=5000)
