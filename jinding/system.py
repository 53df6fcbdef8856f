"""The whole system on one machine: PostgreSQL, the event log and the five services."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from jinding import embedded
from jinding.checks import check_distinct, check_folder, check_ports
from jinding.databases import Databases
from jinding.lock import FolderLock
from jinding.migrate import create_topics, migrate
from jinding.passwords import SUPERUSER, Passwords
from jinding.processes import SERVICES, Process, make_keys, service_processes
from jinding.refusal import Refusal
from jinding.settings import Settings
from jinding.supervisor import Say, Supervisor

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
    folder, say = settings.folder, partial(_told, console)
    check_distinct(settings.ports)
    check_folder(folder)
    async with AsyncExitStack() as stack:
        lock = stack.enter_context(FolderLock(folder))
        check_ports(settings.ports)
        keys = make_keys(folder)
        with Steps(console, len(SERVICES) + 2) as step:
            step("启动数据库 · starting the database")
            databases = await stack.enter_async_context(
                serving(settings, stop_adopted=True, say=say)
            )
            step("更新数据库结构 · migrating the databases")
            await migrate(databases, settings)
            await create_topics(settings, databases, keys)
            processes = service_processes(settings, databases, keys)
            supervisor = await stack.enter_async_context(supervised(processes, folder, say, lock))
            for name in SERVICES:
                step(f"启动服务 · starting {name}")
                await supervisor.ready(name, READY_SECONDS)
        yield System(settings, databases, supervisor)


@asynccontextmanager
async def supervised(
    processes: list[Process], folder: Path, say: Say, lock: FolderLock
) -> AsyncIterator[Supervisor]:
    supervisor = Supervisor(processes, folder / "logs", say, [lock.descriptor])
    supervisor.start()
    try:
        yield supervisor
    finally:
        await supervisor.stop()


@asynccontextmanager
async def serving(
    settings: Settings, *, stop_adopted: bool, say: Say = lambda zh, en: None
) -> AsyncIterator[Databases]:
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
    async with _kept(server, settings.folder, say, leave=server.adopted and not stop_adopted):
        databases = Databases(server.url(SUPERUSER), server.passwords)
        await databases.prepare()
        yield databases


@asynccontextmanager
async def _kept(
    server: embedded.Server, folder: Path, say: Say, *, leave: bool
) -> AsyncIterator[None]:
    if leave:
        yield
        return
    with server.guard():
        watch = asyncio.create_task(_restart_when_dead(server, folder, say))
        try:
            yield
        finally:
            watch.cancel()
            await asyncio.gather(watch, return_exceptions=True)
            server.stop()


async def _restart_when_dead(server: embedded.Server, folder: Path, say: Say) -> None:
    failing = False
    while True:
        await asyncio.sleep(WATCH_SECONDS)
        if server.alive():
            continue
        try:
            # in this thread: a start that is cancelled half way would leave a server behind
            embedded.start(folder)
        except (Refusal, OSError) as error:
            if not failing:
                say(
                    "数据库已退出，暂时无法重新启动。",
                    f"The database ended and does not start: {error}",
                )
            failing = True
        else:
            failing = False
            say("数据库已退出，现已重新启动。", "The database ended; it runs again.")


def _told(console: Console, zh: str, en: str) -> None:
    console.print(f"{zh}\n{en}", highlight=False, soft_wrap=True)


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
