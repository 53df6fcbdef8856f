"""What was done to personal data, by whom and why."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from services.chassis.identity.caller import Caller


class Action(StrEnum):
    REVEALED = "REVEALED"
    SEARCHED = "SEARCHED"


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
    async def record(self, connection: AsyncConnection, caller: Caller, entry: Entry) -> None: ...

    async def note(self, caller: Caller, entry: Entry) -> None: ...
