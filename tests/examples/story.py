"""A partner agency's whole story, against a real broker: `python -m tests.examples.story`.

Each step is done and looked at; one that does not hold ends the story.
"""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, cast
from uuid import UUID, uuid4

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import (
    GroupAuthorizationFailedError,
    KafkaConnectionError,
    TopicAuthorizationFailedError,
    for_code,
)
from kafka.admin import ConfigResource
from rich.console import Console
from rich.table import Table

from jinding.kafka.administration import administering
from jinding.kafka.agencies import KafkaAgencies
from jinding.kafka.services import prepare
from services.chassis.database import Database
from services.gateway.agencies.partners import Partners
from services.gateway.agencies.scope import stream_of
from tests.examples.subscribers import by_http, by_kafka, replica, replicated
from tests.gateway.agencies.feeding import FIRE, REPORTS, WHOLE, XIAOSHUN, Fed
from tests.gateway.district import MORE_AREAS, ORGANISATIONS
from tests.support.auditing import audit_of
from tests.support.grid import AREAS, REPORT
from tests.support.kafka.agency import Outside
from tests.support.kafka.fixtures import started
from tests.support.kafka.secured import SecuredBroker
from tests.support.postgres import FreshDatabases, fresh_databases, running_test_server
from tests.support.running import eventually
from tests.support.stack import Stack, stack

GRIDS = ("330703105291001", f"{XIAOSHUN}201001")
KINDS = [(grid, category) for grid in GRIDS for category in ("FIRE_SAFETY", "ENVIRONMENT")]
CASES = "jinding.disputes.case.v1"
PATIENCE = 30.0


class Step(NamedTuple):
    what: str
    seen: str


@dataclass
class Town:
    """The system, with what its people report."""

    system: Stack
    token: str

    async def report(self, count: int) -> list[UUID]:
        """So many of each township and category."""
        ids = []
        for _ in range(count):
            for grid, category in KINDS:
                ids.append(id_ := uuid4())
                facts = {"id": str(id_), "area_code": grid, "category": category}
                answer = await self.system.call(
                    self.token,
                    "POST",
                    "/v1/grid/reports",
                    REPORT | facts,
                    {"Idempotency-Key": str(id_)},
                )
                assert answer.status_code == 201, answer.text
        return ids


@asynccontextmanager
async def town(fresh: FreshDatabases, folder: Path, broker: SecuredBroker) -> AsyncIterator[Town]:
    def on_kafka(name: str) -> Mapping[str, Any]:
        """Each service is a user of its own, as in a deployment."""
        return {
            "event_log": "kafka",
            "kafka_bootstrap": broker.bootstrap,
            "kafka_user": name,
            "kafka_security": "sasl_plaintext",
            "kafka_password_file": broker.secrets / f"kafka_{name}",
        }

    async with stack(fresh, folder, ["grid"], every=on_kafka) as system:
        importer = await system.token("data_importer")
        for noun, rows in (("areas", [*AREAS, *MORE_AREAS]), ("organisations", ORGANISATIONS)):
            answer = await system.call(importer, "PUT", f"/v1/grid/{noun}/import", {"rows": rows})
            assert answer.status_code == 200, answer.text
        yield Town(system, await system.token("district_operator", "red_grid_member"))


async def story(
    fresh: FreshDatabases, folder: Path, broker: SecuredBroker, agency: str
) -> AsyncIterator[Step]:
    async with town(fresh, folder, broker) as people:
        database = Database(people.system.databases["gateway"], 2)
        partners = Partners(audit_of(database), "story", KafkaAgencies(broker.settings))
        await people.report(3)
        made = await partners.add(agency, "消防救援大队", "Fire brigade", WHOLE, "协议 2026-01")
        assert made.key
        assert made.password
        yield Step("登记 · added", f"{', '.join(made.topics)}; key and password shown once")
        fed = Fed(people.system, cast(Any, None), partners, made.key.key)
        outside = Outside(broker, agency, made.password)
        file = folder / "replica.sqlite"
        async for step in _whole(people, fed, outside, file):
            yield step
        async for step in _narrowed(people, fed, outside, file):
            yield step
        async for step in _revoked(people, fed, outside, file):
            yield step
        await database.close()


async def _whole(people: Town, fed: Fed, outside: Outside, file: Path) -> AsyncIterator[Step]:
    async with by_kafka(outside, [REPORTS], file, fed):
        known = await replicated(fed, file, PATIENCE, 3 * len(KINDS))
    yield Step(
        "经 Kafka 读取 · consumes in its own group", f"{len(known)} reports, as the snapshot"
    )
    await people.report(2)
    async with by_kafka(outside, [REPORTS], file, fed):
        known = await replicated(fed, file, PATIENCE, 5 * len(KINDS))
    yield Step("被杀后继续 · killed and started again", f"{len(known)} reports, as the snapshot")
    yield Step("别处均被拒绝 · refused elsewhere", await _refusals(outside))
    missed = await people.report(2)
    await _retention_passes(outside.broker)
    assert await outside.all_of(REPORTS) == []
    yield Step(
        "离线超过保留期 · away while retention passes", f"{len(missed)} events are gone there"
    )
    async with by_http(fed, file):
        known = await replicated(fed, file, PATIENCE, 7 * len(KINDS))
    assert known.keys() >= set(map(str, missed))
    yield Step("经 HTTP 补齐 · catches up by HTTP", f"{len(known)} reports, as a fresh snapshot")


