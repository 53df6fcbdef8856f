"""Servers of their own that a test crashes and starts again, with the same data and address."""

import asyncio
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

import jinding.embedded
from jinding.embedded.place import places_elsewhere
from services.chassis.eventlog.embedded import EmbeddedLog
from services.chassis.eventlog.kafka import KafkaLog
from services.chassis.eventlog.port import EventLog
from tests.support.kafka.broker import Broker

TIMEOUT = 3.0


class Breakable(Protocol):
    def open(self) -> EventLog: ...

    def open_nowhere(self) -> EventLog:
        """A log whose server does not exist."""

    async def crash(self) -> None: ...

    async def restore(self) -> None: ...


class BreakablePostgres:
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._server = jinding.embedded.start(folder)
        self.url = self._server.url("postgres")

    def open(self) -> EmbeddedLog:
        return EmbeddedLog(self.url)

    def open_nowhere(self) -> EmbeddedLog:
        return EmbeddedLog("postgresql+asyncpg://log:secret@/log?host=/nowhere")

    async def crash(self) -> None:
        await asyncio.to_thread(self._stop_at_once)

    async def restore(self) -> None:
        self._server = await asyncio.to_thread(jinding.embedded.start, self._folder)

    def stop(self) -> None:
        self._server.stop()

    def _stop_at_once(self) -> None:
        place = self._server.place
        program = str(place.binaries / "pg_ctl")
        command = [program, "stop", f"--pgdata={place.data}", "--mode=immediate"]
        subprocess.run(command, check=True, capture_output=True, cwd="/", **place.identity())


class BreakableKafka:
    def __init__(self, broker: Broker) -> None:
        self._broker = broker

    def open(self) -> KafkaLog:
        return KafkaLog(self._broker.bootstrap, timeout=TIMEOUT)

    def open_nowhere(self) -> KafkaLog:
        with socket.socket() as closed_again:
            closed_again.bind(("127.0.0.1", 0))
            port = closed_again.getsockname()[1]
        return KafkaLog(f"127.0.0.1:{port}", timeout=TIMEOUT)

    async def crash(self) -> None:
        await asyncio.to_thread(self._broker.kill)

    async def restore(self) -> None:
        await asyncio.to_thread(self._broker.start)


@contextmanager
def breakable_postgres() -> Iterator[BreakablePostgres]:
    folder = Path(tempfile.mkdtemp(prefix="jinding-"))
    folder.chmod(0o711)
    server = BreakablePostgres(folder)
    try:
        yield server
    finally:
        server.stop()
        for place in (folder, *places_elsewhere(folder)):
            shutil.rmtree(place)
