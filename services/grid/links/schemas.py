from datetime import date, datetime
from uuid import UUID

from pydantic import BaseModel

from services.chassis.operation import Creation


class HandoverIn(Creation):
    """All households of one member go to another, on the day of `occurred_at`."""

    from_member: UUID
    to_member: UUID


class HandoverLine(BaseModel):
    id: UUID
    version: int
    area_code: str
    from_member: UUID
    to_member: UUID
    handed_on: date
    links: int
    recorded_by: str
    occurred_at: datetime
    late_entry: bool


class LinkLine(BaseModel):
    """A link in a list: which member is linked with which household, from when until when. One that was handed over
    goes on as another link of the same `tie_id`."""

    id: UUID
    tie_id: UUID
    household_id: UUID
    member_id: UUID
    area_code: str
    is_primary: bool
    since_on: date
    until_on: date | None