async def _narrowed(people: Town, fed: Fed, outside: Outside, file: Path) -> AsyncIterator[Step]:
    before = len(replica(file))
    topics = (await fed.partners.narrow(outside.agency, FIRE, "只限一镇消防")).topics
    stream = stream_of(outside.agency)
    assert topics == [stream]
    await people.report(1)
    async with by_kafka(outside, topics, file, fed):
        known = await replicated(fed, file, PATIENCE)
    assert 0 < len(known) < before
    yield Step("收窄至一镇消防 · narrowed", f"tombstones: {before} reports become {len(known)}")
    records = [record for record in await outside.all_of(stream) if record.value is not None]
    wrong = [record.key for record in records if (record.key or b"").decode() not in known]
    over_http = [event for event in (await fed.read())[0] if event["subject"] not in known]
    assert (wrong, over_http, await _refused_at(outside, REPORTS)) == ([], [], True)
    yield Step(
        "别镇别类为零 · zero others", f"Kafka 0 of {len(records)}, HTTP 0; the topic refused"
    )


async def _revoked(people: Town, fed: Fed, outside: Outside, file: Path) -> AsyncIterator[Step]:
    stream = stream_of(outside.agency)
    async with (
        by_kafka(outside, [stream], file, fed) as process,
        outside.consuming(stream) as open_one,
    ):
        await open_one.getone()
        known = await replicated(fed, file, PATIENCE)
        await people.report(1)
        # What the feed has not told yet would answer the waiting request before the grant ends.
        await replicated(fed, file, PATIENCE, len(known) + 1)
        waiting = asyncio.create_task(fed.get(after="latest", wait=30))
        await fed.partners.revoke(outside.agency, "协议终止")
        await people.report(1)
        assert await asyncio.wait_for(process.wait(), PATIENCE) != 0
        assert (await waiting).status_code == 401
    assert (await fed.get()).status_code == 401
    try:
        async with outside.consuming(stream):
            raise AssertionError("it logged in")
    except KafkaConnectionError:
        pass
    yield Step("收回 · revoked", "subscriber ended, login refused, HTTP 401, waiting request too")


async def _refusals(outside: Outside) -> str:
    assert await _refused_at(outside, CASES)
    try:
        async with outside.consuming(REPORTS, group_id="gateway") as consumer:
            await consumer.getone()
        raise AssertionError("it read in a foreign group")
    except GroupAuthorizationFailedError:
        pass
    for topic in (REPORTS, CASES):
        async with outside.producing() as producer:
            try:
                await producer.send_and_wait(topic, b"forged", partition=0)
                raise AssertionError(f"it wrote to {topic}")
            except TopicAuthorizationFailedError:
                pass
    answers = await outside.administers(REPORTS)
    assert {for_code(code) for code in answers.values()} == {TopicAuthorizationFailedError}
    return f"other topic, other group, 2 writes, {len(answers)} ways to administer"


async def _refused_at(outside: Outside, topic: str) -> bool:
    try:
        async with outside.consuming(topic) as consumer:
            await consumer.getone()
    except TopicAuthorizationFailedError:
        return True
    return False


async def _retention_passes(broker: SecuredBroker) -> None:
    """A second of it, until nothing is left in the topic."""
    before = await _kept_for(broker, "1000")
    consumer = AIOKafkaConsumer(**broker.settings.client_options())
    await consumer.start()
    places = [TopicPartition(REPORTS, number) for number in range(12)]

    async def empty() -> bool:
        ends = await consumer.end_offsets(places)
        return bool(ends == await consumer.beginning_offsets(places))

    await eventually(empty, PATIENCE)
    await consumer.stop()
    await _kept_for(broker, before)


async def _kept_for(broker: SecuredBroker, milliseconds: str) -> str:
    """What it was before."""

    def change() -> str:
        with administering(broker.settings) as administration:
            before = administration.settings_of_topics()[REPORTS]["retention.ms"]
            wanted = ConfigResource("topic", REPORTS, {"retention.ms": milliseconds})
            administration._client.alter_configs([wanted])
            return before

    return await asyncio.to_thread(change)


@asynccontextmanager
async def broker_of_its_own(folder: Path) -> AsyncIterator[SecuredBroker]:
    # Who joins a group waits for a killed member's session to end, 10 s: as in a deployment, that is not idle yet.
    broker = started(lambda: SecuredBroker(folder, idle_ms=15_000))
    try:
        await prepare(broker.settings)
        yield broker
    finally:
        broker.stop()


async def _told(console: Console) -> None:
    table = Table("步骤 · step", "所见 · seen", title="协作单位 · a partner agency")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        async with (
            broker_of_its_own(folder / "kafka") as broker,
            running_test_server() as server,
            fresh_databases(server) as fresh,
        ):
            async for step in story(fresh, folder, broker, "fire-brigade"):
                table.add_row(*step)
    console.print(table)


if __name__ == "__main__":
    asyncio.run(_told(Console()))
