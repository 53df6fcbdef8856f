"""The table `audit`. Each service's database holds its own, with a chain of its own."""

from sqlalchemy import ARRAY, BigInteger, Column, Index, LargeBinary, Table, Text, Uuid, text
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
COLUMNS = {
    "seq": "bigint",
    "at": "timestamptz",
    "subject": "text",
    "roles": "text[]",
    "organisation": "text",
    "action": "text",
    "noun": "text",
    "object_id": "uuid",
    "area_code": "text",
    "fields": "text[]",
    "purpose": "text",
    "outcome": "text",
    "request_id": "text",
    "key_id": "text",
    "previous": "bytea",
    "hash": "bytea",
}
