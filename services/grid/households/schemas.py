from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from services.chassis.operation import Body, Creation
from services.chassis.privacy.numbers import Phone
from services.chassis.privacy.people import Line, PersonOut, Shown
from services.grid.households.models import Household
from services.grid.households.rules import Stay
from services.grid.links.rules import Tie
from services.grid.members.schemas import GridCode

HouseholdNo = Annotated[str, Field(pattern=r"^[0-9A-Za-z-]{1,30}$")]
TagCode = Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]{0,39}$", examples=["AWAY"])]


def _distinct(tags: list[str]) -> list[str]:
    if len(set(tags)) < len(tags):
        raise ValueError("each tag is named once")
    return tags


Tags = Annotated[list[TagCode], Field(max_length=20), AfterValidator(_distinct)]


class HeadIn(BaseModel):
    """The head of a household (户主); no ID number."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    name: str = Field(min_length=2, max_length=40)
    phone: Phone | None = None
    address: str | None = Field(None, min_length=2, max_length=200)


class HouseholdIn(Creation):
    """A household of a grid. With `member_id`, it is linked with that member from the day of `occurred_at` on."""

    area_code: GridCode
    household_no: HouseholdNo | None = None
    head: HeadIn
    member_count: int | None = Field(None, ge=1, le=100)
    tags: Tags = Field(default_factory=list)
    member_id: UUID | None = None
    is_primary: bool = True


class HouseholdChangeIn(Body):
    """What is not named stays. `head` is told whole: it replaces what was known."""

    head: HeadIn | None = None
    member_count: int | None = Field(None, ge=1, le=100)
    tags: Tags | None = None


class MoveIn(Body):
    """The grid to which it moves; with `household_no` it has another number there."""

    area_code: GridCode
    household_no: HouseholdNo | None = None


class LinkIn(Body):
    member_id: UUID
    is_primary: bool = True


class UnlinkIn(Body):
    tie_id: UUID


class HouseholdLine(BaseModel):
    """A household in a list; its head is masked: 朱**, 138****5678, 岭下镇柿树塘村***."""

    id: UUID
    version: int
    area_code: str
    household_no: str | None
    head: UUID
    masked_head: str | None
    masked_phone: str | None
    masked_address: str | None
    erased: bool
    member_count: int | None
    tags: list[str]
    late_entry: bool


class HouseholdOut(HouseholdLine):
    """A household in full, masked; whoever visits it sees name and address. `ties`: with whom each link began; who
    holds it now `GET /v1/grid/links` tells. `stays`: the grids of before."""

    ties: list[Tie]
    stays: list[Stay]
    import_batch_id: UUID | None
    allowed_actions: list[str] = []

    @classmethod
    def of(cls, household: Household, allowed: list[str], people: Shown) -> "HouseholdOut":
        told = household.model_dump() | shown(people[household.head])
        return cls.model_validate(told | {"allowed_actions": allowed})


class TagLine(BaseModel):
    """`by_phone`: a telephone call fulfils the weekly visit. `extra_monthly`: one more is owed each month."""

    code: str
    name: str
    name_en: str
    by_phone: bool
    extra_monthly: bool
    confirmed_by_client: bool


class TagIn(BaseModel):
    """A tag, entered or changed. What follows from a tag is fixed: for something else there is another code."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    code: TagCode
    name: str = Field(min_length=1, max_length=50)
    name_en: str = Field(min_length=1, max_length=100)
    by_phone: bool = False
    extra_monthly: bool = False
    confirmed_by_client: bool = False


class TagsIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    rows: list[TagIn] = Field(min_length=1, max_length=200)


class TagsOut(BaseModel):
    items: list[TagLine]


def put(line: Line, people: Shown) -> None:
    line |= shown(people[UUID(line["head"])])


def shown(head: PersonOut) -> dict[str, str | bool | None]:
    return {
        "masked_head": head.name,
        "masked_phone": head.phone,
        "masked_address": head.address,
        "erased": head.erased,
    }
