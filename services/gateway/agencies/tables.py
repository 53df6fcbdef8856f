"""Partner agencies: who they are, what was granted to them, and their keys."""

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Column,
    ForeignKey,
    Identity,
    Index,
    LargeBinary,
    Table,
    Text,
)
from sqlmodel import SQLModel

from services.chassis.database import Instant

metadata = SQLModel.metadata

agency = Table(
    "agency",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name_zh", Text, nullable=False),
    Column("name_en", Text, nullable=False),
    Column("client_id", Text, unique=True),  # of the issuer's client that may read as it
    Column("added_at", Instant, nullable=False),
    Column("added_by", Text, nullable=False),
)

# Never changed, only ended; a trigger sees to it, and that none is deleted before three years are over.
agency_grant = Table(
    "agency_grant",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("agency", Text, ForeignKey("agency.id"), nullable=False),
    Column("topics", ARRAY(Text), nullable=False),
    Column("areas", ARRAY(Text), nullable=False),  # prefixes; none: everywhere
    Column("categories", ARRAY(Text), nullable=False),  # of the aggregates; none: all
    Column("types", ARRAY(Text), nullable=False),  # of events; none: all
    Column("since", Instant, nullable=False),
    Column("until", Instant),
    Column("granted_by", Text, nullable=False),
    Column("why", Text, nullable=False),
    Column("ended_at", Instant),
    Column("ended_by", Text),
    Column("ended_why", Text),
)
Index("ix_agency_grant_agency", agency_grant.c.agency)

agency_key = Table(
    "agency_key",
    metadata,
    Column("digest", LargeBinary, primary_key=True),  # SHA-256; the key itself is kept nowhere
    Column("agency", Text, ForeignKey("agency.id"), nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("made_by", Text, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("revoked_at", Instant),
    Column("revoked_by", Text),
)
Index("ix_agency_key_agency", agency_key.c.agency)
