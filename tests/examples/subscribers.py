"""The examples as processes of their own, and the replicas that they keep."""

import asyncio
import os
import sqlite3
import sys
from collections.abc import AsyncIterator, Iterable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from uuid import UUID

from tests.architecture.sources import ROOT
from tests.gateway.agencies.feeding import Event, Fed
from tests.gateway.projections.histories import History
from tests.gateway.projections.projecting import Known
from tests.support.kafka.agency import Outside
from tests.support.running import eventually

Replica = dict[str, tuple[int, int]]
Subscriber = AbstractAsyncContextManager[asyncio.subprocess.Process]


def by_http(fed: Fed, file: Path) -> Subscriber:
    return _running("subscriber", file, JINDING_URL=fed.system.urls["gateway"], JINDING_KEY=fed.key)


def by_kafka(outside: Outside, topics: Iterable[str], file: Path, fed: Fed | None) -> Subscriber:
    """Without `fed` no snapshot can be had."""
    return _running(
        "kafka_subscriber",
        file,
        JINDING_URL=fed.system.urls["gateway"] if fed else "",
        JINDING_KEY=fed.key if fed else "",
        JINDING_KAFKA=outside.broker.external,
        JINDING_CA=str(outside.broker.secrets / "ca.pem"),
        JINDING_AGENCY=outside.agency,
        JINDING_PASSWORD=outside.password,
        JINDING_TOPICS=",".join(topics),
    )


class Restored:
    """A service's reports before it came back from a backup, and after: of three one is left, and the first event of
    the new epoch is a new one's."""

    def __init__(self) -> None:
        self.before = History([(0, "accept", 1)]).facts
        left, other, _ = History([], epoch=2).snapshots
        self.services = Known([left, other._replace(id=UUID(int=9))], epoch_now=2)
        self.first = History([], epoch=2).facts[1]._replace(id=UUID(int=9))
        self.left: Replica = {str(left.id): (2, 1), str(self.first.id): (2, 1)}

    async def tell(self, fed: Fed) -> None:
        await fed.archive.runner(self.services).settle(fed.archive.records([self.first]))


@asynccontextmanager
async def _running(
    script: str, file: Path, **environment: str
) -> AsyncIterator[asyncio.subprocess.Process]:
    """Runs until the end of the block; then it is killed."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        ROOT / f"examples/partner/{script}.py",
        env={**os.environ, **environment, "JINDING_FILE": str(file)},
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


def replica(file: Path) -> Replica:
    with sqlite3.connect(file) as db:
        rows = db.execute("select id, epoch, version from aggregate").fetchall()
    return {id_: (epoch, version) for id_, epoch, version in rows}


def versions(events: Iterable[Event]) -> Replica:
    return {e["subject"]: (e["epoch"], e["aggregateversion"]) for e in events}


async def kept(file: Path, wanted: Replica, seconds: float = 10) -> None:
    """Wait until just that is in the replica."""

    async def equal() -> bool:
        return await asyncio.to_thread(_tables, file) == wanted

    await eventually(equal, seconds)


async def replicated(fed: Fed, file: Path, seconds: float = 10, count: int = 0) -> Replica:
    """Wait until the replica is what a fresh snapshot says, of at least `count` aggregates; that."""

    async def equal() -> bool:
        known = versions(await fed.snapshot())
        return len(known) >= count and await asyncio.to_thread(_tables, file) == known

    await eventually(equal, seconds)
    return replica(file)


def _tables(file: Path) -> Replica | None:
    try:
        return replica(file) if file.exists() else None
    except sqlite3.OperationalError:  # not made yet
        return None
