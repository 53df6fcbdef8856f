"""Others read our events: CloudEvents' own SDK and Kafka's own console, from a real broker."""

import asyncio
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.structs import ConsumerRecord
from cloudevents.core.bindings import kafka as sdk

from services.chassis.eventlog.port import PARTITIONS
from services.contracts.grid import ReportReported
from tests.chassis.eventlog.adapters import Kafka
from tests.chassis.outboxes import relaying, unpublished
from tests.support.grid import REPORT, REPORTS
from tests.support.kafka.console import console
from tests.support.people import RED_MEMBER
from tests.support.running import Running, eventually

pytestmark = pytest.mark.kafka
TOPIC, TYPE = ReportReported.topic, ReportReported.type
SECONDS = 30


@pytest.fixture
async def published(grid: Running, kafka: Kafka) -> tuple[Any, Any]:
    """A report's outbox row, and the record that the relay made of it, as a plain client reads it."""
    answer = await grid.call(RED_MEMBER, "POST", REPORTS, REPORT)
    (row,) = await grid.fetch(
        "select headers, body from outbox where aggregate_id = $1", answer.json()["id"]
    )
    log = kafka.open()
    await log.start()
    await log.create_topics([row["topic"] for row in await grid.fetch("select topic from outbox")])
    async with relaying(grid.database_url, log):

        async def gone() -> bool:
            return await unpublished(grid.database_url) == 0

        await eventually(gone, SECONDS)
    await log.stop()
    record = await asyncio.wait_for(found(kafka.bootstrap, answer.json()["id"]), SECONDS)
    return row, record


async def found(bootstrap: str, key: str) -> ConsumerRecord[bytes, bytes]:
    partitions = [TopicPartition(TOPIC, number) for number in range(PARTITIONS)]
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap)
    await consumer.start()
    consumer.assign(partitions)
    await consumer.seek_to_beginning(*partitions)
    try:
        return await anext(record async for record in consumer if record.key == key.encode())
    finally:
        await consumer.stop()


async def test_the_cloudevents_sdk_reads_an_event(published: tuple[Any, Any]) -> None:
    row, record = published
    message = sdk.KafkaMessage(dict(record.headers), record.key, record.value)
    event = sdk.from_binary_event(message)
    headers = json.loads(row["headers"])
    body = json.loads(row["body"])
    assert event.get_specversion() == "1.0"
    assert event.get_id() == headers["ce_id"]
    assert event.get_source() == "/jinding/grid"
    assert event.get_type() == TYPE
    assert event.get_subject() == record.key.decode()
    assert event.get_time() == datetime.fromisoformat(body["occurred_at"]).astimezone(UTC)
    assert event.get_dataschema() == f"urn:jinding:event:{TYPE}"
    assert event.get_datacontenttype() == "application/json"
    assert event.get_extension("partitionkey") == record.key.decode()
    assert event.get_extension("aggregateversion") == "1"
    assert event.get_extension("epoch") == "1"
    assert event.get_data() == body
    again = sdk.to_binary_event(event)
    assert again.headers.keys() == dict(record.headers).keys()
    assert again.key == record.key.decode()


async def test_kafkas_own_console_shows_an_event(published: tuple[Any, Any], kafka: Kafka) -> None:
    row, record = published
    place = record.partition, record.offset
    line = await asyncio.to_thread(console, kafka.bootstrap, TOPIC, *place)
    partition, offset, headers, key, value = line.split("\t")
    assert (partition, offset) == (f"Partition:{place[0]}", f"Offset:{place[1]}")
    shown = dict(header.split(":", 1) for header in headers.split(","))
    assert shown == json.loads(row["headers"])
    assert key == shown["ce_subject"] == shown["ce_partitionkey"]
    assert value.encode() == row["body"]
