"""The gateway's own tables, beside the chassis's."""

from sqlalchemy import (
    BigInteger,
    Column,
    Date,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import SQLModel

from services.chassis.database import Instant

metadata = SQLModel.metadata

# What the gateway knows of each entity, as its snapshot event.
card = Table(
    "card",
    metadata,
    Column("noun", Text, primary_key=True),
    Column("id", Uuid, primary_key=True),
    Column("area_code", Text, nullable=False),
    Column("epoch", Integer, nullable=False),
    Column("version", Integer, nullable=False),
    Column("data", JSONB, nullable=False),
    Index("ix_card_place", "noun", "area_code", "id"),
    Index(
        "ix_card_redrawn",
        "area_code",
        postgresql_where=text(
            "noun = 'area' and (data ->> 'valid_to' is not null or data -> 'predecessors' <> '[]'::jsonb)"
        ),
    ),
)

# Figures: the sums of the cards' entries, at every level of the tree.
tally = Table(
    "tally",
    metadata,
    Column("area_code", Text, primary_key=True),
    Column("metric", Text, primary_key=True),
    Column("day", Date, primary_key=True),
    Column("dimension", Text, primary_key=True),
    Column("service", Text, nullable=False),
    Column("n", BigInteger, nullable=False),
)

# How far each service's section may be believed, and the epoch of its cards (0: nothing was read yet).
watermark = Table(
    "watermark",
    metadata,
    Column("service", Text, primary_key=True),
    Column("epoch", Integer, nullable=False, server_default="0"),
    Column("as_of", Instant),
    Column("reason", Text),
    Column("checked_at", Instant, nullable=False),
)

# Counts the batches of each service that were folded: the dashboards' cache key.
folded = Table(
    "folded",
    metadata,
    Column("service", Text, primary_key=True),
    Column("version", BigInteger, nullable=False),
)

# Where each service's audit ended at a time. A trigger keeps them as they are.
audit_anchor = Table(
    "audit_anchor",
    metadata,
    Column("service", Text, primary_key=True),
    Column("epoch", Integer, primary_key=True),
    Column("seq", BigInteger, primary_key=True),
    Column("hash", LargeBinary, primary_key=True),
    Column("at", Instant, nullable=False),
)
