from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from services.chassis.operation import Body, When
from services.contracts.codes_grid import Category
from services.grid.categories.schemas import Code as SubcategoryCode
from services.grid.duplicates.rules import Matter
from services.grid.positions.rules import Point
from services.grid.positions.schemas import PositionIn
from services.grid.reports.schemas import AreaCode


class DuplicatesIn(BaseModel):
    """What is about to be reported, as far as it is known. `occurred_at`: now, if absent."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    area_code: AreaCode
    category: Category
    subcategory: SubcategoryCode | None = None
    place: str = Field("", max_length=200, pattern=r"^[^\x00]*$")
    position: PositionIn | None = None
    occurred_at: When | None = None

    def matter(self, now: datetime) -> Matter:
        position = self.position
        point = Point(position.lng, position.lat, position.datum) if position else None
        told = self.area_code, self.category, self.occurred_at or now, self.subcategory
        return Matter(*told, self.place, point)


class LikeOut(BaseModel):
    """A report that may tell of the same. `metres`: null where it cannot be or is not told. `mergeable`: whether others
    may be merged into it; nobody deals any more with one that is closed."""

    id: UUID
    number: str
    status: str
    title: str
    reported_at: datetime
    hours_apart: float
    metres: int | None
    mergeable: bool


class DuplicatesOut(BaseModel):
    items: list[LikeOut]


class MergeIn(Body):
    """`master`: the report that goes on."""

    master: UUID
