from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field

from services.chassis.operation import Body, Creation
from services.grid.areas.schemas import Code as AreaCode
from services.grid.areas.schemas import Day
from services.grid.campaigns.models import Campaign

CODE = r"^[A-Z][A-Z0-9]*(-[A-Z0-9]+)+$"
Code = Annotated[str, Field(pattern=CODE, max_length=40, examples=["FIREWORKS-2017"])]


class CampaignIn(Creation):
    """A campaign of an area and all below it. `code` is for ever; `ends_on` is its last day."""

    area_code: AreaCode
    code: Code
    name: str = Field(min_length=2, max_length=60)
    name_en: str = Field(min_length=2, max_length=100)
    starts_on: Day
    ends_on: Day


class ExtendIn(Body):
    """The whole time, not shorter than before."""

    starts_on: Day
    ends_on: Day


class CampaignLine(BaseModel):
    id: UUID
    version: int
    area_code: str
    code: str
    name: str
    name_en: str
    starts_on: date
    ends_on: date


class CampaignOut(CampaignLine):
    """`allowed_actions`: operation ids that this caller could run on it now."""

    allowed_actions: list[str] = []

    @classmethod
    def of(cls, campaign: Campaign, allowed: list[str]) -> "CampaignOut":
        shown = cls.model_validate(campaign, from_attributes=True)
        return shown.model_copy(update={"allowed_actions": allowed})
