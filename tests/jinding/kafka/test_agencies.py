"""A partner agency on Kafka's external listener: its topics in its own groups, and nothing else, until it is expelled."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from typing import Any
from uuid import uuid4

import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import NewPartitions
from aiokafka.errors import (
    GroupAuthorizationFailedError,
    KafkaConnectionError,
    TopicAuthorizationFailedError,
    for_code,
)
from kafka.admin import KafkaAdminClient
from kafka.errors import ClusterAuthorizationFailedError, KafkaError

from jinding.kafka.administration import Administration, administering, may
from jinding.kafka.agencies import KafkaAgencies, user_of
from jinding.refusal import Refusal
from services.chassis.eventlog.kafka import KafkaLog
from services.gateway.agencies.scope import stream_of
from tests.chassis.eventlog.records import make_record
from tests.support.kafka.agency import Outside
from tests.support.kafka.secured import SecuredBroker
from tests.support.waiting import until

pytestmark = pytest.mark.kafka
GRANTED, OTHER = "jinding.inspection.hazard.v1", "jinding.training.session.v1"
PASSWORD = "a long random text"


@pytest.fixture
def agency() -> str:
    return f"fire-{uuid4().hex[:8]}"


@pytest.fixture
async def agencies(secured_kafka: SecuredBroker, agency: str) -> AsyncIterator[KafkaAgencies]:
    agencies = KafkaAgencies(secured_kafka.settings)
    await agencies.admit(agency, PASSWORD)
    await agencies.allow(agency, [GRANTED])
    yield agencies
    await asyncio.to_thread(forget, secured_kafka, agency)


def forget(broker: SecuredBroker, agency: str) -> None:
    """As `expel` does, without its patience."""
    with administering(broker.settings) as administration:
        administration.allow(user_of(agency), [])
        administration.remove_user(user_of(agency))


async def publish(broker: SecuredBroker, value: bytes) -> None:
    options = {key: v for key, v in broker.within("inspection").items() if key[:4] != "boot"}
    log = KafkaLog(broker.bootstrap, client_options=options)
    await log.append([make_record(GRANTED, value)])
    await log.stop()


def consuming(
    broker: SecuredBroker, agency: str, topic: str = GRANTED, **options: Any
) -> AbstractAsyncContextManager[AIOKafkaConsumer]:
    return Outside(broker, agency, PASSWORD).consuming(topic, **options)


async def until_it_comes(consumer: AIOKafkaConsumer, value: bytes) -> None:
    while (await consumer.getone()).value != value:
        pass


async def test_an_agency_consumes_its_topic_in_its_own_group(
    secured_kafka: SecuredBroker, agencies: KafkaAgencies, agency: str
) -> None:
    await publish(secured_kafka, agency.encode())
    async with consuming(secured_kafka, agency) as consumer:
        await until_it_comes(consumer, agency.encode())
        await consumer.commit()
    await publish(secured_kafka, b"after its restart")
    async with consuming(secured_kafka, agency) as consumer:
        assert (await consumer.getone()).value == b"after its restart"


@pytest.mark.parametrize("group", ["main", "agency-other.main", "agency-fire"])
async def test_an_agency_is_refused_in_every_other_group(
    secured_kafka: SecuredBroker, agencies: KafkaAgencies, agency: str, group: str
) -> None:
    with pytest.raises(GroupAuthorizationFailedError):
        async with consuming(secured_kafka, agency, group_id=group) as consumer:
            await consumer.getone()


async def test_an_agency_is_refused_every_other_topic(
    secured_kafka: SecuredBroker, agencies: KafkaAgencies, agency: str
) -> None:
    with pytest.raises(TopicAuthorizationFailedError):
        async with consuming(secured_kafka, agency, OTHER) as consumer:
            await consumer.getone()


async def test_an_agency_hears_of_no_other_topic(
    secured_kafka: SecuredBroker, agencies: KafkaAgencies, agency: str
) -> None:
    async with consuming(secured_kafka, agency) as consumer:
        assert await consumer.topics() == {GRANTED}


@pytest.mark.parametrize("topic", [GRANTED, OTHER])
async def test_an_agency_writes_nothing(
    secured_kafka: SecuredBroker, agencies: KafkaAgencies, agency: str, topic: str
) -> None:
    async with Outside(secured_kafka, agency, PASSWORD).producing() as producer:
        with pytest.raises(TopicAuthorizationFailedError):
            await producer.send_and_wait(topic, b"forged", partition=0)


async def test_an_agency_administers_nothing(
    secured_kafka: SecuredBroker, agencies: KafkaAgencies, agency: str
) -> None:
    outside = Outside(secured_kafka, agency, PASSWORD)
    answers = (await outside.administers(GRANTED)).values()
    assert {for_code(code) for code in answers} == {TopicAuthorizationFailedError}
    async with outside.administering() as admin:
        with pytest.raises(TopicAuthorizationFailedError):
            await admin.create_partitions({GRANTED: NewPartitions(13)})
        assert await admin.list_consumer_groups() == []


async def test_an_agency_makes_no_users_and_grants_nothing(
    secured_kafka: SecuredBroker, agencies: KafkaAgencies, agency: str
) -> None:
    user = user_of(agency)
    with KafkaAdminClient(**secured_kafka.outside(user, PASSWORD)) as client:
        administration = Administration(client)
        with pytest.raises(KafkaError, match="needs ALTER permission"):
            administration.set_users({"another": PASSWORD})
        with pytest.raises(ClusterAuthorizationFailedError):
            administration.allow(user, [may(user, "READ", "TOPIC", OTHER)])
        with pytest.raises(ClusterAuthorizationFailedError):
            administration.limit(user, 1)


async def test_an_agency_is_not_known_where_the_administrator_is(
    secured_kafka: SecuredBroker, agencies: KafkaAgencies, agency: str
) -> None:
    plain = secured_kafka.outside(user_of(agency), PASSWORD) | {"sasl_mechanism": "PLAIN"}
    consumer = AIOKafkaConsumer(**plain, request_timeout_ms=2_000)
    with pytest.raises(KafkaConnectionError):
        await consumer.start()
    await consumer.stop()


async def test_what_is_no_longer_granted_is_lost_at_once(
    secured_kafka: SecuredBroker, agencies: KafkaAgencies, agency: str
) -> None:
    await publish(secured_kafka, agency.encode())
    async with consuming(secured_kafka, agency) as consumer:
        await until_it_comes(consumer, agency.encode())
        await agencies.allow(agency, [OTHER])
        with pytest.raises(TopicAuthorizationFailedError):
            await until_it_comes(consumer, b"never")
    async with consuming(secured_kafka, agency, OTHER) as consumer:
        assert await consumer.topics() == {OTHER}


async def test_an_expelled_agency_stops_at_once_and_does_not_come_back(
    secured_kafka: SecuredBroker, agencies: KafkaAgencies, agency: str
) -> None:
    await publish(secured_kafka, agency.encode())
    async with consuming(secured_kafka, agency) as consumer:
        await until_it_comes(consumer, agency.encode())
        await agencies.expel(agency)
        with pytest.raises((TopicAuthorizationFailedError, GroupAuthorizationFailedError)):
            await until_it_comes(consumer, b"never")
    with pytest.raises(KafkaConnectionError):
        async with consuming(secured_kafka, agency):
            pass


@pytest.mark.proof
async def test_a_fetch_that_waits_in_the_broker_is_answered_with_nothing(
    secured_kafka: SecuredBroker, agencies: KafkaAgencies, agency: str
) -> None:
    """It was checked before the agency was expelled."""
    known = secured_kafka.outside(user_of(agency), PASSWORD)
    patient = AIOKafkaConsumer(**known, fetch_max_wait_ms=30_000, request_timeout_ms=60_000)
    await patient.start()
    patient.assign([place := TopicPartition(GRANTED, 0)])
    await patient.seek_to_end(place)
    waiting = asyncio.create_task(patient.getone())
    try:
        await until(lambda: any(conn._requests for conn in connections(patient)))
        held = [conn for conn in connections(patient) if conn._requests]
        await agencies.expel(agency)
        await publish(secured_kafka, b"after")
        await until(lambda: waiting.done() or not any(conn._requests for conn in held))
        await asyncio.wait([waiting], timeout=1)
        assert not waiting.done() or waiting.exception() is not None
    finally:
        waiting.cancel()
        await patient.stop()


def connections(consumer: AIOKafkaConsumer) -> list[Any]:
    return list(consumer._client._conns.values())


async def test_every_step_may_be_repeated(
    secured_kafka: SecuredBroker, agencies: KafkaAgencies, agency: str
) -> None:
    for _ in range(2):
        await agencies.admit(agency, PASSWORD)
        await agencies.allow(agency, [GRANTED])
    async with consuming(secured_kafka, agency) as consumer:
        assert consumer.subscription() == {GRANTED}
    for _ in range(2):
        await agencies.expel(agency)


async def test_a_new_password_replaces_the_old_one(
    secured_kafka: SecuredBroker, agencies: KafkaAgencies, agency: str
) -> None:
    await agencies.admit(agency, "another")
    with pytest.raises(KafkaConnectionError):
        async with consuming(secured_kafka, agency):
            pass


@pytest.mark.proof
async def test_an_agency_that_reads_too_fast_is_slowed_down(
    secured_kafka: SecuredBroker, agency: str
) -> None:
    """Half a megabyte at 40 kB a second."""
    settings = secured_kafka.settings.model_copy(update={"agency_bytes_per_second": 40_000})
    agencies = KafkaAgencies(settings)
    for _ in range(5):
        await publish(secured_kafka, bytes(100_000))
    await agencies.admit(agency, PASSWORD)
    await agencies.allow(agency, [GRANTED])
    limits: dict[str, Any] = {"max_partition_fetch_bytes": 110_000, "fetch_max_bytes": 110_000}
    clock = asyncio.get_running_loop().time
    async with consuming(secured_kafka, agency, **limits) as consumer:
        begun, read = clock(), 0
        while read < 500_000:
            read += len((await consumer.getone()).value or b"")
    assert clock() - begun > 1
    await agencies.expel(agency)


async def test_an_agency_reads_its_own_stream_until_it_is_expelled(
    secured_kafka: SecuredBroker, agencies: KafkaAgencies, agency: str
) -> None:
    stream = stream_of(agency)
    await agencies.allow(agency, [stream])
    async with consuming(secured_kafka, agency, stream) as consumer:
        assert await consumer.topics() == {stream}
    assert (await agencies.known())[agency] is True
    await agencies.expel(agency)
    assert agency not in await agencies.known()


async def test_whoever_cannot_log_in_is_known_for_what_it_may_or_has(
    secured_kafka: SecuredBroker, agencies: KafkaAgencies, agency: str
) -> None:
    await agencies.allow(agency, [stream_of(agency)])
    with administering(secured_kafka.settings) as administration:
        administration.remove_user(user_of(agency))
    assert (await agencies.known())[agency] is False
    with administering(secured_kafka.settings) as administration:
        administration.allow(user_of(agency), [])
    assert (await agencies.known())[agency] is False


@pytest.mark.parametrize("topics", [["__consumer_offsets"], ["jinding.agency.other.v1"], ["*"]])
async def test_what_is_no_topic_of_events_is_not_granted(
    secured_kafka: SecuredBroker, topics: list[str]
) -> None:
    with pytest.raises(Refusal, match="cannot be granted"):
        await KafkaAgencies(secured_kafka.settings).allow("fire", topics)


@pytest.mark.parametrize("agency", ["", "Fire", "a.b", "a b", "-a", "*", "消防"])
def test_an_id_that_could_be_anothers_prefix_is_refused(agency: str) -> None:
    with pytest.raises(Refusal, match="letters, digits and hyphens"):
        user_of(agency)
