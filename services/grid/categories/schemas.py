from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator

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

    @model_validator(mode="after")
    def _lasts(self) -> "SubcategoryIn":
        if self.valid_to and self.valid_to <= self.valid_from:
            raise ValueError("valid_to 须晚于 valid_from · valid_to comes after valid_from")
        return self


class SubcategoriesIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    rows: list[SubcategoryIn] = Field(min_length=1, max_length=500)


class SubcategoryOut(BaseModel):
    code: str
    zh: str
    en: str
    clue: bool
    confirmed: bool


class CategoryOut(BaseModel):
    """A category with its fields, which `details` of a report are checked against, and its subcategories of today.
    `description_characters`: how many the description has at least, of a report that names its subcategory."""

    code: Category
    zh: str
    en: str
    description_characters: int
    parties: int
    fields: list[Asked]
    subcategories: list[SubcategoryOut]


class CategoriesOut(BaseModel):
    items: list[CategoryOut]
