from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator

from services.chassis.operation import Body, When
from services.contracts.codes_grid import Category, Finder, Urgency
from services.grid.categories.schemas import Code as SubcategoryCode
from services.grid.mappings.rules import Taken
from services.grid.reports.schemas import AreaCode

Source = Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]{1,39}$", examples=["PINGAN_ZHEJIANG"])]
TheirCode = Annotated[str, Field(min_length=1, max_length=60)]


class SourceCodeIn(BaseModel):
    """What a code of `source` means here."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    source: Source
    kind: Literal["CATEGORY", "STATUS"]
    code: TheirCode
    label: str = Field("", max_length=100)
    category: Category | None = None
    subcategory: SubcategoryCode | None = None
    status: Taken | None = None
    basis: str = Field(min_length=2, max_length=200, description="Where the meaning comes from.")
    confirmed: bool = False

    @model_validator(mode="after")
    def _means_one_thing(self) -> Self:
        of_category = self.category is not None and self.status is None
        of_status = self.status is not None and not (self.category or self.subcategory)
        if not (of_category if self.kind == "CATEGORY" else of_status):
            raise ValueError(
                "CATEGORY 须给出 category，STATUS 须给出 status · a CATEGORY has a category, a STATUS a status"
            )
        return self


class SourceCodesIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    rows: list[SourceCodeIn] = Field(min_length=1, max_length=1000)


class SourceCodesOut(BaseModel):
    items: list[SourceCodeIn]


class ForeignReport(BaseModel):
    """A report as another system tells of it. `external_id`: its number there, one record for ever. Codes are theirs."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    external_id: str = Field(pattern=r"^[!-~]{1,80}$")
    category_code: TheirCode
    status_code: TheirCode
    area_code: AreaCode
    urgency: Urgency = Urgency.NORMAL
    finder: Finder = Finder.OTHER
    title: str = Field(min_length=2, max_length=100)
    description: str = Field("", max_length=4000)
    place: str = Field("", max_length=200)
    reported_at: When
    accepted_at: When | None = None
    closed_at: When | None = None


class ForeignReportIn(ForeignReport, Body):
    source: Source


class ForeignReportsIn(BaseModel):
    """`import_batch`: one that is open (`POST /v1/grid/imports`); its records carry it."""

    model_config = ConfigDict(extra="forbid")

    source: Source
    import_batch: UUID
    rows: list[ForeignReport] = Field(min_length=1, max_length=2000)
