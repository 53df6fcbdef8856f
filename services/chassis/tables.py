"""The tables that every service has beside its own. Each service's database holds its own copies."""

from sqlalchemy import (
    BigInteger,
    Column,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Table,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import SQLModel

from services.chassis.database import Instant

metadata = SQLModel.metadata

# Kept answers: an equal request is answered with the same receipt.
answer = Table(
    "answer",
    metadata,
    Column("subject", Text, primary_key=True),
    Column("operation", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("body_hash", LargeBinary, nullable=False),
    Column("aggregate_id", Uuid, nullable=False),
    Column("version", Integer, nullable=False),
    Column("status", Text, nullable=False),
    Column("number", Text),
    Column("created_at", Instant, nullable=False),
)
Index("ix_answer_of_people", answer.c.created_at, postgresql_where=text("subject not like 'svc:%'"))
Index("ix_answer_of_jobs", answer.c.created_at, postgresql_where=text("subject like 'svc:%'"))

# Deadlines, derived from their rows in the same statement.
clock = Table(
    "clock",
    metadata,
    Column("noun", Text, primary_key=True),
    Column("aggregate_id", Uuid, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("due_at", Instant),  # null: the calendar year is not known yet
    Column("stopped_at", Instant),
    Column("fired_at", Instant),
    Column("held_by", Uuid),  # the import batch that must be completed first
)
Index(
    "ix_clock_running",
    clock.c.due_at,
    postgresql_where=text("stopped_at is null and fired_at is null and held_by is null"),
)
Index("ix_clock_held_by", clock.c.held_by, postgresql_where=clock.c.held_by.is_not(None))

# Raised by a restore; the highest number is in force.
epoch = Table(
    "epoch",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("began_at", Instant, nullable=False, server_default=text("now()")),
)

import_batch = Table(
    "import_batch",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("source", Text, nullable=False),
    Column("opened_by", Text, nullable=False),
    Column("opened_at", Instant, nullable=False),
    Column("completed_at", Instant),
)

# A reader's place, moved in the transaction of what it read.
consumer_offset = Table(
    "consumer_offset",
    metadata,
    Column("consumer", Text, primary_key=True),
    Column("topic", Text, primary_key=True),
    Column("partition", SmallInteger, primary_key=True),
    Column("log_identity", Text, nullable=False),
    Column("next_offset", BigInteger, nullable=False),
    Column("stopped_at", Instant),  # the log had lost what was read: an operator must decide
)

dead_letter = Table(
    "dead_letter",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("consumer", Text, nullable=False),
    Column("topic", Text, nullable=False),
    Column("partition", SmallInteger, nullable=False),
    Column("offset", BigInteger, nullable=False),
    Column("key", LargeBinary, nullable=False),
    Column("headers", JSONB, nullable=False),
    Column("value", LargeBinary),
    Column("reason", Text, nullable=False),
    Column("parked_at", Instant, nullable=False),
    Column("settled_at", Instant),
    Column("settled_how", Text),  # retried or discarded
    Column("settled_by", Text),
)
Index("ix_dead_letter_open", dead_letter.c.consumer, postgresql_where=text("settled_at is null"))
