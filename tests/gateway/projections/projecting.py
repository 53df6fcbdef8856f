"""A gateway's database, records as its reader would hand them over, and services as it sees them."""

from collections.abc import AsyncIterator, Container, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from services.chassis.database import Database, driver
from services.chassis.errors import Unavailable
from services.chassis.eventlog.port import Partition, StoredRecord
from services.chassis.migrations import upgrade
from services.chassis.outbox import frozen
from services.contracts.codes_training import Audience
from services.contracts.training import TraineeRegistered
from services.gateway.projections.cards import Projection
from services.gateway.projections.fold import Fact
from services.gateway.projections.rebuild import Difference, verify
from services.gateway.projections.records import NAME
from services.gateway.projections.registry import BY_TOPIC
from services.gateway.projections.runner import Runner
from tests.gateway.projections.histories import START, History
from tests.support.postgres import FreshDatabases

APART = "jinding.grid.sensitive_report.v1"
EVERYTHING = """
    select 'card', noun, id::text, area_code, epoch, version::bigint, data::text from card union all
    select service, area_code, metric, day::text, 0, n, dimension from tally where n <> 0 order by 1, 2, 3, 4, 7"""


@dataclass
class Known:
    """`Services` whose snapshots are the last of each of `facts`."""

    facts: Iterable[Fact] = ()
    epoch_now: int = 1
    away: bool = False
    asked: list[UUID] = field(default_factory=list)

    async def epoch(self, service: str) -> int:
        return self.epoch_now if service == "grid" else 1

    async def one(self, projection: Projection, id: UUID) -> Fact | None:
        if self.away:
            raise Unavailable("不在", "away")
        self.asked.append(id)
        return self._now(projection).get(id)

    async def all(self, projection: Projection) -> AsyncIterator[list[Fact]]:
        if self.away:
            raise Unavailable("不在", "away")
        yield list(self._now(projection).values())

    def _now(self, projection: Projection) -> dict[UUID, Fact]:
        facts = (fact for fact in self.facts if fact.projection == projection)
        return {fact.id: fact._replace(epoch=self.epoch_now) for fact in facts}


def trainee(number: int) -> Fact:
    """The first fact of another service's aggregate."""
    event = TraineeRegistered(
        area_code="330703105",
        occurred_at=START,
        correlation_id=UUID(int=number),
        audience=Audience.EMPLOYEE,
    )
    return Fact(BY_TOPIC[event.topic], UUID(int=number), 1, 1, event)


@dataclass
class Projecting:
    database: Database
    ends: dict[Partition, int] = field(default_factory=dict)

    def runner(self, services: Any = None) -> Runner:
        known: Any = services or Known()
        return Runner(self.database, known)

    def records(self, facts: Iterable[Fact], apart: Container[UUID] = ()) -> list[StoredRecord]:
        """The next records of the log; of reports that are told `apart`, on their topic."""
        return [self.record(f, **{"topic": APART} if f.id in apart else {}) for f in facts]

    def record(self, fact: Fact, **changes: Any) -> StoredRecord:
        """`changes`: headers by name, or `key`, `value`, `topic`."""
        row = frozen(
            fact.event,
            fact.event.topic,
            fact.id,
            fact.version,
            epoch=fact.epoch,
            at=START,
            trace=None,
        )
        headers = {name: value.encode() for name, value in row[5].items()}
        headers |= {name: value for name, value in changes.items() if name.startswith("ce_")}
        partition = Partition(changes.get("topic", row[0]), row[1])
        offset = self.ends.get(partition, 0)
        self.ends[partition] = offset + 1
        key = changes.get("key", str(fact.id).encode())
        value = changes.get("value", row[6])
        return StoredRecord(partition, key, tuple(headers.items()), value, offset)

    async def fetch(self, query: str, *arguments: Any) -> list[tuple[Any, ...]]:
        async with self.database.connection() as connection:
            raw = await driver(connection)
            return [tuple(row) for row in await raw.fetch(query, *arguments)]

    async def versions(self) -> dict[int, int]:
        """Version by (small) id of every card."""
        return {id_.int: v for id_, v in await self.fetch("select id, version from card")}

    async def letters(self) -> list[tuple[Any, ...]]:
        """(id, why) of every open dead letter, in order."""
        rows = await self.fetch(
            'select key, reason from dead_letter where settled_at is null order by topic, "offset"'
        )
        return [(bytes(key), reason) for key, reason in rows]

    async def wrong(self, history: History | Known) -> list[Difference]:
        services: Any = Known(history.snapshots) if isinstance(history, History) else history
        return await verify(self.database, services, "grid", looks=1)


async def projecting(fresh_database: FreshDatabases) -> Projecting:
    async def prepare(url: str) -> None:
        await upgrade("gateway", url)

    url = await fresh_database(template="template_gateway", prepare=prepare)
    made = Projecting(Database(url, 4))
    async with made.database.transaction() as connection:
        raw = await driver(connection)
        places = [(NAME, topic, number) for topic in BY_TOPIC for number in range(12)]
        await raw.executemany(
            "insert into consumer_offset values ($1, $2, $3, 'log', 0)",
            places,
        )
    return made


async def settle(runner: Runner, records: Sequence[StoredRecord], batch: int = 1000) -> None:
    for start in range(0, len(records), batch):
        await runner.settle(records[start : start + batch])


async def another_log(gateway: Projecting, identity: str) -> None:
    """The log was rebuilt: its readers begin again."""
    gateway.ends.clear()
    await gateway.fetch(
        "update consumer_offset set log_identity = $1, next_offset = 0 returning 1", identity
    )
