"""The example over Kafka keeps a true replica: killed, delivered to again, and told of what is lost."""

import asyncio
import random
import sqlite3
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, closing
from functools import partial
from pathlib import Path
from typing import Any, cast
from uuid import uuid4

import pytest

from jinding.kafka.agencies import KafkaAgencies
from services.chassis.eventlog.kafka import KafkaLog
from services.chassis.eventlog.port import Partition, Record
from services.gateway.agencies.scope import stream_of
from services.gateway.agencies.stream_log import tombstones
from tests.examples.subscribers import Replica, Restored, by_kafka, kept, replica, replicated
from tests.gateway.agencies.feeding import WHOLE, feeding, histories
from tests.gateway.projections.projecting import Projecting
from tests.support.kafka.agency import Outside
from tests.support.kafka.secured import SecuredBroker
from tests.support.postgres import FreshDatabases
from tests.support.running import eventually

pytestmark = [pytest.mark.kafka, pytest.mark.proof]


@asynccontextmanager
async def admitted(
    broker: SecuredBroker, name: str, topic: str
) -> AsyncIterator[tuple[Outside, KafkaLog]]:
    """An agency that reads a topic, and a log to write to it."""
    outside = Outside(broker, name, "a long random text")
    agencies = KafkaAgencies(broker.settings)
    await agencies.admit(name, outside.password)
    await agencies.allow(name, [topic])
    options = broker.settings.client_options()
    options.pop("bootstrap_servers")
    log = KafkaLog(broker.bootstrap, client_options=options)
    yield outside, log
    await log.stop()
    await agencies.expel(name)


def told_at(topic: str, records: Iterable[Record]) -> list[Record]:
    return [
        Record(Partition(topic, record.partition.number), record.key, record.headers, record.value)
        for record in records
    ]


def is_being_written(file: Path) -> bool:
    with closing(sqlite3.connect(file, timeout=0)) as db:
        try:
            db.execute("begin immediate")
        except sqlite3.OperationalError:
            return True
    return False


async def test_killed_again_and_again_it_ends_with_a_true_replica(
    secured_kafka: SecuredBroker, tmp_path: Path
) -> None:
    chance, file = random.Random(5), tmp_path / "replica.sqlite"
    name = f"fire-{uuid4().hex[:8]}"
    stream, facts = stream_of(name), histories(20)
    async with admitted(secured_kafka, name, stream) as (outside, log):
        left = told_at(stream, Projecting(cast(Any, None)).records(facts))
        while left:
            async with by_kafka(outside, [stream], file, None):
                for _ in range(5):
                    sent, left = left[:20], left[20:]
                    await log.append(sent)
                    await log.append(sent[:5])  # and once more
                    await asyncio.sleep(chance.random() / 2)  # killed at any moment
        gone = sorted({fact.id for fact in facts})[:7]
        await log.append(tombstones(stream, gone))
        wanted: Replica = {str(f.id): (1, f.version) for f in facts if f.id not in gone}
        async with by_kafka(outside, [stream], file, None):
            await kept(file, wanted, 30)


async def test_a_restored_service_is_believed_by_a_snapshot_of_its_new_epoch(
    secured_kafka: SecuredBroker, fresh_database: FreshDatabases, tmp_path: Path
) -> None:
    file, restored = tmp_path / "replica.sqlite", Restored()
    name = f"fire-{uuid4().hex[:8]}"
    stream = stream_of(name)
    async with (
        admitted(secured_kafka, name, stream) as (outside, log),
        feeding(fresh_database, tmp_path) as fed,
    ):
        fire = await fed.agency(name, WHOLE)
        await fed.happen(restored.before)
        before = Projecting(cast(Any, None)).records(restored.before)
        await log.append(told_at(stream, before))
        async with by_kafka(outside, [stream], file, fire):
            assert len(await replicated(fire, file, 30)) == 3
            first = Projecting(cast(Any, None)).records([restored.first])
            await log.append(told_at(stream, first))  # sooner than the gateway reads it
            await eventually(partial(asyncio.to_thread, is_being_written, file), 30)
            assert len(replica(file)) == 3
            await restored.tell(fed)
            await kept(file, restored.left, 30)
            late = [record for record in before if record.key != first[0].key]
            await log.append(told_at(stream, late))
            await log.append(tombstones(stream, [restored.first.id]))
            del restored.left[str(restored.first.id)]
            await kept(file, restored.left, 30)
