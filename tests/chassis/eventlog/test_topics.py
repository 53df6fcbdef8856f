import asyncio

from services.chassis.eventlog.port import PARTITIONS, EventLog, Partition
from tests.chassis.eventlog.adapters import Adapter
from tests.chassis.eventlog.records import make_record, read_all, values


async def test_topics_are_created_once(log: EventLog, topic_name: str) -> None:
    other = f"{topic_name}.other"
    assert await log.create_topics([topic_name]) == [topic_name]
    await log.append([make_record(topic_name, b"kept")])
    assert await log.create_topics([other, topic_name, other]) == [other]
    assert await log.create_topics([topic_name, other]) == []
    assert values(await read_all(log, {Partition(topic_name, 0): 0}, 1)) == [b"kept"]


async def test_two_may_create_the_same_topic_at_once(adapter: Adapter, topic_name: str) -> None:
    logs = [adapter.open() for _ in range(4)]
    for log in logs:
        await log.start()
    created = await asyncio.gather(*(log.create_topics([topic_name]) for log in logs))
    assert sorted(created) == [[], [], [], [topic_name]]
    for log in logs:
        await log.append([make_record(topic_name)])
        await log.stop()


async def test_every_partition_has_an_end(log: EventLog, topic: str) -> None:
    other = f"{topic}.other"
    await log.create_topics([other])
    await log.append([make_record(topic, partition=5), make_record(topic, partition=5)])
    ends = await log.ends([topic, other])
    expected = {Partition(name, n): 0 for name in (topic, other) for n in range(PARTITIONS)}
    assert ends == {**expected, Partition(topic, 5): 2}
    assert await log.ends([]) == {}


async def test_a_topic_made_anew_is_another_topic(
    adapter: Adapter, log: EventLog, topic: str
) -> None:
    await log.append([make_record(topic, b"before"), make_record(topic, b"before")])
    stranger = adapter.open()
    await stranger.start()
    before = await log.identity(topic)
    assert await stranger.identity(topic) == before
    await adapter.delete_topic(topic)
    assert await stranger.create_topics([topic]) == [topic]
    assert await log.identity(topic) != before
    await stranger.append([make_record(topic, b"after")])
    assert values(await read_all(log, {Partition(topic, 0): 0}, 1)) == [b"after"]
    await stranger.stop()


async def test_topics_of_one_log_differ_in_identity(log: EventLog, topic: str) -> None:
    other = f"{topic}.other"
    await log.create_topics([other])
    assert await log.identity(topic) != await log.identity(other)
