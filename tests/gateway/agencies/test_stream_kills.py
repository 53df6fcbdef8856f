"""The gateway as a process on a real broker, killed again and again while it fills an agency's stream, also while what is
granted changes: in the end the stream says what the feed would."""

import asyncio
import json
import os
import random
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition

from jinding.processes import Process, serving_process
from services.chassis.database import Database
from services.chassis.eventlog.port import PARTITIONS, Partition, StoredRecord
from services.chassis.migrations import upgrade
from services.contracts.codes_grid import Category
from services.contracts.topics import TOPICS
from services.gateway.agencies.partners import Partners
from services.gateway.agencies.scope import Scope
from services.gateway.projections.fold import Fact
from services.gateway.projections.registry import SERVICES
from tests.chassis.eventlog.adapters import Kafka
from tests.chassis.eventlog.records import read_all
from tests.gateway.agencies.feeding import FIRE, LINGXIA, REPORTS, fits, histories
from tests.gateway.agencies.streaming import Streaming, expected, replica
from tests.gateway.projections.projecting import Projecting
from tests.support.auditing import audit_of
from tests.support.kafka.broker import Broker
from tests.support.kafka.fixtures import start_broker
from tests.support.ports import free_ports
from tests.support.postgres import FreshDatabases
from tests.support.running import Keys, eventually

DISTRICT = Scope((REPORTS,), ("330703",))
TOWNSHIP = Scope((REPORTS,), (LINGXIA,))
FIRES = Scope((REPORTS,), (LINGXIA,), (Category.FIRE_SAFETY,))
SEED, HISTORIES = 1, 1500
LIVES = 4
"""Under each of four grants; every other one ends in the midst of sending."""
PATIENCE = 90.0


@dataclass
class Mortal:
    """The gateway that is killed, and the agency that reads its stream whenever the gateway is dead."""

    streaming: Streaming
    process: Process
    output: Path
    consumer: AIOKafkaConsumer
    chance: random.Random = field(default_factory=lambda: random.Random(SEED))
    facts: list[Fact] = field(default_factory=list)
    places: dict[Partition, int] = field(default_factory=dict)
    seen: list[StoredRecord] = field(default_factory=list)

    @asynccontextmanager
    async def alive(self) -> AsyncIterator[None]:
        """Until it is killed."""
        with self.output.open("ab") as told:
            made = await asyncio.create_subprocess_exec(
                *self.process.command,
                env=os.environ | self.process.environment,
                stdin=asyncio.subprocess.PIPE,
                stdout=told,
                stderr=told,
            )
        try:
            yield
        finally:
            made.kill()
            await made.wait()

    async def happen(self, facts: Sequence[Fact]) -> None:
        self.facts += facts
        records = self.streaming.archive.records(facts)
        told = ((dict(record.headers)["ce_id"].decode(), record) for record in records)
        self.streaming.originals |= dict(told)
        await self.streaming.log.append(records)

    async def live(self, number: int, news: Sequence[Fact]) -> None:
        """One life, with some news."""
        sent = await self.sent()
        await self.happen(news)
        async with self.alive():
            if number % 2:
                await self.has_sent(sent + self.chance.randrange(1, 30))
            else:
                await eventually(self.sends, PATIENCE)
                await asyncio.sleep(self.chance.uniform(0, 2))

    async def has_sent(self, count: int) -> None:
        """At the first sight of it: no rest between two looks, or more would have been sent and noted."""
        async with asyncio.timeout(PATIENCE):
            while await self.sent() < count:
                pass

    async def sent(self) -> int:
        return sum((await self.streaming.log.ends([self.streaming.topic])).values())

    async def sends(self) -> bool:
        asked = "select 1 from pg_stat_activity where application_name = 'jinding-streams' "
        return bool(await self.streaming.archive.fetch(asked + "and datname = current_database()"))

    async def is_done(self, mine: Sequence[Fact]) -> bool:
        last = {str(fact.id): fact.version for fact in mine}
        due = await self.streaming.archive.fetch("select 1 from agency_sent where gone")
        return not due and await self.streaming.held() == sorted(
            (id_, 1, version) for id_, version in last.items()
        )

    async def read_on(self) -> None:
        """What is new, as a subscriber does; from where the stream begins, if it was emptied meanwhile."""
        starts = await self.starts()
        places = {at: max(starts[at], self.places.get(at, 0)) for at in starts}
        self.seen += await self.between(places)

    async def from_the_beginning(self) -> list[StoredRecord]:
        return await self.between(await self.starts())

    async def starts(self) -> dict[Partition, int]:
        of = [TopicPartition(self.streaming.topic, number) for number in range(PARTITIONS)]
        return {Partition(*at): n for at, n in (await self.consumer.beginning_offsets(of)).items()}

    async def between(self, places: dict[Partition, int]) -> list[StoredRecord]:
        self.places = await self.streaming.log.ends([self.streaming.topic])
        count = sum(self.places[at] - place for at, place in places.items())
        return await read_all(self.streaming.log, places, count) if count else []


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    made = start_broker(tmp_path / "kafka")
    yield made
    made.stop()


