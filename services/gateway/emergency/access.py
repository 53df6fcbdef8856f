"""Which emergency accesses are in force, kept in memory: every request asks."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from typing import NamedTuple

from services.chassis.database import DriverConnection
from services.chassis.identity.caller import Caller
from services.chassis.session import TAKEOVER_SECONDS, session

CHANNEL = "emergency"
IN_FORCE = """
    select subject, area_code, ends_at from emergency_access
    where ended_at is null and ends_at > now() order by ends_at"""


class Reach(NamedTuple):
    """An area that somebody reads until then."""

    area: str
    ends_at: datetime


class Emergencies:
    """Nobody reaches anywhere while the database cannot be asked."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.known: Mapping[str, list[Reach]] = {}

    def widened(self, caller: Caller) -> Caller:
        """With the areas that emergency accesses let the caller read now."""
        if caller.subject not in self.known:
            return caller
        now = datetime.now(UTC)
        reached = (reach.area for reach in self.known[caller.subject] if reach.ends_at > now)
        return replace(caller, emergency=tuple(dict.fromkeys(reached)))

    async def look(self, connection: DriverConnection) -> None:
        known: dict[str, list[Reach]] = {}
        for subject, *reach in await connection.fetch(IN_FORCE):
            known.setdefault(subject, []).append(Reach._make(reach))
        self.known = known

    async def run(self) -> None:
        """One session: look whenever one begins or ends at any replica, and now and then whether it has."""
        changed = asyncio.Event()
        try:
            async with session(self.url, "emergency") as connection:
                await connection.add_listener(CHANNEL, lambda *_: changed.set())
                while True:
                    changed.clear()
                    await self.look(connection)
                    with suppress(TimeoutError):
                        await asyncio.wait_for(changed.wait(), TAKEOVER_SECONDS / 4)
        finally:
            self.known = {}
