"""What a device asks for of every table that it follows: which transaction last wrote a row, and who no longer sees it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Column, FetchedValue, Index, Table, text
from sqlmodel import Field, SQLModel

from services.chassis.database import Instant, stored_json

THIS_TRANSACTION = text("(pg_current_xact_id()::text)::bigint")


class Departure(SQLModel, table=True):
    """A row that was deleted, or lost something by which it was seen; `seen_by` holds that and no more."""

    __tablename__ = "departure"
    __table_args__ = (Index("ix_departure_changed", "changed_xid", "aggregate_id"),)

    id: int = Field(default=None, sa_type=BigInteger, primary_key=True)
    changed_xid: int = Field(
        sa_type=BigInteger, sa_column_kwargs={"server_default": THIS_TRANSACTION}
    )
    noun: str
    aggregate_id: UUID
    seen_by: dict[str, Any] = Field(sa_type=stored_json(dict[str, Any]))
    left_at: datetime = Field(sa_type=Instant, sa_column_kwargs={"server_default": text("now()")})


def follow(table: Table) -> None:
    """Give it the column by which its changes are followed. The database alone writes it; rows do not have it."""
    if "changed_xid" not in table.c:
        written = FetchedValue()
        table.append_column(
            Column(
                "changed_xid",
                BigInteger,
                nullable=False,
                server_default=THIS_TRANSACTION,
                server_onupdate=written,
            )
        )
        Index(f"ix_{table.name}_changed", table.c.changed_xid, table.c.id)
