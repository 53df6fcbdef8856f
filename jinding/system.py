"""The whole system on one machine: PostgreSQL, the event log and the five services."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from jinding import embedded
from jinding.checks import check_folder, check_ports
from jinding.databases import Databases
from jinding.lock import FolderLock
from jinding.migrate import create_topics, migrate
from jinding.passwords import SUPERUSER, Passwords
from jinding.processes import SERVICES, Process, make_keys, service_processes
from jinding.settings import Settings
from jinding.supervisor import Supervisor

READY_SECONDS = 60.0
WATCH_SECONDS = 1.0


@dataclass(frozen=True)
class System:
    """A running system; `databases` is how to look into it, for recounts and tests."""

    settings: Settings
    databases: Databases
    supervisor: Supervisor


@asynccontextmanager
async def running(settings: Settings, console: Console) -> AsyncIterator[System]:
    """Start everything, and stop everything at the end, whatever that is."""
    folder = settings.folder
    check_folder(folder)
    async with AsyncExitStack() as stack:
        lock = stack.enter_context(FolderLock(folder))
        check_ports(settings.ports)
        keys = make_keys(folder)
        with Steps(console, len(SERVICES) + 2) as step:
            step("启动数据库 · starting the database")
            databases = await stack.enter_async_context(serving(settings, stop_adopted=True))
            step("更新数据库结构 · migrating the databases")
            await migrate(databases)
            await create_topics(settings, databases, keys)
            processes = service_processes(settings, databases, keys)
            supervisor = await stack.enter_async_context(
                supervised(processes, folder, console, lock)
            )
            for name in SERVICES:
                step(f"启动服务 · starting {name}")
                await supervisor.ready(name, READY_SECONDS)
        yield System(settings, databases, supervisor)


@asynccontextmanager
async def supervised(
    processes: list[Process], folder: Path, console: Console, lock: FolderLock
) -> AsyncIterator[Supervisor]:
    def say(zh: str, en: str) -> None:
        console.print(f"{zh}\n{en}", highlight=False)

    supervisor = Supervisor(processes, folder / "logs", say, [lock.descriptor])
    supervisor.start()
    try:
        yield supervisor
    finally:
        await supervisor.stop()


@asynccontextmanager
async def serving(settings: Settings, *, stop_adopted: bool) -> AsyncIterator[Databases]:
    """The databases, prepared: on the server that the settings name, or on our own.

    Ours is stopped at the end; one that ran before only if `stop_adopted`.
    """
    check_folder(settings.folder)
    if settings.database_server_url is not None:
        url = settings.database_server_url.get_secret_value()
        databases = Databases(url, Passwords(settings.folder))
        await databases.prepare()
        yield databases
        return
    server = embedded.start(settings.folder)
    async with _kept(server, settings.folder, leave=server.adopted and not stop_adopted):
        databases = Databases(server.url(SUPERUSER), server.passwords)
        await databases.prepare()
        yield databases


@asynccontextmanager
async def _kept(server: embedded.Server, folder: Path, *, leave: bool) -> AsyncIterator[None]:
    if leave:
        yield
        return
    with server.guard():
        watch = asyncio.create_task(_restart_when_dead(server, folder))
        try:
            yield
        finally:
            watch.cancel()
            with suppress(asyncio.CancelledError):
                await watch
            server.stop()


async def _restart_when_dead(server: embedded.Server, folder: Path) -> None:
    while True:
        await asyncio.sleep(WATCH_SECONDS)
        if not server.alive():
            # in this thread: a start that is cancelled half way would leave a server behind
            embedded.start(folder)


class Steps:
    """A progress bar over a known number of steps, gone when it is done."""

    def __init__(self, console: Console, total: int) -> None:
        columns = SpinnerColumn(), TextColumn("{task.description}"), BarColumn()
        self._progress = Progress(*columns, TimeElapsedColumn(), console=console, transient=True)
        self._task = self._progress.add_task("", total=total, completed=-1)

    def __call__(self, description: str) -> None:
        self._progress.update(self._task, description=description, advance=1)

    def __enter__(self) -> "Steps":
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()
