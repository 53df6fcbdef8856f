"""Emergency accesses: who reached beyond their areas, why, and who has looked at it since."""

from sqlalchemy import Column, Index, Table, Text, Uuid, text
from sqlmodel import SQLModel

from services.chassis.database import Instant

emergency_access = Table(
    "emergency_access",
    SQLModel.metadata,
    Column("id", Uuid, primary_key=True),
    Column("subject", Text, nullable=False),
    Column("organisation", Text),
    Column("area_code", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("began_at", Instant, nullable=False),
    Column("ends_at", Instant, nullable=False),
    Column("ended_at", Instant),  # by hand, before its time
    Column("ended_by", Text),
    Column("reviewed_at", Instant),
    Column("reviewed_by", Text),
    Column("finding", Text),
    Column("remark", Text),
)
Index(
    "ix_emergency_access_open",
    emergency_access.c.ends_at,
    postgresql_where=text("ended_at is null"),
)
