"""An agency's stream, filled from the archive round by round, and what is in it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from services.chassis.eventlog.port import PARTITIONS, EventLog, Partition, StoredRecord
from services.chassis.session import session
from services.contracts.codes_grid import Category
from services.gateway.agencies.partners import Partners
from services.gateway.agencies.scope import Scope, stream_of
from services.gateway.agencies.streams import Streams
from services.gateway.projections.fold import Fact
from tests.chassis.eventlog.adapters import Adapter
from tests.chassis.eventlog.records import read_all
from tests.gateway.agencies.feeding import REPORTS, XIAOSHUN, named
from tests.gateway.projections.projecting import Projecting, settle

TOWNSHIP = Scope((REPORTS,), (XIAOSHUN,))
FIRE = Scope((REPORTS,), (XIAOSHUN,), (Category.FIRE_SAFETY,))
Told = list[tuple[str, int]]


@dataclass
class Streaming:
    url: str
    archive: Projecting
    partners: Partners
    adapter: Adapter
    log: EventLog
    agency: str = field(default_factory=lambda: f"fire-{uuid4().hex[:8]}")
    starts: dict[Partition, int] = field(default_factory=dict)
    originals: dict[str, StoredRecord] = field(default_factory=dict)

    @property
    def topic(self) -> str:
        return stream_of(self.agency)

    async def begin(self, scope: Scope) -> None:
        await self.partners.add(self.agency, "某单位", "An agency", scope, "协议一")
        await self.log.create_topics([self.topic])

    async def narrow(self, scope: Scope) -> None:
        await self.partners.narrow(self.agency, scope, "收窄")

    async def happen(self, facts: Sequence[Fact]) -> None:
        records = self.archive.records(facts)
        self.originals |= {dict(record.headers)["ce_id"].decode(): record for record in records}
        await settle(self.archive.runner(), records, 50)

    def sender(self, log: EventLog | None = None) -> Streams:
        return Streams(self.url, log or self.log, self.trim)

    async def fill(self, sender: Streams | None = None) -> None:
        """Until there is nothing to do any more."""
        sender, idle = sender or self.sender(), 0
        async with session(self.url, "streams") as connection:
            while idle < 2:
                idle = 0 if await sender.round(connection) else idle + 1

    async def trim(self, ends: Mapping[Partition, int]) -> None:
        for partition, end in ends.items():
            await self.adapter.delete_before(partition, end)
        self.starts |= ends

    async def read(self) -> list[StoredRecord]:
        """All that can be read."""
        starts = {Partition(self.topic, n): 0 for n in range(PARTITIONS)} | self.starts
        ends = await self.log.ends([self.topic])
        count = sum(ends[partition] - start for partition, start in starts.items())
        return await read_all(self.log, starts, count) if count else []

    async def held(self) -> list[tuple[str, int, int]]:
        """What is known to be in the stream."""
        rows = await self.archive.fetch(
            "select id, epoch, version from agency_sent where not gone and buried_at is null"
        )
        return sorted((str(id_), epoch, version) for id_, epoch, version in rows)


def told(records: Sequence[StoredRecord]) -> Told:
    """(id, version) of every event; tombstones are left out."""
    return [
        (record.key.decode(), int(dict(record.headers)["ce_aggregateversion"]))
        for record in records
        if record.value is not None
    ]


def buried(records: Sequence[StoredRecord]) -> set[str]:
    return {record.key.decode() for record in records if record.value is None}


def replica(records: Sequence[StoredRecord]) -> dict[str, list[int]]:
    """What an agency knows that has read all of it: of each aggregate, the versions in their order."""
    known: dict[str, list[int]] = {}
    for record in records:
        of = record.key.decode()
        if record.value is None:
            known.pop(of, None)
            continue
        version = int(dict(record.headers)["ce_aggregateversion"])
        if version > known.get(of, [0])[-1]:
            known.setdefault(of, []).append(version)
    return known


def expected(facts: Sequence[Fact]) -> dict[str, list[int]]:
    known: dict[str, list[int]] = {}
    for id_, version in named(facts):
        known.setdefault(id_, []).append(version)
    return known


def ids(facts: Sequence[Fact]) -> set[str]:
    return {str(fact.id) for fact in facts}


class Interrupted:
    """A log at which the sender is killed at every other batch: it was taken and nobody heard of it, or was not."""

    def __init__(self, log: EventLog, *, takes: bool) -> None:
        self.log, self.takes, self.appended = log, takes, 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self.log, name)

    async def append(self, records: Sequence[Any]) -> None:
        self.appended += 1
        killed = self.appended % 2
        if self.takes or not killed:
            await self.log.append(records)
        if killed:
            raise Killed


class Killed(Exception):
    pass
