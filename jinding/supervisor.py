import asyncio
import contextlib
import os
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import httpx

from jinding.processes import Process
from jinding.refusal import Refusal
from jinding.settings import HOST

GRACE_SECONDS = 10.0
FIRST_DELAY = 0.1
LONGEST_DELAY = 10.0
STEADY_SECONDS = 30.0
DEATHS_BEFORE_READY = 4

Say = Callable[[str, str], None]


class Supervisor:
    """Keeps processes running: what dies is started again, after longer and longer waits."""

    def __init__(
        self, processes: Sequence[Process], logs: Path, say: Say, inherited: Sequence[int] = ()
    ) -> None:
        self._processes = processes
        self._logs = logs
        self._say = say
        self._inherited = inherited
        self._running: dict[str, asyncio.subprocess.Process] = {}
        self._deaths = dict.fromkeys((process.name for process in processes), 0)
        self._keepers: list[asyncio.Task[None]] = []

    def start(self) -> None:
        self._logs.mkdir(mode=0o700, exist_ok=True)
        self._keepers = [asyncio.create_task(self._keep(process)) for process in self._processes]

    def pid(self, name: str) -> int | None:
        """The process that serves `name` now; `None` between a death and the next start."""
        running = self._running.get(name)
        return running.pid if running else None

    async def ready(self, name: str, seconds: float) -> None:
        """Wait until `name` says that it is ready; refuse when it does not in time."""
        process = next(process for process in self._processes if process.name == name)
        deadline = time.monotonic() + seconds
        async with httpx.AsyncClient(trust_env=False, timeout=2.0) as client:
            while not await _is_ready(client, process):
                if time.monotonic() > deadline or self._deaths[name] >= DEATHS_BEFORE_READY:
                    raise Refusal(
                        f"服务 {name} 未能启动，原因见 {self._log(name)}。",
                        f"The service {name} does not start; {self._log(name)} says why.",
                    )
                await asyncio.sleep(0.05)

    async def stop(self) -> None:
        """End all processes: SIGTERM, and SIGKILL for those that outlast the grace."""
        for keeper in self._keepers:
            keeper.cancel()
        await asyncio.gather(*self._keepers, return_exceptions=True)
        await asyncio.gather(*map(_end, self._running.values()))
        self._running.clear()

    async def _keep(self, process: Process) -> None:
        delay = FIRST_DELAY
        while True:
            started = time.monotonic()
            code = await self._run(process)
            self._deaths[process.name] += 1
            log = self._log(process.name)
            self._say(
                f"{process.name} 已退出（{code}），正在重新启动；日志：{log}。",
                f"{process.name} ended ({code}); starting it again. Its log: {log}",
            )
            if time.monotonic() - started > STEADY_SECONDS:
                delay = FIRST_DELAY
            await asyncio.sleep(delay)
            delay = min(delay * 2, LONGEST_DELAY)

    async def _run(self, process: Process) -> int:
        with self._log(process.name).open("ab") as log:
            running = await asyncio.create_subprocess_exec(
                *process.command,
                env={**os.environ, **process.environment},
                stdin=asyncio.subprocess.PIPE,  # held open: see jinding.child
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C is the supervisor's alone
                pass_fds=self._inherited,
            )
        self._running[process.name] = running
        code = await running.wait()
        del self._running[process.name]
        return code

    def _log(self, name: str) -> Path:
        return self._logs / f"{name}.log"


async def _is_ready(client: httpx.AsyncClient, process: Process) -> bool:
    try:
        answer = await client.get(f"http://{HOST}:{process.port}/readyz")
    except httpx.HTTPError:
        return False
    return answer.status_code == 200


async def _end(running: asyncio.subprocess.Process) -> None:
    with contextlib.suppress(ProcessLookupError):
        running.terminate()
    try:
        await asyncio.wait_for(running.wait(), GRACE_SECONDS)
    except TimeoutError:
        with contextlib.suppress(ProcessLookupError):
            running.kill()
        await running.wait()
