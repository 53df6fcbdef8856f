"""Jobs: who asked for which list, and how far it is."""

from sqlalchemy import BigInteger, Column, Index, SmallInteger, Table, Text, Uuid, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import SQLModel

from services.chassis.database import Instant

TEXTS = ("subject", "body_hash", "list", "format", "language", "purpose", "state")
# If nobody prolongs the lease, another worker takes over.
TIMES = ("started_at", "lease_until", "finished_at", "expires_at")

export_job = Table(
    "export_job",
    SQLModel.metadata,
    Column("id", Uuid, primary_key=True),
    *(Column(name, Text, nullable=False) for name in TEXTS),
    *(Column(name, JSONB, nullable=False) for name in ("caller", "filters")),
    *(Column(name, Text) for name in ("key", "reason")),
    Column("rows", BigInteger, nullable=False),
    Column("bytes", BigInteger),
    Column("attempt", SmallInteger, nullable=False),
    Column("asked_at", Instant, nullable=False),
    *(Column(name, Instant) for name in TIMES),
)
told = export_job.c
Index("uq_export_job_key", told.subject, told.key, unique=True)
Index("ix_export_job_of_subject", told.subject, told.asked_at)
OPEN = text("state in ('QUEUED', 'RUNNING')")
Index("ix_export_job_open", told.asked_at, postgresql_where=OPEN)
