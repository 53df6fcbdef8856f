"""The class, the level and the notes of a key person, sealed under the person's own key: with the key they go, too."""

from typing import NamedTuple
from uuid import UUID

from services.chassis.privacy.envelope import open_sealed, seal
from services.chassis.privacy.keyring import Key
from services.chassis.privacy.roll import Roll
from services.chassis.privacy.vault import Vault
from services.contracts.codes_key_persons import Attention, KeyPersonClass

FIELD = "key_person"


class Grade(NamedTuple):
    key_class: KeyPersonClass
    level: Attention


class Sealing(NamedTuple):
    """One person's own data key, and how new values are sealed."""

    person: UUID
    key: Key

    @classmethod
    def of(cls, vault: Vault, person: UUID, wrapped: bytes) -> "Sealing":
        secret = open_sealed(vault.ring.keys, "key", person, wrapped)
        return cls(person, Key(0, vault.ring.newest.algorithm, secret))

    @classmethod
    def of_new(cls, roll: Roll, person: UUID) -> "Sealing":
        """Of one who was sealed in this very operation."""
        return cls.of(roll.vault, person, roll.sealed[person][1].key)

    def sealed(self, text: str) -> str:
        return seal(self.key, FIELD, self.person, text.encode()).hex()

    def opened(self, sealed: str) -> str:
        return open_sealed({0: self.key}, FIELD, self.person, bytes.fromhex(sealed)).decode()

    def sealed_grade(self, grade: Grade) -> str:
        return self.sealed("|".join(grade))

    def grade(self, sealed: str) -> Grade:
        key_class, level = self.opened(sealed).split("|")
        return Grade(KeyPersonClass(key_class), Attention(level))
