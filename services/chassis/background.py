"""Background work that outlives its own mistakes: logged, counted, started again."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from contextlib import AsyncExitStack

import structlog

from services.chassis import metrics

log = structlog.get_logger()
AGAIN_SECONDS = 0.5
STOP_SECONDS = 5.0

Work = Callable[[], Awaitable[None]]


def in_background(stack: AsyncExitStack, works: Iterable[Work]) -> None:
    """Run `works` until the stack unwinds; then cancel them, and wait for them a bounded time."""
    tasks = [asyncio.create_task(_kept_up(work)) for work in works]
    stack.push_async_callback(_stopped, tasks)


async def _kept_up(work: Work) -> None:
    while True:
        try:
            await work()
        except Exception as error:
            metrics.INCIDENTS.labels("background_failure").inc()
            log.error("background_failure", exc_info=error)
        await asyncio.sleep(AGAIN_SECONDS)


async def _stopped(tasks: list[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    if tasks:
        await asyncio.wait(tasks, timeout=STOP_SECONDS)
