"""Where the people of all nouns of a service stand, one row for each entry of an aggregate."""

from sqlalchemy import Column, ForeignKey, Index, LargeBinary, SmallInteger, Table, Text, Uuid
from sqlmodel import SQLModel

from services.chassis.database import Instant

metadata = SQLModel.metadata

person = Table(
    "person",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("noun", Text, nullable=False),
    Column("aggregate_id", Uuid, nullable=False),
    Column("area_code", Text, nullable=False),
    Column("name", LargeBinary),
    Column("phone", LargeBinary),
    Column("resident_id", LargeBinary),
    Column("address", LargeBinary),
    Column("resident_index", LargeBinary),
    Column("phone_index", LargeBinary),
    Column("created_at", Instant, nullable=False),
    Column("erased_at", Instant),
)
Index("ix_person_aggregate", person.c.aggregate_id)
Index(
    "ix_person_resident",
    person.c.resident_index,
    postgresql_where=person.c.resident_index.is_not(None),
)
Index("ix_person_phone", person.c.phone_index, postgresql_where=person.c.phone_index.is_not(None))

# Apart, so that to erase a person is to delete one short row, and to rotate keys touches nothing else.
person_key = Table(
    "person_key",
    metadata,
    Column("person_id", Uuid, ForeignKey("person.id", ondelete="CASCADE"), primary_key=True),
    Column("key", LargeBinary, nullable=False),
    Column("number", SmallInteger, nullable=False, index=True),  # of the master key that wraps it
)
