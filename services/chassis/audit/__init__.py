"""Stands in for the audit until it is there."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID


class Action(StrEnum):
    DOWNLOADED = "DOWNLOADED"


@dataclass(frozen=True)
class Entry:
    action: Action
    noun: str
    object_id: UUID | None
    area_code: str | None = None
    fields: tuple[str, ...] = ()
    purpose: str | None = None
    outcome: str = "done"


class Audit:
    async def record(self, connection: Any, caller: Any, entry: Entry) -> None: ...

    async def note(self, caller: Any, entry: Entry) -> None: ...
