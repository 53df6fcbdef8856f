"""What revisions need: the tables of people, and rows that held people in the clear taken over into them."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from alembic import context, op
from sqlalchemy import Connection, insert, text

from services.chassis.database import as_json
from services.chassis.privacy.roll import Person, PersonKey, Roll
from services.chassis.privacy.vault import Vault

BATCH = 1000


def create_people_tables() -> None:
    op.execute(
        "create table person (id uuid primary key, noun text not null, aggregate_id uuid not null, "
        "area_code text not null, name bytea, phone bytea, resident_id bytea, address bytea, "
        "resident_index bytea, phone_index bytea, created_at timestamptz not null, erased_at timestamptz)"
    )
    op.execute("create index ix_person_aggregate on person (aggregate_id)")
    for column in ("resident", "phone"):
        indexed = f"person ({column}_index) where {column}_index is not null"
        op.execute(f"create index ix_person_{column} on {indexed}")
    op.execute(
        "create table person_key (person_id uuid primary key references person on delete cascade, "
        "key bytea not null, number smallint not null)"
    )
    op.execute("create index ix_person_key_number on person_key (number)")


Sealed = Callable[[dict[str, Any], Roll], dict[str, Any]]


def adopt(noun: str, table: str, sealed: Sealed) -> None:
    """Seal the people whom rows of `table` hold in the clear: of a whole row `sealed` makes the columns that change,
    which refer to them. The keyring is needed only where there is a row."""
    bind, vault, after = op.get_bind(), None, UUID(int=0)
    page = text(
        f"select id, to_jsonb(r) from {table} r where id > :after order by id limit {BATCH}"
    )
    while rows := bind.execute(page, {"after": after}).all():
        vault = vault or Vault(context.config.attributes["keyring"])
        people: list[Person | PersonKey] = []
        for id, row in rows:
            roll = Roll(vault, noun, id)
            _write(bind, table, id, sealed(row, roll))
            for person, (columns, key) in roll.sealed.items():
                facts = noun, id, row["area_code"], datetime.now(UTC)
                people += Person(person, *facts, **columns), PersonKey(person, *key)
        for kind in (Person, PersonKey):
            if written := [vars(one) for one in people if isinstance(one, kind)]:
                bind.execute(insert(kind.__table__), written)
        after = rows[-1][0]


def _write(bind: Connection, table: str, id: UUID, columns: dict[str, Any]) -> None:
    names = ", ".join(columns)
    told = f"select {names} from json_populate_record(null::{table}, cast(:told as json))"
    if columns:
        statement = text(f"update {table} set ({names}) = ({told}) where id = :id")
        bind.execute(statement, {"id": id, "told": as_json(columns)})
