"""The two logs as the specification drives them, with what only a test or an operator does to a log."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Protocol

import asyncpg
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.records_to_delete import RecordsToDelete
from aiokafka.structs import TopicPartition

from services.chassis.eventlog.embedded import EmbeddedLog, migrate
from services.chassis.eventlog.kafka import KafkaLog
from services.chassis.eventlog.port import EventLog, Partition
from services.chassis.session import dsn
from tests.support.postgres import FreshDatabases
from tests.support.running import eventually


class Adapter(Protocol):
    def open(self) -> EventLog: ...

    async def delete_topic(self, topic: str) -> None: ...

    async def delete_before(self, partition: Partition, offset: int) -> None: ...


class Embedded:
    def __init__(self, url: str) -> None:
        self.url = url

    def open(self) -> EmbeddedLog:
        return EmbeddedLog(self.url)

    async def delete_topic(self, topic: str) -> None:
        await self.execute("DELETE FROM topics WHERE name = $1", topic)

    async def delete_before(self, partition: Partition, offset: int) -> None:
        await self.execute(
            "UPDATE records r SET appended_at = now() - interval '31 days' FROM topics t "
            'WHERE t.topic = r.topic AND name = $1 AND partition = $2 AND "offset" < $3',
            *partition,
            offset,
        )
        log = self.open()
        await log.start()
        await log.expire()
        await log.stop()

    async def execute(self, statement: str, *values: object) -> None:
        connection = await asyncpg.connect(dsn(self.url))
        await connection.execute(statement, *values)
        await connection.close()


async def embedded_log(fresh_database: FreshDatabases) -> Embedded:
    async def prepare(url: str) -> None:
        await migrate(url)

    return Embedded(await fresh_database("event_log", prepare))


class Kafka:
    def __init__(self, bootstrap: str) -> None:
        self.bootstrap = bootstrap

    def open(self, timeout: float = 10.0) -> KafkaLog:
        return KafkaLog(self.bootstrap, timeout=timeout)

    async def delete_topic(self, topic: str) -> None:
        async with self.admin() as admin:
            await admin.delete_topics([topic])

            async def gone() -> bool:
                return topic not in await admin.list_topics()

            await eventually(gone)  # the broker says so before it has heard of it itself

    async def delete_before(self, partition: Partition, offset: int) -> None:
        async with self.admin() as admin:
            await admin.delete_records({TopicPartition(*partition): RecordsToDelete(offset)})

    @asynccontextmanager
    async def admin(self) -> AsyncIterator[AIOKafkaAdminClient]:
        admin = AIOKafkaAdminClient(bootstrap_servers=self.bootstrap)
        await admin.start()
        yield admin
        await admin.close()
