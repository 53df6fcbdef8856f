"""What each service's user may on a broker that knows its users, and that it may nothing else."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaConnectionError, TopicAuthorizationFailedError, for_code
from pydantic import SecretStr

from jinding.kafka import administration
from jinding.kafka.administration import administering, may
from jinding.kafka.services import access, prepare, read_by, written_by
from jinding.processes import SERVICES
from jinding.refusal import Refusal
from jinding.settings import Settings
from jinding.topics import make_topics
from services.chassis.eventlog import open_log
from services.chassis.eventlog.port import EventLog, LogUnavailable, TopicMissing
from services.chassis.settings import Service, ServiceSettings
from services.contracts.grid import ReportFact
from services.contracts.grid_subjects import SubjectErased
from services.contracts.topics import TOPICS
from tests.chassis.eventlog.records import from_the_start, make_record, read_all
from tests.support.kafka.secured import SecuredBroker

pytestmark = pytest.mark.kafka
REFERRALS = "jinding.grid.report.v1"
UNREAD = "jinding.grid.patrol.v1"
"""Of which the gateway alone makes something."""


@asynccontextmanager
async def log_of(
    broker: SecuredBroker, service: str, password: Path | None = None
) -> AsyncIterator[EventLog]:
    """The log as the service opens it in compose."""
    log = open_log(
        ServiceSettings(
            _env_file=None,
            database_url=SecretStr("unused"),
            internal_jwks_file=Path("unused"),
            event_log="kafka",
            kafka_bootstrap=broker.bootstrap,
            kafka_user=service,
            kafka_security="sasl_plaintext",
            kafka_password_file=password or broker.secrets / f"kafka_{service}",
        )
    )
    await log.start()
    try:
        yield log
    finally:
        await log.stop()


def test_every_topic_is_written_by_one_service_and_the_gateway_writes_its_audit() -> None:
    assert sorted(topic for service in SERVICES for topic in written_by(service)) == list(TOPICS)
    assert written_by("gateway") == {"jinding.gateway.audit.v1"}


def test_a_service_reads_what_it_subscribes_to() -> None:
    erased = SubjectErased.topic
    reports = {*ReportFact.topics()}
    assert read_by("disputes") == read_by("inspection") == {*reports, erased}
    confirmed = {f"jinding.{service}.erasure.v1" for service in SERVICES if service != "gateway"}
    names = ("visit", "duty_week", "task_order")
    own = reports | {f"jinding.grid.{name}.v1" for name in names}
    assert read_by("grid") == {"jinding.disputes.case.v1", erased} | confirmed | own
    assert read_by("training") == {erased}


def test_the_gateway_reads_no_topic_of_persons() -> None:
    unread = {SubjectErased.topic, "jinding.grid.key_person.v1"}
    unread |= {f"jinding.{service}.erasure.v1" for service in SERVICES if service != "gateway"}
    assert read_by("gateway") == set(TOPICS) - unread


@pytest.mark.parametrize("service", SERVICES)
async def test_a_service_appends_to_its_own_topics(
    secured_kafka: SecuredBroker, service: Service
) -> None:
    own = written_by(service)
    async with log_of(secured_kafka, service) as log:
        await log.append([make_record(topic) for topic in sorted(own)])
        assert {partition.topic for partition in await log.ends(own)} == own if own else True


@pytest.mark.parametrize("service", [name for name in SERVICES if read_by(name)])
async def test_a_service_reads_its_subscriptions(
    secured_kafka: SecuredBroker, service: Service
) -> None:
    for topic in read_by(service):
        owner: Service = next(name for name in SERVICES if topic in written_by(name))
        async with log_of(secured_kafka, owner) as log:
            await log.append([make_record(topic, b"news")])
    async with log_of(secured_kafka, service) as log:
        await log.ends(read_by(service))
        for topic in read_by(service):
            assert await log.identity(topic)
            assert await read_all(log, from_the_start(topic), 1)


@pytest.mark.parametrize("service", SERVICES)
async def test_a_topic_that_is_not_its_own_does_not_exist_for_a_service(
    secured_kafka: SecuredBroker, service: Service
) -> None:
    async with log_of(secured_kafka, service) as log:
        for topic in set(TOPICS) - written_by(service) - read_by(service):
            with pytest.raises(TopicMissing):
                await log.identity(topic)


@pytest.mark.parametrize("service", SERVICES)
async def test_a_service_writes_to_no_other_topic(
    secured_kafka: SecuredBroker, service: Service
) -> None:
    producer = AIOKafkaProducer(**secured_kafka.within(service))
    await producer.start()
    try:
        for topic in set(TOPICS) - written_by(service):
            with pytest.raises(TopicAuthorizationFailedError):
                await producer.send_and_wait(topic, b"forged", partition=0)
    finally:
        await producer.stop()


@pytest.mark.parametrize("user", ["grid", "backup"])
async def test_neither_who_writes_a_topic_nor_who_backs_up_reads_it(
    secured_kafka: SecuredBroker, user: str
) -> None:
    consumer = AIOKafkaConsumer(**secured_kafka.within(user), auto_offset_reset="earliest")
    await consumer.start()
    try:
        consumer.assign([TopicPartition(UNREAD, 0)])
        async with asyncio.timeout(20):
            with pytest.raises(TopicAuthorizationFailedError):
                await consumer.getone()
    finally:
        await consumer.stop()


@pytest.mark.parametrize("service", SERVICES)
async def test_a_service_makes_and_deletes_no_topic(
    secured_kafka: SecuredBroker, service: Service
) -> None:
    async with log_of(secured_kafka, service) as log:
        with pytest.raises(LogUnavailable, match="TopicAuthorizationFailed"):
            await log.create_topics(["jinding.new.noun.v1"])
    admin = AIOKafkaAdminClient(**secured_kafka.within(service))
    await admin.start()
    try:
        told = await admin.delete_topics([REFERRALS])
        assert [for_code(code) for _, code in told.topic_error_codes] == [
            TopicAuthorizationFailedError
        ]
    finally:
        await admin.close()


async def test_a_wrong_password_is_refused(secured_kafka: SecuredBroker, tmp_path: Path) -> None:
    (tmp_path / "password").write_text("guessed")
    async with log_of(secured_kafka, "grid", tmp_path / "password") as log:
        with pytest.raises(LogUnavailable):
            await log.identity(REFERRALS)


async def test_nobody_comes_without_a_user(secured_kafka: SecuredBroker) -> None:
    consumer = AIOKafkaConsumer(bootstrap_servers=secured_kafka.bootstrap, request_timeout_ms=2000)
    with pytest.raises(KafkaConnectionError):
        await consumer.start()
    await consumer.stop()


async def test_preparing_again_takes_away_what_is_not_needed_and_sets_new_passwords(
    secured_kafka: SecuredBroker,
) -> None:
    settings, file = secured_kafka.settings, secured_kafka.secrets / "kafka_training"
    with administering(settings) as administration:
        more = may("training", "READ", "TOPIC", REFERRALS)
        administration.allow("training", [*access("training"), more])
    old = file.read_text()
    async with log_of(secured_kafka, "training") as log:
        assert await log.identity(REFERRALS)
    file.write_text("another")
    try:
        assert await prepare(settings) == []
        async with log_of(secured_kafka, "training") as log:
            with pytest.raises(TopicMissing):
                await log.identity(REFERRALS)
            await log.append([make_record("jinding.training.session.v1")])
    finally:
        file.write_text(old)
        await prepare(settings)


async def test_the_command_prepares_where_an_administrator_is_named(
    secured_kafka: SecuredBroker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("KAFKA_ADMIN_PASSWORD_FILE", str(secured_kafka.secrets / "kafka_admin"))
    with pytest.raises(Refusal, match="KAFKA_BOOTSTRAP"):
        await make_topics(Settings())
    monkeypatch.setenv("KAFKA_BOOTSTRAP", secured_kafka.bootstrap)
    monkeypatch.setenv("KAFKA_SECURITY", "sasl_plaintext")
    monkeypatch.setenv("KAFKA_PASSWORDS", str(secured_kafka.secrets))
    assert await make_topics(Settings()) == []
    assert list(tmp_path.iterdir()) == []  # no server of its own


async def test_a_password_that_is_missing_is_named(
    secured_kafka: SecuredBroker, tmp_path: Path
) -> None:
    with pytest.raises(Refusal, match="kafka_grid cannot be used"):
        await prepare(secured_kafka.settings.model_copy(update={"kafka_passwords": tmp_path}))


async def test_a_wrong_administrator_is_refused_in_one_sentence(
    secured_kafka: SecuredBroker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(administration, "PATIENCE_MS", 1_000)
    wrong = {"kafka_admin_password_file": secured_kafka.secrets / "kafka_grid"}
    with pytest.raises(Refusal, match=f"Kafka at {secured_kafka.bootstrap} refused"):
        await prepare(secured_kafka.settings.model_copy(update=wrong))
