import asyncio

import pytest

from services.chassis.eventlog.port import (
    MAX_RECORD_BYTES,
    PARTITIONS,
    EventLog,
    Partition,
    Record,
    RecordRefused,
    TopicMissing,
)
from tests.chassis.eventlog.adapters import Adapter
from tests.chassis.eventlog.records import (
    by_partition,
    from_the_start,
    make_record,
    read,
    read_all,
    values,
)

WRITERS, APPENDS, BATCH = 4, 15, 24


async def test_a_record_is_read_as_it_was_appended(log: EventLog, topic: str) -> None:
    headers = (
        ("ce_type", "雷峰.v1".encode()),
        ("content-type", b"application/json"),
        ("bytes", bytes(range(256))),
        ("ce_type", b"a second one of that name"),
        ("标头", b""),
    )
    records = [
        make_record(topic, '{"名":"值"}'.encode(), key="键".encode(), headers=headers),
        make_record(topic, None, key=b"gone"),
        make_record(topic, b"", key=b"\x00\xff"),
    ]
    await log.append(records)
    stored = await read_all(log, {Partition(topic, 0): 0}, 3)
    assert [Record(r.partition, r.key, r.headers, r.value) for r in stored] == records
    assert [record.offset for record in stored] == [0, 1, 2]


async def test_offsets_count_from_zero_in_every_partition(log: EventLog, topic: str) -> None:
    for turn in range(3):
        await log.append([make_record(topic, b"%d" % turn, partition=n) for n in range(PARTITIONS)])
    parts = by_partition(await read_all(log, from_the_start(topic), 3 * PARTITIONS))
    assert parts.keys() == from_the_start(topic).keys()
    for records in parts.values():
        assert [(r.offset, r.value) for r in records] == [(0, b"0"), (1, b"1"), (2, b"2")]


async def test_an_append_of_nothing_is_no_append(log: EventLog, topic: str) -> None:
    await log.append([])
    assert set((await log.ends([topic])).values()) == {0}


async def test_an_append_may_be_larger_than_any_batch_of_the_log(log: EventLog, topic: str) -> None:
    records = [make_record(topic, b"%d" % n + bytes(400_000)) for n in range(7)]
    await log.append(records)
    assert values(await read_all(log, {Partition(topic, 0): 0}, 7)) == values(records)


async def test_one_append_may_go_to_several_topics(log: EventLog, topic: str) -> None:
    other = f"{topic}.other"
    await log.create_topics([other])
    await log.append([make_record(topic, b"1"), make_record(other, b"2"), make_record(topic, b"3")])
    assert values(await read_all(log, from_the_start(topic), 2)) == [b"1", b"3"]
    assert values(await read_all(log, from_the_start(other), 1)) == [b"2"]


async def test_the_largest_record_is_taken(log: EventLog, topic: str) -> None:
    record = make_record(topic, bytes(MAX_RECORD_BYTES - 3), key=b"key")
    await log.append([record])
    (stored,) = await read_all(log, from_the_start(topic), 1)
    assert stored.value == record.value


@pytest.mark.parametrize("fault", ["too large", "no such partition", "unspeakable header"])
async def test_a_poison_record_is_refused_by_its_index(
    log: EventLog, topic: str, fault: str
) -> None:
    poison = {
        "too large": make_record(topic, bytes(MAX_RECORD_BYTES - 2), key=b"key"),
        "no such partition": make_record(topic, partition=PARTITIONS),
        "unspeakable header": make_record(topic, headers=(("\ud800", b""),)),
    }[fault]
    first, second, last = (make_record(topic, value) for value in (b"1", b"2", b"3"))
    with pytest.raises(RecordRefused) as refused:
        await log.append([first, second, poison, last])
    assert refused.value.index == 2
    assert values(await read_all(log, from_the_start(topic), 2)) == [b"1", b"2"]
    assert (await log.ends([topic]))[Partition(topic, 0)] == 2


async def test_a_topic_is_never_created_by_using_it(log: EventLog, topic_name: str) -> None:
    with pytest.raises(TopicMissing):
        await log.append([make_record(topic_name)])
    with pytest.raises(TopicMissing):
        await log.reader().assign({Partition(topic_name, 0): 0})
    with pytest.raises(TopicMissing):
        await log.ends([topic_name])
    with pytest.raises(TopicMissing):
        await log.identity(topic_name)


async def test_concurrent_writers_leave_no_gap_and_keep_their_order(
    adapter: Adapter, log: EventLog, topic: str
) -> None:
    reader = log.reader()
    await reader.assign(from_the_start(topic))
    writers = [asyncio.create_task(write(adapter, topic, n)) for n in range(WRITERS)]
    records = await read(reader, WRITERS * APPENDS * BATCH)
    await asyncio.gather(*writers)
    await reader.close()
    for part in by_partition(records).values():
        assert [record.offset for record in part] == list(range(len(part)))
        for writer in range(WRITERS):
            own = [int(r.value or b"") for r in part if r.key == b"%d" % writer]
            assert own == sorted(own)


async def write(adapter: Adapter, topic: str, writer: int) -> None:
    log = adapter.open()
    await log.start()
    for turn in range(APPENDS):
        serials = range(turn * BATCH, (turn + 1) * BATCH)
        await log.append(
            [
                make_record(topic, b"%d" % n, key=b"%d" % writer, partition=(n * 5) % PARTITIONS)
                for n in serials
            ]
        )
    await log.stop()
