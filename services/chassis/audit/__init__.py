"""Stand-in until the audit is merged: keeps entries in memory."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from uuid import UUID


class Action(StrEnum):
    ACCESSED = "accessed"
    CONFIGURED = "configured"
    CORRECTED = "corrected"
    DEADLETTER = "deadletter"
    DOWNLOADED = "downloaded"
    EMERGENCY = "emergency"
    ERASED = "erased"
    EXPORTED = "exported"
    KEY_USED = "key_used"
    READ = "read"
    REFUSED = "refused"
    REVEALED = "revealed"
    SEARCHED = "searched"


@dataclass(frozen=True, slots=True)
class Entry:
    action: Action
    noun: str
    object_id: UUID | None
    area_code: str | None = None
    fields: tuple[str, ...] = ()
    purpose: str | None = None
    outcome: str = "done"


@dataclass
class Audit:
    entries: list[tuple[str, Entry]] = field(default_factory=list)

    async def record(self, connection: Any, caller: Any, entry: Entry) -> None:
        self.entries.append((caller.subject, entry))

    async def note(self, caller: Any, entry: Entry) -> None:
        self.entries.append((caller.subject, entry))
