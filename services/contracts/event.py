"""What every event has. The envelope (CloudEvents headers) is made by the outbox; this is the payload."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

AREA_CODE = r"^[0-9]{6}([0-9]{3}){0,3}$"
SCHEMA_ID = "urn:jinding:event:"
"""What the id of an event's JSON Schema begins with; its type follows."""


class Event(BaseModel):
    """A fact about one aggregate. Never carries a person's name, phone, ID number, address, free text or
    exact coordinates; whoever may know these fetches them by id.

    Closed where we write (the type checker refuses an unknown field), open where we read. What is `sensitive`
    (key persons, reports that accuse somebody) has a topic of its own, which no agency is ever granted; where only
    some aggregates of a kind are, these are told on its `sensitive_topic`, for as long as there is anything to tell.
    """

    model_config = ConfigDict(extra="ignore", frozen=True)

    topic: ClassVar[str]
    type: ClassVar[str]
    sensitive: ClassVar[bool] = False
    sensitive_topic: ClassVar[str | None] = None

    area_code: str = Field(pattern=AREA_CODE)
    occurred_at: datetime
    correlation_id: UUID

    @classmethod
    def topics(cls) -> list[str]:
        """Those on which it may be told; of one aggregate it is always the same."""
        return [topic for topic in (cls.topic, cls.sensitive_topic) if topic]
