from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from services.chassis.privacy.purpose import IMPERSONAL
from services.contracts.event import AREA_CODE
from services.gateway.emergency.rules import Finding

Text = Annotated[str, Field(min_length=10, max_length=500), IMPERSONAL]


class EmergencyIn(BaseModel):
    """`area_code`: what the caller must see; a district is the widest. `reason`: why it cannot wait, without numbers
    of persons."""

    model_config = ConfigDict(extra="forbid")

    area_code: str = Field(pattern=AREA_CODE)
    reason: Text


class ReviewIn(BaseModel):
    """What the review finds; `remark` tells why."""

    model_config = ConfigDict(extra="forbid")

    finding: Finding
    remark: Text


class EmergencyOut(BaseModel):
    """One emergency access. It is in force until `ends_at`, or `ended_at` where somebody ended it before."""

    id: UUID
    subject: str
    organisation: str | None
    area_code: str
    reason: str
    began_at: datetime
    ends_at: datetime
    ended_at: datetime | None
    ended_by: str | None
    reviewed_at: datetime | None
    reviewed_by: str | None
    finding: Finding | None
    remark: str | None


class EmergenciesOut(BaseModel):
    """`next`: the cursor of the following page, null on the last one."""

    items: list[EmergencyOut]
    next: UUID | None
