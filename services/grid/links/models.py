"""Who holds which link with a household, and how all links of a member pass to another (ADR 0019)."""

from datetime import date, datetime
from typing import Any, Self
from uuid import UUID

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from services.chassis.aggregate import AggregateRow
from services.chassis.database import Instant
from services.contracts.grid_people import HandoverSnapshot

OPEN = text("until_on is null")
OPEN_AND_PRIMARY = text("is_primary and until_on is null")


class HouseholdLink(SQLModel, table=True):
    """A member linked with a household (联系户), from a day until the first day on which they are not. Written by
    the database alone, from households' ties and from handovers; a tie that was handed over has one row for each
    who held it, the first of them with the tie's id."""

    __tablename__ = "household_link"
    __table_args__ = (
        Index("ix_link_primary", "household_id", unique=True, postgresql_where=OPEN_AND_PRIMARY),
        Index("ix_link_once", "household_id", "member_id", unique=True, postgresql_where=OPEN),
        Index("ix_link_open", "member_id", postgresql_where=OPEN),
    )

    id: UUID = Field(primary_key=True)
    tie_id: UUID = Field(index=True)
    household_id: UUID = Field(index=True)
    member_id: UUID = Field(index=True)
    area_code: str = Field(max_length=15, index=True)
    is_primary: bool
    since_on: date
    until_on: date | None = None
    created_at: datetime = Field(default=None, sa_type=Instant)


class Handover(AggregateRow, table=True):
    """All open links of `from_member` passed to `to_member` on `handed_on`: so many `links`. `turn`: its place among
    those that are written with it, since the database moves the links."""

    __tablename__ = "link_handover"

    from_member: UUID = Field(index=True)
    to_member: UUID = Field(index=True)
    handed_on: date
    links: int
    turn: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    recorded_by: str

    @classmethod
    def record(cls, at: datetime, **facts: Any) -> tuple[Self, HandoverSnapshot]:
        new = cls(correlation_id=facts["id"], occurred_at=at, **facts)
        return new, new.snapshot()

    @property
    def shown_status(self) -> str:
        return "RECORDED"

    def snapshot(self) -> HandoverSnapshot:
        return HandoverSnapshot(
            **self.facts(self.occurred_at), starts_on=self.handed_on, links=self.links
        )
