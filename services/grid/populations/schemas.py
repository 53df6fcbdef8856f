from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from services.chassis.operation import Body
from services.grid.areas.schemas import Code as AreaCode

MOST = 2_000_000_000


class PopulationIn(Body):
    """Of an area by the figures of a year. `source`: whose figures, such as a yearbook's or the police's."""

    area_code: AreaCode
    year: int = Field(ge=1949, le=2199)
    inhabitants: int = Field(ge=0, le=MOST)
    households: int | None = Field(None, ge=0, le=MOST)
    source: str = Field(min_length=2, max_length=120, examples=["2025 年统计年鉴"])


class PopulationLine(BaseModel):
    id: UUID
    version: int
    area_code: str
    year: int
    inhabitants: int
    households: int | None
    source: str


class PopulationsIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    rows: list[PopulationIn] = Field(min_length=1, max_length=5000)
