"""Keeps a replica of what is granted to an agency, over Kafka, in one SQLite file. Needs aiokafka.

Killed at any moment it goes on where it was: an event is kept before its place is committed, and what comes again
changes nothing. Away for longer than Kafka keeps events, let `subscriber.py` catch up, on the same file. Kafka has no
snapshots: the one that is needed after a restore comes over HTTP, from `JINDING_URL` by `JINDING_KEY`.
"""

import asyncio
import json
import os
import sqlite3
import ssl
import time

from aiokafka import AIOKafkaConsumer, ConsumerRecord
from subscriber import TABLES, begin, is_older, restored

AGENCY = os.environ["JINDING_AGENCY"]
TOPICS = os.environ.get("JINDING_TOPICS", f"jinding.agency.{AGENCY}.v1").split(",")


def headers(record: ConsumerRecord) -> dict[str, str]:
    return {name: value.decode() for name, value in record.headers}


async def keep(db: sqlite3.Connection, records: list[ConsumerRecord]) -> None:
    told = [headers(record) for record in records if record.value is not None]
    if restored(db, ((each["ce_source"], int(each["ce_epoch"])) for each in told)):
        await asyncio.to_thread(snapshot, db)
    for record in records:
        apply(db, record)


def snapshot(db: sqlite3.Connection) -> None:
    while not begin(db):
        time.sleep(1)  # the gateway has not read so far yet


def apply(db: sqlite3.Connection, record: ConsumerRecord) -> None:
    """Keep an event, unless it came before. A tombstone: what it is about is no longer granted, or was erased."""
    id_ = record.key.decode()
    if record.value is None:
        db.execute("delete from event where subject = ?", [id_])
        db.execute("delete from aggregate where id = ?", [id_])
        return
    told = headers(record)
    at = int(told["ce_epoch"]), int(told["ce_aggregateversion"])
    known = db.execute("select epoch, version from aggregate where id = ?", [id_]).fetchone()
    if (known and at <= known) or is_older(db, told["ce_source"], at[0]):
        return
    if at[1] != (known[1] if known and known[0] == at[0] else 0) + 1:
        print(f"{id_}: {known} → {at}: events are missing; see README", flush=True)
    facts = told["ce_type"], json.dumps(json.loads(record.value), ensure_ascii=False)
    db.execute(
        "insert or ignore into event values (?, ?, ?, ?, ?)", [told["ce_id"], id_, at[1], *facts]
    )
    db.execute("insert or replace into aggregate values (?, ?, ?, ?, ?)", [id_, *at, *facts])


async def main() -> None:
    file = os.environ.get("JINDING_FILE", "replica.sqlite")
    db = sqlite3.connect(file, check_same_thread=False)
    db.executescript(TABLES)
    consumer = AIOKafkaConsumer(
        *TOPICS,
        bootstrap_servers=os.environ["JINDING_KAFKA"],
        security_protocol="SASL_SSL",
        ssl_context=ssl.create_default_context(cafile=os.environ.get("JINDING_CA")),
        sasl_mechanism="SCRAM-SHA-512",
        sasl_plain_username=f"agency-{AGENCY}",
        sasl_plain_password=os.environ["JINDING_PASSWORD"],
        group_id=f"agency-{AGENCY}.replica",
        enable_auto_commit=False,
        auto_offset_reset="earliest",
    )
    await consumer.start()
    try:
        while True:
            fetched = await consumer.getmany(timeout_ms=1000)
            with db:  # commits, or rolls back
                await keep(db, [record for records in fetched.values() for record in records])
            if fetched:
                await consumer.commit()
    finally:
        await consumer.stop()


if __name__ == "__main__":
    asyncio.run(main())
