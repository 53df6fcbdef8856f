"""Where the benchmarks run: the embedded PostgreSQL as `make run` starts it, and servers as production runs
them, the baselines among them."""

import os
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import asyncpg

from jinding import embedded
from jinding.databases import Databases
from jinding.embedded.place import find_place
from jinding.embedded.programs import postmaster
from jinding.migrate import create_topics, migrate
from jinding.passwords import SUPERUSER, Passwords
from jinding.processes import (
    SERVICES,
    Keys,
    Process,
    make_keys,
    service_environment,
    serving_process,
)
from jinding.removal import remove_data
from jinding.settings import HOST, Settings
from jinding.supervisor import Supervisor
from jinding.system import serving
from services.chassis.identity.caller import Caller
from services.chassis.identity.internal_token import INTERNAL_TOKEN_HEADER, Signer
from services.chassis.migrations import upgrade
from services.chassis.settings import Service
from tests.support.ports import free_ports

BASELINE = "baseline"
"""A database beside the services', with the tables of grid."""
READY_SECONDS = 60.0


@dataclass(frozen=True)
class Server(Process):
    """A process that serves."""

    port: int = 0


@dataclass
class Place:
    """`settings` names the ports of the services; baselines take free ones."""

    settings: Settings
    databases: Databases
    keys: Keys
    pids: dict[str, int]

    @property
    def ports(self) -> dict[str, int]:
        return self.settings.ports

    def url(self, database: str) -> str:
        """For asyncpg, as the superuser."""
        plain = self._server.url(SUPERUSER)
        return plain.replace(f"@/{SUPERUSER}?", f"@/{database}?")

    def program(self, name: str) -> str:
        """A program of PostgreSQL."""
        return str(self._server.place.binaries / name)

    @property
    def _server(self) -> embedded.Server:
        folder = self.settings.folder
        return embedded.Server(find_place(folder), Passwords(folder), adopted=True)

    async def execute(self, database: str, statement: str, *arguments: Any) -> None:
        connection = await asyncpg.connect(self.url(database))
        try:
            await connection.execute(statement, *arguments)
        finally:
            await connection.close()

    async def fetch(self, database: str, query: str, *arguments: Any) -> list[asyncpg.Record]:
        connection = await asyncpg.connect(self.url(database))
        try:
            return list(await connection.fetch(query, *arguments))
        finally:
            await connection.close()

    def service(self, name: Service, **settings: str) -> Server:
        environment = service_environment(name, self.settings, self.databases, self.keys)
        factory = f"services.{name}.main:create"
        return server(name, factory, self.ports[name], environment | settings)

    def twin(self, name: Service, alias: str, **settings: str) -> Server:
        """Another replica of a service, on a port of its own."""
        port, metrics_port = free_ports(2)
        ports = {"PORT": str(port), "METRICS_PORT": str(metrics_port)}
        environment = service_environment(name, self.settings, self.databases, self.keys)
        factory = f"services.{name}.main:create"
        return server(alias, factory, port, {**environment, **ports, **settings})

    def bare(self, name: str, factory: str, database: str = BASELINE) -> Server:
        return baseline(name, factory, {"BENCH_DATABASE": self.url(database)})

    def django(self, database: str = BASELINE) -> Server:
        """One synchronous worker of gunicorn; its database connection stays open."""
        (port,) = free_ports(1)
        options = f"--workers 1 --worker-class sync --bind {HOST}:{port} --log-level warning"
        run = [sys.executable, "-m", "gunicorn", *options.split()]
        application = "tests.bench.baselines.drf:application"
        environment = {"BENCH_DATABASE": self.url(database)}
        return Server("django", [*run, application], port, environment)

    def internal(self, caller: Caller) -> dict[str, str]:
        """The header with which the gateway would vouch for `caller`; good for a minute."""
        return {INTERNAL_TOKEN_HEADER: Signer(self.keys.internal).sign(caller)}

    def running(self, processes: Sequence[Process]) -> AbstractAsyncContextManager[None]:
        return running(processes, self.settings.folder / "logs", self.pids)


@asynccontextmanager
async def running(
    processes: Sequence[Process], logs: Path, pids: dict[str, int]
) -> AsyncIterator[None]:
    """Start the processes as `make run` does, and stop them at the end; `pids` tells which they are."""
    supervisor = Supervisor(processes, logs, say)
    supervisor.start()
    try:
        for process in processes:
            await supervisor.ready(process.name, READY_SECONDS)
            pids[process.name] = supervisor.pid(process.name) or 0
        yield
    finally:
        await supervisor.stop()


def baseline(name: str, factory: str, environment: Mapping[str, str]) -> Server:
    """A baseline, under the very server that the services run under."""
    (port,) = free_ports(1)
    return server(name, f"tests.bench.baselines.{factory}", port, environment)


def server(name: str, factory: str, port: int, environment: Mapping[str, str]) -> Server:
    command = serving_process(name, factory, port).command
    return Server(name, command, port, environment)


def say(zh: str, en: str) -> None:
    print(f"{zh}\n{en}", file=sys.stderr)


@asynccontextmanager
async def prepared(settings: Settings, pids: dict[str, int]) -> AsyncIterator[Place]:
    """A PostgreSQL with every service's database, the embedded log and the baseline's, all empty."""
    remove_data(settings.folder)
    async with serving(settings, stop_adopted=True) as databases:
        keys = make_keys(settings.folder)
        await migrate(databases, settings)
        for log in {"embedded", settings.event_log}:
            named = settings.model_copy(update={"event_log": log})
            await create_topics(named, databases, keys)
        place = Place(settings, databases, keys, pids)
        await place.execute(SUPERUSER, f"create database {BASELINE} template template0")
        await upgrade("grid", place.url(BASELINE).replace("postgresql:", "postgresql+asyncpg:"))
        pids["postgres"] = postmaster(find_place(settings.folder)) or 0
        yield place
    remove_data(settings.folder)


def settings(name: str = "bench", **named: str) -> Settings:
    """Nothing of the person's own settings but where PostgreSQL keeps its data: free ports, the default log."""
    ports = {f"{name}_port": port for name, port in zip(SERVICES, free_ports(5), strict=True)}
    folder = Path(os.environ.get("DATA_FOLDER", ".jinding")) / name
    return Settings.model_validate({"_env_file": None, "data_folder": folder, **ports, **named})


def parts_of(url: str) -> Mapping[str, str]:
    """User, password, host and name, as Django wants them."""
    parts = urlsplit(url)
    host = dict(pair.split("=") for pair in parts.query.split("&"))["host"].replace("%2F", "/")
    return {
        "USER": parts.username or "",
        "PASSWORD": parts.password or "",
        "HOST": host,
        "NAME": parts.path[1:],
    }
