from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from services.chassis.operation import When
from services.chassis.privacy.purpose import Reason
from services.grid.parked.models import Decision


class ParkedItemLine(BaseModel):
    """`held`: it is here and waits for a review; otherwise it waits at its device. `said_at` and `first_at`: when it happened by the
    device's clock, and when it came by ours. `waits_on`: the key of the item that it waits on."""

    id: UUID
    subject: str
    key: str
    operation: str
    noun: str
    aggregate_id: UUID
    area_code: str
    outcome: str
    code: str
    pointer: str | None
    waits_on: str | None
    held: bool
    said_at: datetime | None
    first_at: datetime
    last_at: datetime
    attempts: int
    decision: Decision | None
    reason: str | None
    decided_at: datetime | None
    decided_by: str | None


class ParkedItemOut(ParkedItemLine):
    """`body`: what is held, for who reviews it."""

    body: dict[str, Any] | None


class ParkedItemsOut(BaseModel):
    """Oldest first. `next`: `after` of the following page, null on the last one."""

    items: list[ParkedItemLine]
    next: UUID | None


class ReleaseIn(BaseModel):
    """`occurred_at`: when it happened, as far as can be found out; else when it came."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    occurred_at: When | None = None
    reason: Reason


class DiscardIn(BaseModel):
    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    reason: Reason
