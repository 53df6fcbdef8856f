"""What a service does with its keyring: data keys, sealed persons, blind indexes."""

import hashlib
import hmac
import json
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from services.chassis.privacy import keyring
from services.chassis.privacy.envelope import NotReadable, open_sealed, seal
from services.chassis.privacy.keyring import SIZE, Key, KeyringUnusable, Ring
from services.followed import Followed

FIELDS = ("name", "phone", "resident_id", "address")
INDEXED = {"resident_index": "resident_id", "phone_index": "phone"}
INDEX_SIZE = 16
_COUNTRY = re.compile(r"\+?86(?=1[3-9][0-9]{9}$)")

log = structlog.get_logger()


class Wrapped(NamedTuple):
    """A person's data key, wrapped by the master key of this number, the newest."""

    key: bytes
    number: int


class Vault:
    """Follows its file: a key that is added is used at once, and while the file is broken the last good ring holds."""

    def __init__(self, file: Path | None) -> None:
        self._ring = Followed(file, keyring.load, KeyringUnusable, "keyring_unusable")

    @property
    def ring(self) -> Ring:
        return self._ring.now

    def sealed(self, person: UUID, facts: Mapping[str, str]) -> tuple[dict[str, Any], Wrapped]:
        """The columns of a person, and their data key."""
        own = Key(0, self.ring.newest.algorithm, os.urandom(SIZE))
        values = {
            field: seal(own, field, person, facts[field].encode()) if field in facts else None
            for field in FIELDS
        }
        indexes = {
            column: self.index(field, facts[field]) if field in facts else None
            for column, field in INDEXED.items()
        }
        return values | indexes, self._wrapped(person, own.secret)

    def opened(self, person: UUID, row: Mapping[str, Any]) -> dict[str, str]:
        """The facts of a person of whom `row` holds the columns and `key`; none once the key is gone."""
        if row["key"] is None:
            return {}
        try:
            own = {0: Key(0, 0, open_sealed(self.ring.keys, "key", person, row["key"]))}
            return {
                field: open_sealed(own, field, person, row[field]).decode()
                for field in FIELDS
                if row[field] is not None
            }
        except NotReadable:
            log.error("person_not_readable", person=str(person))
            raise

    def rewrapped(self, person: UUID, key: bytes) -> Wrapped:
        return self._wrapped(person, open_sealed(self.ring.keys, "key", person, key))

    def index(self, field: str, value: str) -> bytes:
        """The blind index of a telephone or resident ID number: equal values have equal ones, in every service."""
        plain = re.sub(r"[\s-]", "", value.upper())
        return self._digest(field, _COUNTRY.sub("", plain))

    def mark(self, noun: str, *facts: str | None) -> str:
        """What tells, within a noun, whether two entries say the same of a person."""
        return self._digest("mark", json.dumps([noun, *facts])).hex()

    def _wrapped(self, person: UUID, secret: bytes) -> Wrapped:
        newest = self.ring.newest
        return Wrapped(seal(newest, "key", person, secret), newest.id)

    def _digest(self, index: str, text: str) -> bytes:
        key = self.ring.indexes[index]
        return hmac.digest(key, text.encode(), hashlib.sha256)[:INDEX_SIZE]


def vault_of(connection: AsyncConnection) -> Vault:
    """The vault of the service whose connection this is, for whoever loads what an operation must know."""
    found: Vault = connection.sync_engine.get_execution_options()["vault"]
    return found
