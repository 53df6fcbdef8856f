"""aiokafka by itself: `python -m … produce|consume`, what to do on standard input, records a second on output."""

import asyncio
import json
import sys
import time
from typing import Any

import asyncpg
import uvloop
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

ROWS = (
    "select partition, aggregate_id, headers, body from outbox where id > $1 order by id limit $2"
)


async def produce(told: dict[str, Any]) -> float:
    """The outbox's own records, each sent as it comes, all acknowledged."""
    connection = await asyncpg.connect(told["database"])
    rows = await connection.fetch(ROWS, told["after"], told["count"])
    await connection.close()
    records = [
        (
            row["partition"],
            str(row["aggregate_id"]).encode(),
            [(name, value.encode()) for name, value in sorted(json.loads(row["headers"]).items())],
            row["body"],
        )
        for row in rows
    ]
    producer = AIOKafkaProducer(
        bootstrap_servers=told["bootstrap"],
        acks="all",
        enable_idempotence=True,
        max_batch_size=told["batch_bytes"],
    )
    await producer.start()
    began = time.perf_counter()
    sent = [
        await producer.send(told["topic"], value, key, partition=partition, headers=headers)
        for partition, key, headers, value in records
    ]
    await asyncio.gather(*sent)
    taken = time.perf_counter() - began
    await producer.stop()
    return len(records) / taken


async def consume(told: dict[str, Any]) -> float:
    """From the offsets told, until as many records as told have been read."""
    consumer = AIOKafkaConsumer(
        bootstrap_servers=told["bootstrap"],
        enable_auto_commit=False,
        isolation_level="read_committed",
        fetch_max_bytes=16_000_000,
    )
    await consumer.start()
    starts = {TopicPartition(told["topic"], int(n)): at for n, at in told["starts"].items()}
    consumer.assign(list(starts))
    for partition, at in starts.items():
        consumer.seek(partition, at)
    read, began = 0, time.perf_counter()
    while read < told["count"]:
        found = await consumer.getmany(timeout_ms=1000, max_records=1000)
        read += sum(map(len, found.values()))
    taken = time.perf_counter() - began
    await consumer.stop()
    return read / taken


if __name__ == "__main__":
    work = {"produce": produce, "consume": consume}[sys.argv[1]]
    print(json.dumps(uvloop.run(work(json.load(sys.stdin)))))
