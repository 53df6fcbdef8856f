"""Partner agencies: who they are, what was granted to them, their keys, and how they are told of news."""

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    Uuid,
    text,
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

# Who is told that there is news. What is to be sent is on record before it is.
agency_push = Table(
    "agency_push",
    metadata,
    Column("agency", Text, ForeignKey("agency.id"), primary_key=True),
    Column("url", Text, nullable=False),
    Column("secret", LargeBinary, nullable=False),  # it signs, so it is kept as it is
    Column("old_secret", LargeBinary),
    Column("old_until", Instant),
    Column("set_at", Instant, nullable=False),
    Column("set_by", Text, nullable=False),
    Column("state", Text, nullable=False),  # on, paused, gone
    Column("state_at", Instant, nullable=False),
    Column("seen", Text),  # the feed's cursor up to which it was told, or had nothing to be told
    Column("notice", Text),  # the id of the one that is not yet confirmed
    Column("notice_at", Instant),
    Column("notice_until", Text),
    Column("attempts", Integer, nullable=False),
    Column("next_at", Instant, nullable=False),
)

agency_delivery = Table(
    "agency_delivery",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("agency", Text, ForeignKey("agency.id"), nullable=False),
    Column("notice", Text, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("at", Instant, nullable=False),
    Column("status", Integer),
    Column("fault", Text),
    Column("ms", Integer, nullable=False),
)
Index("ix_agency_delivery_agency", agency_delivery.c.agency, agency_delivery.c.id)
# How far the archive was copied to an agency's stream, and what was granted then.
agency_stream = Table(
    "agency_stream",
    metadata,
    Column("agency", Text, ForeignKey("agency.id"), primary_key=True),
    Column("granted", Text, nullable=False),
    Column("log_identity", Text),  # of the stream's topic; none: there was none
    Column("cursor", Text),  # none: from the beginning
)

# The aggregates of which something is in the stream, or on its way there.
agency_sent = Table(
    "agency_sent",
    metadata,
    Column("agency", Text, ForeignKey("agency.id"), primary_key=True),
    Column("noun", Text, primary_key=True),
    Column("id", Uuid, primary_key=True),
    Column("epoch", Integer, nullable=False, server_default="0"),  # of the last event that was sent
    Column("version", Integer, nullable=False, server_default="0"),
    Column("gone", Boolean, nullable=False, server_default="false"),  # its tombstone is due
    Column("buried_at", Instant),  # it was sent, and is sent again whenever the stream is emptied
)
Index("ix_agency_sent_gone", agency_sent.c.agency, postgresql_where=text("gone"))
