"""The examples as processes of their own, and the replicas that they keep."""

import asyncio
import os
import sqlite3
import sys
from collections.abc import AsyncIterator, Iterable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

from tests.architecture.sources import ROOT
from tests.gateway.agencies.feeding import Event, Fed
from tests.support.kafka.agency import Outside
from tests.support.running import eventually

Known = dict[str, tuple[int, int]]
Subscriber = AbstractAsyncContextManager[asyncio.subprocess.Process]


def by_http(fed: Fed, file: Path) -> Subscriber:
    return _running("subscriber", file, JINDING_URL=fed.system.urls["gateway"], JINDING_KEY=fed.key)


def by_kafka(outside: Outside, topics: Iterable[str], file: Path) -> Subscriber:
    return _running(
        "kafka_subscriber",
        file,
        JINDING_KAFKA=outside.broker.external,
        JINDING_CA=str(outside.broker.secrets / "ca.pem"),
        JINDING_AGENCY=outside.agency,
        JINDING_PASSWORD=outside.password,
        JINDING_TOPICS=",".join(topics),
    )


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


def replica(file: Path) -> Known:
    with sqlite3.connect(file) as db:
        rows = db.execute("select id, epoch, version from aggregate").fetchall()
    return {id_: (epoch, version) for id_, epoch, version in rows}


def versions(events: Iterable[Event]) -> Known:
    return {e["subject"]: (e["epoch"], e["aggregateversion"]) for e in events}


async def kept(file: Path, wanted: Known, seconds: float = 10) -> None:
    """Wait until just that is in the replica."""

    async def equal() -> bool:
        return await asyncio.to_thread(_tables, file) == wanted

    await eventually(equal, seconds)


async def replicated(fed: Fed, file: Path, seconds: float = 10) -> Known:
    """Wait until the replica is what a fresh snapshot says; that."""

    async def equal() -> bool:
        known = versions(await fed.snapshot())
        return await asyncio.to_thread(_tables, file) == known

    await eventually(equal, seconds)
    return replica(file)


def _tables(file: Path) -> Known | None:
    try:
        return replica(file) if file.exists() else None
    except sqlite3.OperationalError:  # not made yet
        return None
