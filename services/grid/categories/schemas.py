from datetime import date
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator

from services.contracts.codes_grid import Category
from services.grid.areas.schemas import Day
from services.grid.categories.fields import Field as Asked

Code = Annotated[str, Field(pattern=r"^[A-Z][A-Z_]{0,39}$", examples=["BLOCKED_EXIT"])]
Text = Annotated[str, Field(min_length=1, max_length=100)]


class SubcategoryIn(BaseModel):
    """One subcategory (小类). `source`: where the list comes from."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    category: Category
    code: Code
    zh: Text
    en: Text
    clue: bool = Field(False, description="线索：上报人保密 · its reporter is kept secret")
    confirmed: bool = False
    source: Text
    valid_from: Day
    valid_to: Day | None = Field(None, description="The first day on which it is no more.")

    @field_validator("valid_to")
    @classmethod
    def _lasts(cls, end: date | None, told: ValidationInfo) -> date | None:
        start = told.data.get("valid_from")
        if end and start and end <= start:
            raise ValueError("valid_to 须晚于 valid_from · valid_to comes after valid_from")
        return end


class SubcategoriesIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    rows: list[SubcategoryIn] = Field(min_length=1, max_length=500)


class SubcategoryOut(BaseModel):
    """`valid_to`: the first day on which it is no more."""

    code: str
    zh: str
    en: str
    clue: bool
    confirmed: bool
    valid_from: date
    valid_to: date | None


class CategoryOut(BaseModel):
    """A category with its fields, which `details` of a report are checked against, and its subcategories of that day.
    `description_characters`: how many the description has at least, of a report that names its subcategory, and of
    every one of OTHER."""

    code: Category
    zh: str
    en: str
    description_characters: int
    parties: int
    fields: list[Asked]
    subcategories: list[SubcategoryOut]


class CategoriesOut(BaseModel):
    """As they are on the day `on`."""

    on: date
    items: list[CategoryOut]
