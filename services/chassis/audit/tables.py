"""The table `audit`. Each service's database holds its own, with a chain of its own."""

from sqlalchemy import ARRAY, BigInteger, Column, Index, LargeBinary, Table, Text, Uuid, text
from sqlalchemy.dialects.postgresql.base import PGDialect
from sqlmodel import SQLModel

from services.chassis.database import Instant

audit = Table(
    "audit",
    SQLModel.metadata,
    Column("seq", BigInteger, primary_key=True, autoincrement=False),  # without a gap from 1
    Column("at", Instant, nullable=False),
    Column("subject", Text, nullable=False),
    Column("roles", ARRAY(Text), nullable=False),
    Column("organisation", Text),
    Column("action", Text, nullable=False),
    Column("noun", Text, nullable=False),
    Column("object_id", Uuid),
    Column("area_code", Text),
    Column("fields", ARRAY(Text), nullable=False),
    Column("purpose", Text),
    Column("outcome", Text, nullable=False),
    Column("request_id", Text, nullable=False),
    Column("key_id", Text, nullable=False),
    Column("previous", LargeBinary, nullable=False),
    Column("hash", LargeBinary, nullable=False),
)
Index("ix_audit_subject", audit.c.subject, audit.c.seq)
Index(
    "ix_audit_object",
    audit.c.object_id,
    audit.c.seq,
    postgresql_where=text("object_id is not null"),
)
_DIALECT = PGDialect()  # type: ignore[no-untyped-call]
COLUMNS = {str(column.name): column.type.compile(_DIALECT) for column in audit.columns}