@pytest.fixture
async def mortal(
    fresh_database: FreshDatabases, tmp_path: Path, broker: Broker
) -> AsyncIterator[Mortal]:
    async def prepare(url: str) -> None:
        await upgrade("gateway", url)

    url = await fresh_database(template="template_gateway", prepare=prepare)
    database, adapter, keys = Database(url, 2), Kafka(broker.bootstrap), Keys.at(tmp_path)
    (port,) = free_ports(1)
    environment = {
        "DATABASE_URL": url,
        "EVENT_LOG": "kafka",
        "KAFKA_BOOTSTRAP": broker.bootstrap,
        "INTERNAL_JWKS_FILE": str(keys.public),
        "KEYRING_FILE": str(keys.keyring),
        "INTERNAL_KEY_FILE": str(keys.private),
        "SERVICE_URLS": json.dumps(dict.fromkeys(SERVICES, "http://127.0.0.1:9")),
        "OIDC_ISSUER": "https://issuer.example",
    }
    process = serving_process("gateway", "services.gateway.main:create", port, environment)
    partners, log = Partners(audit_of(database), "tester"), adapter.open()
    streaming = Streaming(url, Projecting(database), partners, adapter, log)
    async with AIOKafkaConsumer(bootstrap_servers=broker.bootstrap) as consumer:
        await log.create_topics(TOPICS)
        yield Mortal(streaming, process, tmp_path / "gateway.log", consumer)
    await log.stop()
    await database.close()


@pytest.mark.proof
@pytest.mark.kafka
async def test_killed_again_and_again_it_ends_as_the_feed_says(mortal: Mortal) -> None:
    streaming = mortal.streaming
    facts = histories(HISTORIES, SEED)
    news = iter(_parts(facts[len(facts) // 2 :], 4 * LIVES))
    await mortal.happen(facts[: len(facts) // 2])
    absent: list[StoredRecord] = []
    for change in (
        streaming.begin(DISTRICT),
        streaming.narrow(TOWNSHIP),
        streaming.partners.grant(streaming.agency, FIRE, "协议二"),
        streaming.narrow(FIRES),
    ):
        await change
        for number in range(LIVES):
            await mortal.live(number, next(news))
        await mortal.read_on()
        absent = absent or list(mortal.seen)
    mine = _granted(facts, FIRES)
    async with mortal.alive():
        await eventually(lambda: mortal.is_done(mine), PATIENCE)
    await mortal.read_on()
    assert mortal.facts == facts
    late = await mortal.from_the_beginning()
    for records in (mortal.seen, [*absent, *late], late):
        assert replica(records) == expected(mine)  # nothing is missing, and in its order
        last = {record.key.decode(): _version(record) for record in records}
        newest = {str(fact.id): fact.version for fact in mine}
        assert last == dict.fromkeys(last) | newest  # nothing else without its tombstone
        assert None in last.values()
    for record in mortal.seen:
        if record.value is not None:
            original = streaming.originals[dict(record.headers)["ce_id"].decode()]
            assert (record.key, record.value) == (original.key, original.value)
            assert record.headers == tuple(sorted(original.headers))


def _parts(facts: Sequence[Fact], count: int) -> list[Sequence[Fact]]:
    size = -(-len(facts) // count)
    return [facts[size * n : size * (n + 1)] for n in range(count)]


def _granted(facts: Sequence[Fact], scope: Scope) -> list[Fact]:
    of: dict[object, list[Fact]] = {}
    for fact in facts:
        of.setdefault(fact.id, []).append(fact)
    return [fact for fact in facts if fits(fact, scope, of[fact.id])]


def _version(record: StoredRecord) -> int | None:
    """Of an event; none of a tombstone."""
    if record.value is None:
        return None
    return int(dict(record.headers)["ce_aggregateversion"])
