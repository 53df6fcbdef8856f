"""A tiny application in place of a service, and a supervisor of it in a process of its own."""

import asyncio
import signal
import sys
from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from jinding.lock import FolderLock
from jinding.plainly import until_told
from jinding.processes import serving_process
from jinding.supervisor import Supervisor


async def _ready(_request: Request) -> PlainTextResponse:
    return PlainTextResponse("ready")


def create() -> Starlette:
    return Starlette(routes=[Route("/readyz", _ready)])


async def _supervise(folder: Path, ports: list[int]) -> None:
    create_at = "tests.jinding.stand_in:create"
    processes = [serving_process(f"p{port}", create_at, port) for port in ports]
    with FolderLock(folder) as lock:
        supervisor = Supervisor(processes, folder / "logs", _tell, [lock.descriptor])
        supervisor.start()
        try:
            for process in processes:
                await supervisor.ready(process.name, 20)
                print(supervisor.pid(process.name), flush=True)
            await asyncio.Event().wait()
        finally:
            await supervisor.stop()


def _tell(_zh: str, en: str) -> None:
    print(en, flush=True)


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.default_int_handler)
    until_told(_supervise(Path(sys.argv[1]), [int(port) for port in sys.argv[2:]]))
