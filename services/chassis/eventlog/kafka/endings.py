import asyncio
from collections.abc import Coroutine
from typing import Any


class Endings:
    """Lets clients end in the background: their `stop` may hang, fail or raise `CancelledError` in an outage."""

    def __init__(self) -> None:
        self._running: set[asyncio.Task[Any]] = set()

    def begin(self, stop: Coroutine[Any, Any, Any]) -> None:
        task = asyncio.create_task(stop)
        self._running.add(task)
        task.add_done_callback(self._ended)

    async def finish(self, seconds: float) -> None:
        """Wait for those begun; what has not ended by then is cancelled."""
        if not self._running:
            return
        _, late = await asyncio.wait(set(self._running), timeout=seconds)
        for task in late:
            task.cancel()
        if late:
            await asyncio.wait(late, timeout=seconds)

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._running.discard(task)
        if not task.cancelled():
            task.exception()  # seen: nobody can do anything about it
