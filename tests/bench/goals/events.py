"""P6: the outbox to Kafka against a plain producer, and Kafka to cards, tallies and archive against a plain
consumer."""

import asyncio
import json
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncpg

from services.chassis.eventlog.kafka import KafkaLog
from services.contracts.grid import ReportFact
from tests.bench.bench import Bench
from tests.bench.figures import Row, ratios
from tests.bench.lives import STEPS, recorded
from tests.bench.load import Refused
from tests.bench.place import Place
from tests.support.kafka.broker import Broker
from tests.support.kafka.jars import NoKafka
from tests.support.running import eventually

LIVES = 14_400
"""100,800 events a round."""
RAW = "bench.raw"
BATCH_BYTES = 1_000_000
PATIENCE_SECONDS = 120.0
# The times at which batches were archived; the first began before we could know.
PROJECTED = """with batch as (select read_at as at, count(*) as n from archive where read_at > $1 group by 1)
    select (sum(n) - (select n from batch order by at limit 1)) / extract(epoch from max(at) - min(at)) from batch"""


async def measure(bench: Bench) -> list[Row]:
    return await on_kafka(bench, "P6", _measured)


async def on_kafka(
    bench: Bench, goal: str, measured: Callable[[Bench, "Round"], Awaitable[list[Row]]]
) -> list[Row]:
    """With a broker of its own; no rows where none can run."""
    with tempfile.TemporaryDirectory(prefix="jinding-bench-") as folder:
        try:
            broker = await asyncio.to_thread(_started, Path(folder))
        except NoKafka as reason:
            bench.progress.console.print(
                f"{goal}: 没有 Kafka，未测 no Kafka, not measured: {reason}"
            )
            return []
        try:
            async with bench.fresh(event_log="kafka", kafka_bootstrap=broker.bootstrap) as place:
                return await measured(bench, Round(place, broker.bootstrap))
        finally:
            broker.stop()


def _started(folder: Path) -> Broker:
    broker = Broker(folder)
    broker.start()
    return broker


async def _measured(bench: Bench, turn: "Round") -> list[Row]:
    measures = {
        "producer": turn.produced,
        "relay": turn.relayed,
        "consumer": turn.consumed,
        "projection": turn.projected,
    }
    found = await bench.interleaved("P6", measures)
    told = bench.middle(found)
    bench.say("P6 relay to the embedded log")
    embedded = [await turn.relayed_embedded()]
    return [
        Row(
            "P6 relay to Kafka ÷ aiokafka producer",
            ratios(found["relay"], found["producer"]),
            0.8,
            told=told,
        ),
        Row(
            "P6 projection ÷ aiokafka consumer",
            ratios(found["projection"], found["consumer"]),
            0.1,
            told=told,
        ),
        Row("P6 relay to the embedded log, events a second", embedded),
    ]


@dataclass
class Round:
    """One round after another: each has events of its own, which go the whole way."""

    place: Place
    bootstrap: str
    after: int = 0
    count: int = 0
    starts: Mapping[int, int] = field(default_factory=dict)

    async def recorded(self) -> None:
        self.after, self.count = await recorded(self.place.url("grid"), LIVES)

    async def produced(self) -> float:
        await self.recorded()
        async with self.log() as log:
            await log.create_topics([RAW])
        database = self.place.url("grid")
        told = {"database": database, "after": self.after, "topic": RAW, "batch_bytes": BATCH_BYTES}
        return await self._alone("produce", told)

    async def relayed(self) -> float:
        async with self.log() as log:
            ends = await log.ends([ReportFact.topic])
            self.starts = {partition.number: end for partition, end in ends.items()}
        return await self._relayed()

    async def relayed_embedded(self) -> float:
        again = "insert into unpublished select lane, id from outbox where id > $1"
        await self.place.execute("grid", again, self.after)
        await self.place.execute("grid", "vacuum unpublished")
        return await self._relayed(EVENT_LOG="embedded")

    async def _relayed(self, **settings: str) -> float:
        """By the relay of the service, which has nothing else to do; from the first batch that we see gone."""
        connection = await asyncpg.connect(self.place.url("grid"))
        (lane, number), *_ = await connection.fetch(
            "select lane, id from unpublished order by lane, id limit 1"
        )

        def gone(which: str) -> Callable[[], Awaitable[bool]]:
            query = f"select not exists (select from unpublished where {which})"
            return lambda: connection.fetchval(query)

        try:
            async with self.place.running([self.place.service("grid", **settings)]):
                await eventually(gone(f"(lane, id) = ({lane}, {number})"), PATIENCE_SECONDS)
                left = await connection.fetchval("select count(*) from unpublished")
                began = time.perf_counter()
                await eventually(gone("true"), PATIENCE_SECONDS)
                return float(left / (time.perf_counter() - began))
        finally:
            await connection.close()

    async def consumed(self) -> float:
        return await self._alone("consume", {"topic": ReportFact.topic, "starts": self.starts})

    async def projected(self) -> float:
        began = await self.told("gateway", "select now()")
        query = "select coalesce(sum(next_offset), 0) >= $1::bigint from consumer_offset where topic = $2"
        wanted = sum(self.starts.values()) + self.count
        async with self.place.running([self.place.service("gateway")]):
            await eventually(
                lambda: self.told("gateway", query, wanted, ReportFact.topic), PATIENCE_SECONDS
            )
        cards = await self.told("gateway", "select count(*) from card where version = $1", STEPS)
        if cards * STEPS != wanted:
            raise Refused(f"{cards} cards are complete, not {wanted // STEPS}")
        return float(await self.told("gateway", PROJECTED, began))

    async def told(self, database: str, query: str, *arguments: Any) -> Any:
        ((value,),) = await self.place.fetch(database, query, *arguments)
        return value

    async def _alone(self, what: str, told: Mapping[str, Any]) -> float:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.bench.baselines.kafka", what),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        asked = {"bootstrap": self.bootstrap, "count": self.count, **told}
        answer, _ = await process.communicate(json.dumps(asked).encode())
        if process.returncode:
            raise Refused(f"the plain {what} failed; see above")
        return float(answer)

    @asynccontextmanager
    async def log(self) -> AsyncIterator[KafkaLog]:
        log = KafkaLog(self.bootstrap)
        await log.start()
        try:
            yield log
        finally:
            await log.stop()
