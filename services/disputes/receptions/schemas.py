from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field

from services.chassis.operation import Body, Creation
from services.contracts.codes_disputes import Outcome, Topic
from services.disputes.receptions.models import Reception

AreaCode = Annotated[str, Field(pattern=r"^[0-9]{9}([0-9]{3}){0,2}$", examples=["330703105291"])]


class ReceptionIn(Creation):
    """One batch of people received together on one matter; `occurred_at` is when. `heads`: how many came.
    From five on (configurable) they name `representatives`, five at most."""

    area_code: AreaCode
    group_id: UUID = Field(description="The service group that received them.")
    heads: int = Field(ge=1, le=10_000)
    representatives: int | None = Field(None, ge=1, le=10_000)
    topic_code: Topic
    outcome: Outcome
    place: str = Field("", max_length=200)
    case_id: UUID | None = None


class LinkIn(Body):
    case_id: UUID


class ReceptionLine(BaseModel):
    """A reception in a list."""

    id: UUID
    number: str
    version: int
    area_code: str
    group_id: UUID
    received_at: datetime
    heads: int
    collective: bool
    topic_code: Topic
    outcome: Outcome
    case_id: UUID | None
    late_entry: bool


class ReceptionOut(ReceptionLine):
    """A reception in full. `allowed_actions`: operation ids that this caller could run on it now."""

    place: str
    representatives: int | None
    receiver: str
    import_batch_id: UUID | None
    allowed_actions: list[str] = []

    @classmethod
    def of(cls, reception: Reception, allowed: list[str]) -> "ReceptionOut":
        shown = cls.model_validate(reception, from_attributes=True)
        return shown.model_copy(update={"allowed_actions": allowed})
