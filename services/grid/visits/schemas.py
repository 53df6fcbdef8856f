from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from services.chassis.operation import Body, Creation
from services.contracts.codes_grid import Category
from services.contracts.codes_people import OccasionKind, VisitMode
from services.grid.visits.models import Visit
from services.grid.visits.rules import Status


def _distinct(occasions: list[str]) -> list[str]:
    if len(set(occasions)) < len(occasions):
        raise ValueError("each occasion is named once")
    return occasions


OccasionCode = Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]{0,9}$", examples=["A1"])]
Occasions = Annotated[list[OccasionCode], Field(max_length=8), AfterValidator(_distinct)]


class VisitIn(Creation):
    """A visit at `occurred_at` by the caller, who is linked with the household then."""

    household_id: UUID
    mode: VisitMode
    occasions: Occasions = Field(default_factory=list)
    findings: str = Field("", max_length=2000)


class CorrectIn(Body):
    """What is not named stays."""

    mode: VisitMode | None = None
    occasions: Occasions | None = None
    findings: str | None = Field(None, max_length=2000)


class VoidIn(Body):
    reason: str = Field(min_length=2, max_length=200)


class VisitLine(BaseModel):
    """A visit in a list. `is_fulfilling`: it meets the weekly duty of its link. `late_entry`: recorded more than
    72 hours afterwards."""

    id: UUID
    version: int
    status: Status
    area_code: str
    household_id: UUID
    member_id: UUID
    mode: VisitMode
    occasions: list[str]
    is_fulfilling: bool
    visited_at: datetime
    late_entry: bool


class VisitOut(VisitLine):
    """A visit in full. `allowed_actions`: operation ids that this caller could run on it now."""

    link_id: UUID
    findings: str
    task_id: UUID | None
    recorded_by: str
    void_reason: str | None
    voided_at: datetime | None
    import_batch_id: UUID | None
    allowed_actions: list[str] = []

    @classmethod
    def of(cls, visit: Visit, allowed: list[str]) -> "VisitOut":
        shown = cls.model_validate(visit, from_attributes=True)
        return shown.model_copy(update={"allowed_actions": allowed})


class OccasionLine(BaseModel):
    """`category`: a report of it opens a visit task. `confirmed_by_client`: the district has said so."""

    code: str
    kind: OccasionKind
    name: str
    name_en: str
    category: Category | None
    confirmed_by_client: bool


class OccasionIn(BaseModel):
    """An occasion, entered or changed. `category`: whose reports open a visit task from now on."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    code: OccasionCode
    kind: OccasionKind
    name: str = Field(min_length=1, max_length=50)
    name_en: str = Field(min_length=1, max_length=100)
    category: Category | None = None
    confirmed_by_client: bool = False


class OccasionsIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    rows: list[OccasionIn] = Field(min_length=1, max_length=100)


class OccasionsOut(BaseModel):
    items: list[OccasionLine]
