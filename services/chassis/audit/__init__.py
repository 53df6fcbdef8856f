"""Stand-in, until the audit is here."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from services.chassis.identity.caller import Caller


class Action(str):
    EXPORTED: "Action"
    DOWNLOADED: "Action"


Action.EXPORTED, Action.DOWNLOADED = Action("EXPORTED"), Action("DOWNLOADED")


@dataclass(frozen=True)
class Entry:
    action: str
    noun: str
    object_id: UUID | None
    area_code: str | None = None
    fields: tuple[str, ...] = ()
    purpose: str | None = None
    outcome: str = "done"


class Audit:
    async def record(self, connection: AsyncConnection, caller: Caller, entry: Entry) -> None:
        """Nothing yet."""
