"""The people whom an operation tells of: sealed at once, written with their row by the same statement."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar
from uuid import UUID

from sqlalchemy import Table
from uuid_utils.compat import uuid7

from services.chassis.privacy import tables
from services.chassis.privacy.vault import Vault

if TYPE_CHECKING:
    from services.chassis.flush import Changes


@dataclass
class Person:
    __table__: ClassVar[Table] = tables.person

    id: UUID
    noun: str
    aggregate_id: UUID
    area_code: str
    created_at: datetime
    name: bytes | None
    phone: bytes | None
    resident_id: bytes | None
    address: bytes | None
    resident_index: bytes | None
    phone_index: bytes | None
    erased_at: datetime | None = None


@dataclass
class PersonKey:
    __table__: ClassVar[Table] = tables.person_key

    person_id: UUID
    key: bytes
    number: int

    @property
    def id(self) -> UUID:
        return self.person_id


@dataclass
class Roll:
    """Of one operation on aggregate `of`. A person to whom the row does not refer in the end (`row.people()`) is not
    written; one to whom it refers no longer is deleted."""

    vault: Vault
    noun: str
    of: UUID
    sealed: dict[UUID, Any] = field(default_factory=dict)

    def seal(
        self,
        *,
        name: str | None = None,
        phone: str | None = None,
        resident_id: str | None = None,
        address: str | None = None,
    ) -> UUID:
        """The id by which the row refers to the person."""
        person = uuid7()
        told = {"name": name, "phone": phone, "resident_id": resident_id, "address": address}
        facts = {field: value for field, value in told.items() if value is not None}
        self.sealed[person] = self.vault.sealed(person, facts)
        return person

    def mark(self, *facts: str | None) -> str:
        """What a row may keep to tell whether two people are one, without saying who they are."""
        return self.vault.mark(self.noun, *facts)

    def settle(self, row: Any, before: Collection[UUID], changes: "Changes") -> None:
        if not (before or self.sealed):
            return
        now = set(row.people())
        for person in set(before) - now:
            if changes.rows.pop(("person", person), None) is None:
                changes.gone.append(person)
            changes.rows.pop(("person_key", person), None)
        for person in self.sealed.keys() & now:
            columns, key = self.sealed[person]
            facts = self.noun, self.of, row.area_code, row.updated_at
            changes.rows["person", person] = Person(person, *facts, **columns)
            changes.rows["person_key", person] = PersonKey(person, *key)
            changes.created |= {("person", person), ("person_key", person)}
