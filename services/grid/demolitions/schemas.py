from datetime import date, datetime
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field

from services.chassis.attachments.declared import AttachmentOut, Attachments
from services.chassis.operation import Body, Creation
from services.contracts.codes_outreach import DemolitionMode, OwnerType, Structure
from services.grid.campaigns.schemas import Code as CampaignCode
from services.grid.demolitions.models import Demolition
from services.grid.demolitions.rules import Status
from services.grid.reports.schemas import AreaCode

Photos = Annotated[list[UUID], Field(max_length=10)]


class DemolitionIn(Creation):
    """A building that came down at `occurred_at`. `area_m2`: square metres. With `mode` FORCED, `legal_doc_no` is
    that of the order. `before` and `after`: which of `attachments` show it standing, and gone: photos alone do."""

    area_code: AreaCode
    campaign: CampaignCode | None = None
    place: str = Field(min_length=2, max_length=200)
    structure: Structure
    owner_type: OwnerType
    area_m2: Decimal = Field(gt=0, max_digits=12, decimal_places=2, examples=["86.50"])
    mode: DemolitionMode
    legal_doc_no: str | None = Field(None, min_length=4, max_length=60)
    attachments: Attachments = ()
    before: Photos = Field(default_factory=list)
    after: Photos = Field(default_factory=list)


class PhotosIn(Body):
    """Photos that follow later: `before` and `after` name those of `attachments` that show either."""

    attachments: Attachments = ()
    before: Photos = Field(default_factory=list)
    after: Photos = Field(default_factory=list)


class ConfirmIn(Body):
    """A step that needs nothing to be said."""


class VoidIn(Body):
    reason: str = Field(min_length=2, max_length=200)


class DemolitionLine(BaseModel):
    """A demolition in a list."""

    id: UUID
    version: int
    status: Status
    area_code: str
    campaign: str | None
    place: str
    structure: Structure
    owner_type: OwnerType
    area_m2: float
    mode: DemolitionMode
    demolished_on: date
    late_entry: bool


class DemolitionOut(DemolitionLine):
    """A demolition in full. `allowed_actions`: operation ids that this caller could run on it now. `missing`: which of
    the attachments have not come whole; while there are any, it cannot be confirmed."""

    legal_doc_no: str | None
    recorded_by: str
    photos_before: list[UUID]
    photos_after: list[UUID]
    confirmed_by: str | None
    confirmed_at: datetime | None
    void_reason: str | None
    voided_at: datetime | None
    import_batch_id: UUID | None
    attachments: list[AttachmentOut] = []
    missing: list[UUID] = []
    allowed_actions: list[str] = []

    @classmethod
    def of(cls, demolition: Demolition, allowed: list[str]) -> "DemolitionOut":
        shown = cls.model_validate(demolition, from_attributes=True)
        return shown.model_copy(update={"allowed_actions": allowed})
