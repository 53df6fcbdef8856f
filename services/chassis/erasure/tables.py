"""What each service keeps of erasures: those that were ordered, what must not go yet, and how long what is kept."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel
from sqlalchemy import Column, Index, Integer, LargeBinary, Table, Text, Uuid, text
from sqlmodel import Field, SQLModel

from services.chassis.aggregate import AggregateRow
from services.chassis.database import Instant, stored_json
from services.contracts.codes_privacy import HeldBy
from services.contracts.privacy import ErasureConfirmed
from services.contracts.registry import by_type


class Kept(BaseModel):
    """How many people of a noun an erasure left, and what held it back."""

    noun: str
    held_by: HeldBy
    entries: int


class Erasure(AggregateRow, table=True):
    """One erasure in this service: whom it was ordered for, by blind index, and what became of it here. What was
    entered after `until` is another matter. It stays for ever, so that a backup brings nobody back."""

    __tablename__ = "erasure"

    service: str
    resident_index: bytes | None = Field(default=None, sa_type=LargeBinary)
    phone_index: bytes | None = Field(default=None, sa_type=LargeBinary)
    until: datetime = Field(sa_type=Instant)
    erased: int = 0
    kept: list[Kept] = Field(default=[], sa_type=stored_json(list[Kept]))

    @property
    def shown_status(self) -> str:
        return "HELD" if self.kept else "ERASED"

    def snapshot(self) -> ErasureConfirmed:
        confirmed: Any = by_type()[f"jinding.{self.service}.erasure.confirmed.v1"]
        told: ErasureConfirmed = confirmed(
            **self.facts(self.occurred_at),
            erased=self.erased,
            held=sum(kept.entries for kept in self.kept),
            rules=sorted({kept.held_by for kept in self.kept}),
        )
        return told


# 依法保全: of an aggregate, or of a person wherever they stand.
legal_hold = Table(
    "legal_hold",
    SQLModel.metadata,
    Column("id", Uuid, primary_key=True),
    Column("area_code", Text, nullable=False),
    Column("aggregate_id", Uuid),
    Column("resident_index", LargeBinary),
    Column("phone_index", LargeBinary),
    Column("reason", Text, nullable=False),
    Column("set_at", Instant, nullable=False),
    Column("set_by", Text, nullable=False),
    Column("lifted_at", Instant),
    Column("lifted_by", Text),
    Column("lifted_why", Text),
)
Index("ix_legal_hold_in_force", legal_hold.c.id, postgresql_where=text("lifted_at is null"))

# 保存期限, counted from the entry of a person. `at_least_days`: an erasure waits that long (an archive rule);
# `at_most_days`: then the purge erases them. Null: there is none.
retention_rule = Table(
    "retention_rule",
    SQLModel.metadata,
    Column("noun", Text, primary_key=True),
    Column("at_least_days", Integer),
    Column("at_most_days", Integer),
    Column("basis", Text, nullable=False),
)
