from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import Index, LargeBinary, String
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from services.chassis.database import Instant

JSON_OR_NULL: Any = JSONB(none_as_null=True)
Decision = Literal["RELEASED", "DISCARDED"]


class ParkedItem(SQLModel, table=True):
    """One item of a batch that is not done. With a `body` it is held here until somebody has reviewed it, to be run as
    `sight` says of whom it came from; without, it waits at its device. Once decided, only what it was is kept.
    `secret_of`: it tells what only its sender and the offices of that area may know."""

    __tablename__ = "parked_item"
    __table_args__ = (
        Index("uq_parked_item", "subject", "key", "operation", unique=True),
        Index("ix_parked_item_area_code", "area_code"),
    )

    id: UUID = Field(primary_key=True)
    subject: str
    key: str
    operation: str
    noun: str
    aggregate_id: UUID
    area_code: str = Field(max_length=15)
    secret_of: str | None = None
    outcome: str
    code: str
    pointer: str | None = None
    waits_on: str | None = None
    said_at: datetime | None = Field(default=None, sa_type=Instant)
    first_at: datetime = Field(sa_type=Instant)
    last_at: datetime = Field(sa_type=Instant)
    attempts: int = 1
    body_hash: bytes = Field(sa_type=LargeBinary)
    body: dict[str, Any] | None = Field(default=None, sa_type=JSON_OR_NULL)
    sight: list[Any] | None = Field(default=None, sa_type=JSON_OR_NULL)
    decision: Decision | None = Field(default=None, sa_type=String)
    reason: str | None = None
    decided_at: datetime | None = Field(default=None, sa_type=Instant)
    decided_by: str | None = None
    receipt: dict[str, Any] | None = Field(default=None, sa_type=JSON_OR_NULL)
