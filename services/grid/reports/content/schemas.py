"""What a report tells besides title and description, as bodies and answers have it."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from services.chassis.operation import Body
from services.chassis.privacy.numbers import Phone
from services.chassis.privacy.people import PersonOut, Shown
from services.contracts.codes_outreach import PointKind, Suspicion
from services.grid.areas.models import Centroid
from services.grid.categories.rules import Step, missing
from services.grid.categories.schemas import Code as SubcategoryCode
from services.grid.positions.models import Position
from services.grid.positions.schemas import PositionIn
from services.grid.reports.content.row import ReportContent

Details = Annotated[
    dict[str, str | bool | int | float],
    Field(
        max_length=30,
        description="字段值，见 GET /v1/grid/categories · values of its category's fields",
        examples=[{"medium": "WATER"}],
    ),
]


class ReportPartyIn(BaseModel):
    """A party (当事人) of a dispute."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    name: str = Field(min_length=1, max_length=100)
    phone: Phone | None = None


class ContentIn(BaseModel):
    """A report that names its `subcategory` must be complete: its place, what its category's fields require, of a
    dispute both parties. One of OTHER describes the matter in ten characters or more, in any case. `anonymous`: the reporter is kept secret; `accuses`: so is who accuses somebody."""

    subcategory: SubcategoryCode | None = None
    details: Details = Field({})
    parties: list[ReportPartyIn] = Field([], max_length=20)
    position: PositionIn | None = None
    anonymous: bool = False
    accuses: bool = False


class DescribeIn(Body):
    """What is said takes the place of what was said before; what is absent stays. `parties`: all of them."""

    subcategory: SubcategoryCode | None = None
    details: Details = Field({})
    place: str = Field("", max_length=200)
    parties: list[ReportPartyIn] | None = Field(None, max_length=20)


class ContentOut(BaseModel):
    """`position`: null, too, for those who may not know the reporter of a sensitive one. `position_kind` tells then that
    it is shown by the `centroid` of the grid where it was reported, as on the map; an answer to a step leaves that out.
    `incomplete`: what it must tell before it can be closed."""

    details: dict[str, Any] = {}
    parties: list[PersonOut] = []
    position: Position | None = None
    position_kind: PointKind | None = None
    centroid: Centroid | None = None
    suspicions: list[Suspicion] = []
    anonymous: bool = False
    sensitive: bool = False
    source: str | None = None
    external_id: str | None = None
    incomplete: list[str] = []


def kind_of(row: ReportContent, told: Position | None) -> PointKind | None:
    """What stands for its position, of which `told` is shown."""
    hidden = PointKind.GRID_CENTROID if row.position and row.sensitive else None
    return PointKind.EXACT if told else hidden


def shown_of(row: ReportContent, people: Shown, *, may_know: bool, is_over: bool) -> dict[str, Any]:
    """What differs from the row where its content is shown."""
    owes = row.subcategory is not None and not is_over
    return {
        "parties": [people[party.person] for party in row.parties],
        "position": row.position if may_know or not row.sensitive else None,
        "incomplete": missing(row.told(has_result=True), Step.CLOSE) if owes else [],
    }
