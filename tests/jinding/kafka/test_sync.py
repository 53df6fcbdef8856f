"""After Kafka was lost: its users, what they may, and streams, as they are on record."""

from collections.abc import AsyncIterator
from uuid import uuid4

import pytest
from aiokafka.errors import KafkaConnectionError, TopicAuthorizationFailedError

from jinding.kafka.agencies import KafkaAgencies
from services.gateway.agencies.partners import Partners, Secrets
from services.gateway.agencies.scope import stream_of
from tests.gateway.agencies.feeding import FIRE, REPORTS, WHOLE
from tests.gateway.projections.projecting import projecting
from tests.support.auditing import audit_of
from tests.support.kafka.agency import Outside
from tests.support.kafka.secured import SecuredBroker
from tests.support.postgres import FreshDatabases
from tests.support.running import eventually

pytestmark = [pytest.mark.kafka, pytest.mark.proof]


@pytest.fixture
async def partners(
    fresh_database: FreshDatabases, secured_kafka: SecuredBroker
) -> AsyncIterator[Partners]:
    made = await projecting(fresh_database)
    partners = Partners(audit_of(made.database), "tester", KafkaAgencies(secured_kafka.settings))
    yield partners
    for row in await partners.all():
        await partners.revoke(row["agency"], "结束")
    await made.database.close()


async def test_a_broker_that_knows_nothing_is_told_everything(
    partners: Partners, secured_kafka: SecuredBroker
) -> None:
    whole, part, stranger = (f"fire-{uuid4().hex[:8]}" for _ in range(3))
    assert partners.kafka
    for agency, scope in ((whole, WHOLE), (part, FIRE)):
        await partners.add(agency, "消防大队", "Fire brigade", scope, "协议一")
        await heard(partners, {agency: True})
        await partners.kafka.expel(agency)
    await partners.kafka.admit(stranger, "a long random text")
    await heard(partners, {whole: None, part: None, stranger: True})
    issued = await partners.sync()
    assert issued.keys() == {whole, part}
    for agency, topic in ((whole, REPORTS), (part, stream_of(part))):
        await reads(secured_kafka, agency, issued[agency], topic)

    async def is_unknown() -> bool:
        outside = Outside(secured_kafka, stranger, "a long random text")
        try:
            async with outside.consuming(REPORTS):
                raise AssertionError("it reads")
        except TopicAuthorizationFailedError:  # the broker may still know the user, who may nothing
            return False
        except KafkaConnectionError:
            return True

    assert await eventually(is_unknown, 30)
    assert await partners.sync() == {}


async def test_ended_and_granted_again_and_the_password_changed(
    partners: Partners, secured_kafka: SecuredBroker, caplog: pytest.LogCaptureFixture
) -> None:
    agency = f"fire-{uuid4().hex[:8]}"
    made = [await partners.add(agency, "消防大队", "Fire brigade", WHOLE, "协议一")]
    await heard(partners, {agency: True})
    await partners.revoke(agency, "终止")
    await heard(partners, {agency: None})
    made.append(await partners.grant(agency, WHOLE, "协议二"))
    await reads(secured_kafka, agency, made[1])
    made.append(await partners.kafka_password(agency))
    await reads(secured_kafka, agency, made[2])
    for old in made[:2]:
        with pytest.raises(KafkaConnectionError):
            async with Outside(secured_kafka, agency, old.password or "").consuming(REPORTS):
                pass
    assert (
        "in the clear" not in caplog.text
    )  # nothing that an operator must be told beside a password


async def heard(partners: Partners, told: dict[str, bool | None]) -> None:
    """Kafka says that a change is made when its controller has made it; the broker that is asked, and that lets clients
    in, hears of it a moment later."""

    async def as_told() -> bool:
        assert partners.kafka
        known = await partners.kafka.known()
        return {agency: known.get(agency) for agency in told} == told

    await eventually(as_told, 30)


async def reads(broker: SecuredBroker, agency: str, made: Secrets, topic: str = REPORTS) -> None:
    """Once the broker has heard of its password and of its rights."""

    async def does() -> bool:
        try:
            async with Outside(broker, agency, made.password or "").consuming(topic) as consumer:
                return bool(await consumer.topics() == {topic})
        except (KafkaConnectionError, TopicAuthorizationFailedError):
            return False

    await eventually(does, 30)
