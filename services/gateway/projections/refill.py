"""Fills the tables beside the live ones of a service: from its snapshots or from the archive, and then with
what the archive got meanwhile."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from services.chassis.database import DriverConnection, driver
from services.chassis.errors import Conflict, Unavailable, reason_of
from services.chassis.reader import BATCH
from services.gateway.projections import archive, beside, store
from services.gateway.projections.archive import Places
from services.gateway.projections.fold import Fact, Fold, Key
from services.gateway.projections.records import UNFIT, Read, read_record
from services.gateway.projections.registry import ALL, BY_TOPIC, topics_of
from services.gateway.projections.snapshots import Services
from services.gateway.projections.store import BY_NOUN

ROUNDS = 20
Told = tuple[Key, Fact | None]
"""Something that was said of an aggregate; `None` where it cannot be made out."""


class ChangedMeanwhile(Unavailable):
    def __init__(self, service: str) -> None:
        super().__init__(
            f"重建期间服务 {service} 或事件日志被恢复或更换，未切换，请重试。",
            f"{service} or the event log was restored or replaced meanwhile; nothing was switched.",
        )


class SnapshotsNeeded(Conflict):
    def __init__(self, service: str) -> None:
        super().__init__(
            f"服务 {service} 曾从备份恢复，仅凭归档无法重建，请由快照重建。",
            f"{service} was restored from a backup, of which the archive knows nothing: "
            "rebuild it from its snapshots.",
        )


class Refill:
    """What the archive cannot tell of an aggregate is asked of its service; `left_out` are those of which
    no card could be made, and why."""

    def __init__(
        self, connection: AsyncConnection, services: Services, service: str, epoch: int
    ) -> None:
        self.connection, self.services = connection, services
        self.service, self.epoch = service, epoch
        self.since: Places = {}
        self.left_out: dict[Key, str] = {}

    async def from_snapshots(self) -> None:
        """Every aggregate as its service knows it. What is archived from now on comes after that."""
        self.since = await archive.places(await driver(self.connection), topics_of(self.service))
        for projection in (p for p in ALL if p.service == self.service):
            async for page in self.services.all(projection):
                if any(fact.epoch != self.epoch for fact in page):
                    raise ChangedMeanwhile(self.service)
                await self._take([(fact.key, fact) for fact in page])

    async def from_archive(self) -> None:
        """All events that were ever read, log by log; then whatever only the live tables know of."""
        raw = await driver(self.connection)
        self.since = await archive.places(raw, topics_of(self.service))
        for partition, place in await archive.replaced(raw, topics_of(self.service)):
            await self._replay({}, {partition: place}, whole=True)
        await self._replay({}, self.since, whole=True)
        strange = await beside.unknown(raw, self.service)
        for start in range(0, len(strange), BATCH):
            await self._take([(key, None) for key in strange[start : start + BATCH]])

    async def catch_up(self) -> None:
        """Until little is left: the rest is for when nobody folds."""
        raw = await driver(self.connection)
        for _ in range(ROUNDS):
            if await self._behind(raw) < BATCH:
                return
            await self.finish()

    async def _behind(self, raw: DriverConnection) -> int:
        now = await archive.places(raw, topics_of(self.service))
        return sum(
            p.offset - (self.since[at].offset if at in self.since else 0) for at, p in now.items()
        )

    async def finish(self) -> None:
        """Fold what the archive got since."""
        now = await archive.places(await driver(self.connection), topics_of(self.service))
        if any(now[at].log != was.log or now[at] < was for at, was in self.since.items()):
            raise ChangedMeanwhile(self.service)
        await self._replay(self.since, now)
        self.since = now

    async def keep_newer(self) -> None:
        """Cards that the live tables have from the service itself, ahead of the archive."""
        facts = await beside.newer(await driver(self.connection), self.service)
        await self._take([(fact.key, fact) for fact in facts])

    async def _replay(self, since: Places, until: Places, *, whole: bool = False) -> None:
        async for batch in archive.between(await driver(self.connection), since, until):
            read = [read_record(record) for record in batch]
            if whole and any(item.fact and item.fact.epoch < self.epoch for item in read):
                raise SnapshotsNeeded(self.service)
            await self._take([told for item in read if (told := self._told(item))])

    def _told(self, item: Read) -> Told | None:
        if item.fact:
            return item.fact.key, item.fact if item.fact.epoch <= self.epoch else None
        key = item.record.key.decode(errors="replace")
        try:
            noun = BY_TOPIC[item.record.partition.topic].noun
            return ((noun, UUID(key)), None) if item.fault else None
        except ValueError:
            return None

    async def _take(self, told: Sequence[Told]) -> None:
        """All of it as one. Where the database refuses that, halves of halves, until what it refuses stands
        alone and is asked of its service."""
        if not told:
            return
        try:
            await self._fold(told)
        except UNFIT as error:
            [(key, fact), *others] = told
            if others:
                middle = len(told) // 2
                await self._take(told[:middle])
                await self._take(told[middle:])
            elif fact:
                await self._take([(key, None)])
            else:
                self.left_out[key] = reason_of(error)

    async def _fold(self, told: Sequence[Told]) -> None:
        async with beside.looking(self.connection, self.service) as raw:
            fold = Fold(await store.load(raw, {key for key, _ in told}), {self.service: self.epoch})
            lost = _folded(fold, told)
            for key in fold.changed:
                self.left_out.pop(key, None)
            for key in lost:
                await self._ask(fold, key)
            await store.save(raw, fold)

    async def _ask(self, fold: Fold, key: Key) -> None:
        self.left_out[key] = "its service does not know it"
        try:
            if fact := await self.services.one(BY_NOUN[key[0]], key[1]):
                fold.take(fact)
                del self.left_out[key]
        except Unavailable:
            raise
        except Exception as error:
            self.left_out[key] = reason_of(error)


def _folded(fold: Fold, told: Sequence[Told]) -> list[Key]:
    """Fold what can be folded; the aggregates of which something cannot, or is missing."""
    lost: dict[Key, None] = {}
    for key, fact in told:
        try:
            if fact and key not in lost:
                fold.take(fact)
            elif not fact:
                lost[key] = None
        except Exception:
            lost[key] = None
    return list(lost)
