import asyncio

import pytest

from services.chassis.eventlog.port import EventLog, OffsetOutOfRange, Partition
from tests.chassis.eventlog.adapters import Adapter
from tests.chassis.eventlog.records import from_the_start, make_record, read, read_all, values


async def test_a_reader_starts_where_it_is_told(log: EventLog, topic: str) -> None:
    await log.append([make_record(topic, b"%d" % n) for n in range(10)])
    reader = log.reader()
    for start in (7, 0, 9):
        await reader.assign({Partition(topic, 0): start})
        stored = await read(reader, 10 - start)
        assert [record.offset for record in stored] == list(range(start, 10))
    await reader.close()


async def test_a_reader_reads_only_its_partitions(log: EventLog, topic: str) -> None:
    await log.append([make_record(topic, b"%d" % n, partition=n) for n in range(3)])
    reader = log.reader()
    await reader.assign({Partition(topic, 0): 0, Partition(topic, 1): 0})
    assert sorted(map(bytes, filter(None, values(await read(reader, 2))))) == [b"0", b"1"]
    await reader.assign({Partition(topic, 2): 0})
    assert values(await reader.poll(10, 10)) == [b"2"]
    assert values(await reader.poll(10, 0)) == []
    await reader.close()


async def test_a_poll_gives_no_more_than_asked_and_goes_on(log: EventLog, topic: str) -> None:
    await log.append([make_record(topic, b"%d" % n) for n in range(5)])
    reader = log.reader()
    await reader.assign({Partition(topic, 0): 0})
    polled = [values(await reader.poll(2, 10)) for _ in range(3)]
    assert polled == [[b"0", b"1"], [b"2", b"3"], [b"4"]]
    await reader.close()


async def test_readers_do_not_share_their_positions(log: EventLog, topic: str) -> None:
    readers = [log.reader() for _ in range(3)]
    for reader in readers:
        await reader.assign(from_the_start(topic))
    await log.append([make_record(topic, b"%d" % n) for n in range(4)])
    for reader in readers:
        assert values(await read(reader, 4)) == [b"0", b"1", b"2", b"3"]
        await reader.close()


async def test_a_waiting_reader_is_woken_by_an_append(log: EventLog, topic: str) -> None:
    reader = log.reader()
    await reader.assign(from_the_start(topic))
    assert await reader.poll(10, 0.1) == []
    waiting = asyncio.create_task(reader.poll(10, 60))
    await asyncio.sleep(0)
    await log.append([make_record(topic, b"news")])
    assert values(await asyncio.wait_for(waiting, 10)) == [b"news"]
    await reader.close()


async def test_a_reader_without_partitions_waits_in_peace(log: EventLog, topic: str) -> None:
    reader = log.reader()
    assert list(await reader.poll(10, 0.01)) == []
    await reader.assign({})
    assert list(await reader.poll(10, 0.01)) == []
    await reader.close()


async def test_what_retention_deleted_is_out_of_range(
    adapter: Adapter, log: EventLog, topic: str
) -> None:
    partition = Partition(topic, 3)
    await log.append([make_record(topic, b"%d" % n, partition=3) for n in range(5)])
    await adapter.delete_before(partition, 2)
    reader = log.reader()
    await reader.assign({partition: 1, Partition(topic, 4): 0})
    with pytest.raises(OffsetOutOfRange) as lost:
        await reader.poll(10, 10)
    assert lost.value.partition == partition
    assert (lost.value.wanted, lost.value.start, lost.value.end) == (1, 2, 5)
    await reader.assign({partition: lost.value.start})
    assert [record.offset for record in await read(reader, 3)] == [2, 3, 4]
    await reader.close()


async def test_offsets_go_on_after_everything_expired(
    adapter: Adapter, log: EventLog, topic: str
) -> None:
    partition = Partition(topic, 0)
    await log.append([make_record(topic, b"old") for _ in range(3)])
    await adapter.delete_before(partition, 3)
    assert (await log.ends([topic]))[partition] == 3
    await log.append([make_record(topic, b"new")])
    (stored,) = await read_all(log, {partition: 3}, 1)
    assert (stored.offset, stored.value) == (3, b"new")


async def test_an_offset_beyond_the_end_is_out_of_range(log: EventLog, topic: str) -> None:
    await log.append([make_record(topic)])
    reader = log.reader()
    await reader.assign({Partition(topic, 0): 2})
    with pytest.raises(OffsetOutOfRange) as lost:
        await reader.poll(10, 10)
    assert (lost.value.start, lost.value.end) == (0, 1)
    await reader.close()
