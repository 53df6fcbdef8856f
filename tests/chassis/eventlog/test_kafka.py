"""The traps of aiokafka, each with what we do about it."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.admin import NewTopic

from services.chassis.eventlog.kafka import KafkaLog
from services.chassis.eventlog.kafka import log as kafka_log
from services.chassis.eventlog.kafka.reader import CONSUMER_OPTIONS
from services.chassis.eventlog.port import (
    EventLog,
    LogUnavailable,
    Partition,
    RecordRefused,
    TopicMissing,
)
from tests.chassis.eventlog.adapters import Kafka
from tests.chassis.eventlog.records import (
    first_occurrences,
    from_the_start,
    make_record,
    read,
    read_all,
    values,
)
from tests.support.kafka.broker import Broker

pytestmark = pytest.mark.kafka


@pytest.fixture
def adapter(kafka: Kafka) -> Kafka:
    return kafka


@pytest.fixture
async def hanging(own_broker: Broker) -> AsyncIterator[KafkaLog]:
    log = KafkaLog(own_broker.bootstrap, timeout=2.0)
    yield log
    await log.stop()


async def test_no_default_of_the_producer_is_left_unsafe(log: KafkaLog, topic: str) -> None:
    await log.append([make_record(topic)])
    producer = log._producer._producer
    assert producer is not None
    assert producer._sender._acks == -1
    assert producer._txn_manager is not None  # idempotent


async def test_what_a_transaction_aborted_is_not_read(
    kafka: Kafka, log: EventLog, topic: str
) -> None:
    assert CONSUMER_OPTIONS["isolation_level"] == "read_committed"
    other = AIOKafkaProducer(bootstrap_servers=kafka.bootstrap, transactional_id=topic)
    await other.start()
    await other.begin_transaction()
    await other.send_and_wait(topic, b"aborted", key=b"k", partition=0)
    await other.abort_transaction()
    await other.stop()
    await log.append([make_record(topic, b"committed")])
    assert values(await read_all(log, {Partition(topic, 0): 0}, 1)) == [b"committed"]


async def test_a_broker_that_creates_topics_is_never_made_to(hanging: KafkaLog) -> None:
    reader = hanging.reader()
    with pytest.raises(TopicMissing):
        await hanging.append([make_record("nobody.created.me")])
    with pytest.raises(TopicMissing):
        await reader.assign({Partition("nobody.created.me", 0): 0})
    with pytest.raises(TopicMissing):
        await hanging.ends(["nobody.created.me"])


async def test_a_topic_with_other_partitions_than_ours_is_not_written_to(
    kafka: Kafka, log: EventLog, topic_name: str
) -> None:
    async with kafka.admin() as admin:
        await admin.create_topics([NewTopic(topic_name, 3, 1)])
    await log.create_topics([topic_name])
    with pytest.raises(LogUnavailable, match="has 3 partitions"):
        await log.append([make_record(topic_name)])


async def test_a_record_the_broker_refuses_is_found_in_its_batch(
    kafka: Kafka, log: EventLog, topic_name: str
) -> None:
    async with kafka.admin() as admin:
        strict = NewTopic(topic_name, 12, 1, topic_configs={"max.message.bytes": "2000"})
        await admin.create_topics([strict])
    async with asyncio.timeout(10):
        await log.create_topics([topic_name])
    batch = [make_record(topic_name, b"%d" % n) for n in range(6)]
    batch[3] = make_record(topic_name, bytes(3000))
    with pytest.raises(RecordRefused) as refused:
        await log.append(batch)
    assert refused.value.index == 3
    await log.append(batch[4:])
    stored = await read_all(log, from_the_start(topic_name), 5)
    assert first_occurrences(stored) == [b"0", b"1", b"2", b"4", b"5"]


async def test_an_append_to_a_hung_broker_ends_and_a_new_producer_goes_on(
    own_broker: Broker, hanging: KafkaLog, topic_name: str
) -> None:
    await hanging.create_topics([topic_name])
    await hanging.append([make_record(topic_name, b"1")])
    before = hanging._producer._producer
    with own_broker.hung():
        async with asyncio.timeout(10):
            with pytest.raises(LogUnavailable):
                await hanging.append([make_record(topic_name, b"2")])
    await hanging.append([make_record(topic_name, b"2"), make_record(topic_name, b"3")])
    assert hanging._producer._producer not in (None, before)
    reader = hanging.reader()
    await reader.assign(from_the_start(topic_name))
    count = (await hanging.ends([topic_name]))[Partition(topic_name, 0)]
    assert first_occurrences(await read(reader, count)) == [b"1", b"2", b"3"]
    await reader.close()


async def test_a_cancelled_append_leaves_no_producer_behind(
    own_broker: Broker, hanging: KafkaLog, topic_name: str
) -> None:
    await hanging.create_topics([topic_name])
    await hanging.append([make_record(topic_name, b"1")])
    with own_broker.hung():
        appending = asyncio.create_task(hanging.append([make_record(topic_name, b"2")]))
        _, pending = await asyncio.wait({appending}, timeout=0.2)
        assert pending
        appending.cancel()
        with pytest.raises(asyncio.CancelledError):
            await appending
        assert hanging._producer._producer is None
    await hanging.append([make_record(topic_name, b"3")])
    count = (await hanging.ends([topic_name]))[Partition(topic_name, 0)]
    stored = first_occurrences(await read_all(hanging, {Partition(topic_name, 0): 0}, count))
    # what was cancelled may have been delivered, or not
    assert stored in ([b"1", b"3"], [b"1", b"2", b"3"], [b"1", b"3", b"2"])


async def test_a_log_on_a_hung_broker_stops_in_bounded_time(
    monkeypatch: pytest.MonkeyPatch, own_broker: Broker, topic_name: str
) -> None:
    monkeypatch.setattr(kafka_log, "STOP_SECONDS", 0.5)
    log = KafkaLog(own_broker.bootstrap, timeout=2.0)
    await log.create_topics([topic_name])
    reader = log.reader()
    await reader.assign(from_the_start(topic_name))
    await log.append([make_record(topic_name)])
    await read(reader, 1)
    with own_broker.hung():
        appending = asyncio.create_task(log.append([make_record(topic_name)]))
        async with asyncio.timeout(3):
            await reader.close()
            await log.stop()
        with pytest.raises(LogUnavailable):
            await appending


async def test_a_reader_of_a_silent_broker_says_so(
    monkeypatch: pytest.MonkeyPatch, own_broker: Broker, hanging: KafkaLog, topic_name: str
) -> None:
    monkeypatch.setattr("services.chassis.eventlog.kafka.reader.SILENT_SECONDS", 1.0)
    await hanging.create_topics([topic_name])
    reader = hanging.reader()
    await reader.assign(from_the_start(topic_name))
    await hanging.append([make_record(topic_name, b"1")])
    await read(reader, 1)
    with own_broker.hung(), pytest.raises(LogUnavailable, match="no answer"):
        await read(reader, 1)
    await hanging.append([make_record(topic_name, b"2")])
    assert values(await read(reader, 1)) == [b"2"]
    await reader.close()
