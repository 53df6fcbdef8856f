"""A partner agency's own clients, on the broker's external listener."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRecord, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from jinding.kafka.agencies import user_of
from tests.support.kafka.secured import SecuredBroker


@dataclass(frozen=True)
class Outside:
    broker: SecuredBroker
    agency: str
    password: str

    @property
    def options(self) -> dict[str, Any]:
        return self.broker.outside(user_of(self.agency), self.password)

    @asynccontextmanager
    async def consuming(self, topic: str, **options: Any) -> AsyncIterator[AIOKafkaConsumer]:
        given = {
            "group_id": f"agency-{self.agency}.main",
            "auto_offset_reset": "earliest",
            "enable_auto_commit": False,
        }
        consumer = AIOKafkaConsumer(topic, **self.options, **(given | options))
        try:
            async with asyncio.timeout(30):
                await consumer.start()
                yield consumer
        finally:
            await consumer.stop()

    async def all_of(self, topic: str) -> list[ConsumerRecord[bytes, bytes]]:
        """Whatever can be read of the topic now, by a newcomer."""
        records: list[ConsumerRecord[bytes, bytes]] = []
        consumer = AIOKafkaConsumer(**self.options, auto_offset_reset="earliest")
        await consumer.start()
        try:
            places = [TopicPartition(topic, number) for number in range(12)]
            consumer.assign(places)
            for place, end in (await consumer.end_offsets(places)).items():
                while await consumer.position(place) < end:
                    fetched = await consumer.getmany(*places, timeout_ms=500)
                    records += [record for batch in fetched.values() for record in batch]
        finally:
            await consumer.stop()
        return records

    @asynccontextmanager
    async def producing(self) -> AsyncIterator[AIOKafkaProducer]:
        producer = AIOKafkaProducer(**self.options)
        await producer.start()
        try:
            yield producer
        finally:
            await producer.stop()

    @asynccontextmanager
    async def administering(self) -> AsyncIterator[AIOKafkaAdminClient]:
        admin = AIOKafkaAdminClient(**self.options)
        await admin.start()
        try:
            yield admin
        finally:
            await admin.close()

    async def administers(self, topic: str) -> dict[str, int]:
        """What Kafka answers (0: done) to each way to make, change, describe or delete a topic."""
        change = ConfigResource(ConfigResourceType.TOPIC, topic, {"retention.ms": "1"})
        async with self.administering() as admin:
            created = await admin.create_topics([NewTopic("mine", 1, 1)])
            deleted = await admin.delete_topics([topic])
            [altered] = await admin.alter_configs([change])
            [described] = await admin.describe_configs([change])
        return {
            "create": created.topic_errors[0][1],
            "delete": deleted.topic_error_codes[0][1],
            "alter": altered.resources[0][0],
            "describe": described.resources[0][0],
        }
