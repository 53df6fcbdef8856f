"""Looks at the running system twice a second, past the services: places of readers, what waits, what is done."""

import asyncio
from typing import Any

import asyncpg

from jinding.processes import SERVICES
from services.chassis.eventlog.port import LogUnavailable, Partition
from tests.chaos.history import Journal
from tests.chaos.system import RECORDS, System
from tests.chaos.topics import TOPICS

EVERY_SECONDS = 0.5
LOG_SECONDS, LOOK_SECONDS = 2.0, 30.0
PASSING = (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError)
PLACES = "select consumer, topic, partition, log_identity, next_offset from consumer_offset"
OUTBOX = """
    select coalesce(max(id), 0), (select count(*) from unpublished)
    from outbox"""
Place = tuple[str, str, str, int, str]
"""Database, consumer, topic, partition, identity of the log."""


class Sampler:
    """`events` and `pending` are those of the last look at all outboxes."""

    def __init__(self, system: System, journal: Journal) -> None:
        self.system, self.journal = system, journal
        self.events = self.pending = self.lag = 0
        self.places: dict[Place, int] = {}
        self._open: dict[str, asyncpg.Connection[asyncpg.Record]] = {}

    async def run(self) -> None:
        """Look after look: one that hangs, or fails for a reason unforeseen, does not end it but is told."""
        while True:
            look = asyncio.create_task(self._look())
            await asyncio.wait({look}, timeout=LOOK_SECONDS)
            if not look.done():
                look.cancel()
                self._open.clear()
                self.journal.write("said", text="a look at the system hung")
            elif (error := look.exception()) and not isinstance(error, PASSING):
                self._open.clear()
                self.journal.write("said", text=f"a look at the system failed: {error!r}")
            await asyncio.sleep(EVERY_SECONDS)

    async def _look(self) -> None:
        counts = [await self._counts(name) for name in RECORDS]
        moved = [place for name in SERVICES for place in await self._moved(name)]
        self.events, self.pending = (sum(column) for column in zip(*counts, strict=True))
        self.lag = await self._lag()
        told = {"events": self.events, "pending": self.pending, "lag": self.lag}
        self.journal.write("sample", **told, applied=self._applied(), places=moved)

    async def _counts(self, service: str) -> tuple[int, int]:
        [row] = await (await self._at(service)).fetch(OUTBOX)
        return row[0], row[1]

    async def _moved(self, database: str) -> list[tuple[Any, ...]]:
        """Places that differ from the last look."""
        rows = await (await self._at(database)).fetch(PLACES)
        now = {(database, *tuple(row)[:4]): row["next_offset"] for row in rows}
        moved = [(*place, at) for place, at in now.items() if self.places.get(place) != at]
        self.places |= now
        return moved

    async def _at(self, database: str) -> "asyncpg.Connection[asyncpg.Record]":
        """A connection that is kept, until the server ends it."""
        known = self._open.get(database)
        if known is None or known.is_closed():
            url = self.system.superuser(database)
            self._open[database] = known = await asyncpg.connect(url, timeout=5, command_timeout=10)
        return known

    def _applied(self) -> int:
        return sum(at for place, at in self.places.items() if place[0] == "gateway")

    async def _lag(self) -> int:
        """How far the slowest word has to go yet; as before while the log does not say."""
        try:
            ends = await asyncio.wait_for(self.system.log.ends(TOPICS), LOG_SECONDS)
        except (LogUnavailable, TimeoutError):
            return self.lag
        at = {
            Partition(topic, number): place
            for (database, _, topic, number, _), place in self.places.items()
            if database == "gateway"
        }
        return sum(max(0, end - at.get(partition, 0)) for partition, end in ends.items())
