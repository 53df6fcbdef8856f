"""The whole system as it runs on several machines: each relay and each reader a process of its own."""

import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import asyncpg

from jinding import embedded
from jinding.databases import Databases
from jinding.embedded.place import find_place
from jinding.lock import FolderLock
from jinding.migrate import create_topics, migrate
from jinding.passwords import Passwords
from jinding.processes import SERVICES, Process, make_keys, service_processes
from jinding.settings import Settings
from jinding.supervisor import Supervisor
from jinding.system import serving, supervised
from services.chassis.eventlog import open_log
from services.chassis.eventlog.port import EventLog
from services.chassis.settings import ServiceSettings
from tests.chaos.history import Journal
from tests.support.ports import free_ports

RECORDS = tuple(name for name in SERVICES if name != "gateway")
READERS = ("grid", "disputes", "inspection", "gateway")
WITH_CLOCKS = ("grid", "disputes", "inspection")
RELAYS = ("a", "b")
READY_SECONDS = 90.0
ALONE = {"RUN_RELAY": "0", "RUN_CONSUMERS": "0"}
UNLIMITED = {"RATE_LIMIT_READ": "10000000", "RATE_LIMIT_WRITE": "10000000"}


@dataclass(frozen=True)
class System:
    """What runs, and every way into it."""

    settings: Settings
    databases: Databases
    supervisors: tuple[Supervisor, ...]
    server: embedded.Server
    log: EventLog

    def pid(self, name: str) -> int | None:
        """The process of that name that runs now."""
        return next((pid for s in self.supervisors if (pid := s.pid(name))), None)

    def superuser(self, database: str) -> str:
        """A database's address for asyncpg, past every pool and limit of the services."""
        return self.server.url("postgres").replace("@/postgres?", f"@/{database}?")

    @asynccontextmanager
    async def direct(self, database: str) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
        connection = await asyncpg.connect(self.superuser(database), timeout=5, command_timeout=60)
        try:
            yield connection
        finally:
            connection.terminate()

    async def fetch(self, database: str, query: str, *arguments: Any) -> list[asyncpg.Record]:
        async with self.direct(database) as connection:
            return list(await connection.fetch(query, *arguments))


@asynccontextmanager
async def running(
    folder: Path, event_log: str, bootstrap: str | None, journal: Journal
) -> AsyncIterator[System]:
    ports = dict(zip(SERVICES, free_ports(len(SERVICES)), strict=True))
    named = {f"{name}_port": port for name, port in ports.items()}
    settings = Settings.model_validate(
        {"data_folder": folder, "event_log": event_log, "kafka_bootstrap": bootstrap, **named}
    )

    def say(_: str, en: str) -> None:
        journal.write("said", text=en)

    async with AsyncExitStack() as stack:
        folder.mkdir(parents=True, exist_ok=True)
        lock = stack.enter_context(FolderLock(folder))
        databases = await stack.enter_async_context(serving(settings, stop_adopted=True, say=say))
        keys = make_keys(folder)
        await migrate(databases, settings)
        await create_topics(settings, databases, keys)
        processes = _processes(service_processes(settings, databases, keys))
        services = await stack.enter_async_context(
            supervised(processes[: len(SERVICES)], folder, say, lock)
        )
        for name in SERVICES:
            await services.ready(name, READY_SECONDS)
        # later, for all at once would keep the services waiting: there is work for them anyhow
        workers = await stack.enter_async_context(
            supervised(processes[len(SERVICES) :], folder, say, lock)
        )
        log = open_log(ServiceSettings.model_validate(_environment_of(processes, "grid")))
        await log.start()
        stack.push_async_callback(log.stop)
        server = embedded.Server(find_place(folder), Passwords(folder), adopted=True)
        yield System(settings, databases, (services, workers), server, log)


def names() -> list[str]:
    """Of all processes, services first."""
    relays = [f"relay-{name}-{which}" for name in RECORDS for which in RELAYS]
    readers = [f"consume-{name}" for name in READERS]
    sweepers = [f"sweep-{name}" for name in WITH_CLOCKS]
    return [*SERVICES, *relays, *readers, *sweepers]


def _processes(services: list[Process]) -> list[Process]:
    environments = {p.name: dict(p.environment) for p in services}
    for environment in environments.values():
        del environment["METRICS_PORT"]
    environments["gateway"] |= UNLIMITED
    found = [replace(p, environment=environments[p.name] | ALONE) for p in services]
    for name in names()[len(services) :]:
        part, service = name.split("-")[:2]
        command = [sys.executable, "-m", "tests.chaos.child", part, service]
        found.append(Process(name, command, environment=environments[service]))
    return found


def _environment_of(processes: list[Process], name: str) -> dict[str, str]:
    environment = next(p.environment for p in processes if p.name == name)
    return {name.lower(): value for name, value in environment.items()}
