"""The example over Kafka keeps a true replica: killed, delivered to again, and told of what is lost."""

import asyncio
import random
from pathlib import Path
from typing import Any, cast
from uuid import uuid4

import pytest

from jinding.kafka.agencies import KafkaAgencies
from services.chassis.eventlog.kafka import KafkaLog
from services.chassis.eventlog.port import Partition, Record
from services.gateway.agencies.scope import stream_of
from services.gateway.agencies.stream_log import tombstones
from tests.examples.subscribers import Known, by_kafka, kept
from tests.gateway.agencies.feeding import histories
from tests.gateway.projections.projecting import Projecting
from tests.support.kafka.agency import Outside
from tests.support.kafka.secured import SecuredBroker

pytestmark = [pytest.mark.kafka, pytest.mark.proof]


async def test_killed_again_and_again_it_ends_with_a_true_replica(
    secured_kafka: SecuredBroker, tmp_path: Path
) -> None:
    chance, file = random.Random(5), tmp_path / "replica.sqlite"
    outside = Outside(secured_kafka, f"fire-{uuid4().hex[:8]}", "a long random text")
    stream = stream_of(outside.agency)
    agencies = KafkaAgencies(secured_kafka.settings)
    await agencies.admit(outside.agency, outside.password)
    await agencies.allow(outside.agency, [stream])
    log = KafkaLog(
        secured_kafka.bootstrap,
        client_options={
            name: value
            for name, value in secured_kafka.settings.client_options().items()
            if name != "bootstrap_servers"
        },
    )
    facts = histories(20)
    records = [
        Record(Partition(stream, record.partition.number), record.key, record.headers, record.value)
        for record in Projecting(cast(Any, None)).records(facts)
    ]
    left = records
    while left:
        async with by_kafka(outside, [stream], file):
            for _ in range(5):
                sent, left = left[:20], left[20:]
                await log.append(sent)
                await log.append(sent[:5])  # and once more
                await asyncio.sleep(chance.random() / 2)  # killed at any moment
    gone = sorted({fact.id for fact in facts})[:7]
    await log.append(tombstones(stream, gone))
    wanted: Known = {str(f.id): (1, f.version) for f in facts if f.id not in gone}
    async with by_kafka(outside, [stream], file):
        await kept(file, wanted, 30)
    await log.stop()
    await agencies.expel(outside.agency)
