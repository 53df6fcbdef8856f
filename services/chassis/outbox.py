"""The outbox: events frozen as bytes in the transaction of the change that they tell of."""

from datetime import datetime
from typing import Any
from uuid import UUID
from zlib import crc32

from sqlalchemy import (
    BigInteger,
    Column,
    Identity,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import SQLModel
from uuid_utils.compat import uuid7

from services.chassis.database import Instant
from services.chassis.eventlog.port import partition_of
from services.contracts.event import SCHEMA_ID, Event

LANES = 16

outbox = Table(
    "outbox",
    SQLModel.metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("topic", Text, nullable=False),
    Column("partition", SmallInteger, nullable=False),
    Column("aggregate_id", Uuid, nullable=False),
    Column("version", Integer, nullable=False),
    Column("lane", SmallInteger, nullable=False),
    Column("headers", JSONB, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("parked", Text),  # why this row, and its aggregate behind it, cannot be published
    UniqueConstraint("topic", "aggregate_id", "version"),
)
Index(
    "ix_outbox_parked",
    outbox.c.topic,
    outbox.c.aggregate_id,
    postgresql_where=outbox.c.parked.is_not(None),
)

# What is left to do is apart: marking an event would write it, and its place in each index, once more.
unpublished = Table(
    "unpublished",
    SQLModel.metadata,
    Column("lane", SmallInteger, primary_key=True),
    Column("id", BigInteger, primary_key=True, autoincrement=False),
)

COLUMNS = {
    "topic": "text",
    "partition": "smallint",
    "aggregate_id": "uuid",
    "version": "integer",
    "lane": "smallint",
    "headers": "jsonb",
    "body": "bytea",
    "created_at": "timestamptz",
}


def lane_of(aggregate_id: UUID) -> int:
    """Which of the relay's lanes carries this aggregate; the same in every process, for ever."""
    return crc32(aggregate_id.bytes) % LANES


def frozen(
    event: Event, topic: str, id: UUID, version: int, *, epoch: int, at: datetime, trace: str | None
) -> tuple[Any, ...]:
    """The outbox row of `event`, in the order of `COLUMNS`; headers as CloudEvents 1.0, Kafka binary mode."""
    key = str(id)
    headers = {
        "ce_specversion": "1.0",
        "ce_id": str(uuid7()),
        "ce_source": f"/jinding/{topic.split('.')[1]}",
        "ce_type": event.type,
        "ce_subject": key,
        "ce_time": event.occurred_at.isoformat(),
        "ce_dataschema": f"{SCHEMA_ID}{event.type}",
        "ce_partitionkey": key,
        "ce_aggregateversion": str(version),
        "ce_epoch": str(epoch),
        "content-type": "application/json",
    }
    if trace:
        headers["ce_traceparent"] = trace
    body = event.model_dump_json().encode()
    return topic, partition_of(key.encode()), id, version, lane_of(id), headers, body, at
