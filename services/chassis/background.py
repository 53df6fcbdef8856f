"""Background work that outlives its own mistakes: logged, counted, started again after a pause."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from contextlib import AsyncExitStack

import asyncpg
import structlog

from services.chassis import logs, metrics
from services.chassis.reader import TRANSIENT

log = structlog.get_logger()
SHORTEST_PAUSE, LONGEST_PAUSE = 0.25, 4.0
STOP_ATTEMPTS, STOP_SECONDS = 10, 0.5
PASSING = (
    *TRANSIENT,
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # its connection was closed in the middle of something
)
"""What says nothing but that the database or the log is away, or that another has taken over."""

Work = Callable[[], Awaitable[None]]
"""One session, or one round with the pause after it: whatever ends is begun again."""


def in_background(stack: AsyncExitStack, works: Iterable[Work]) -> None:
    """Keep up `works` until the stack unwinds; then cancel them, and wait for them a bounded time."""
    tasks = {asyncio.create_task(kept_up(work)) for work in works}
    stack.push_async_callback(_stopped, tasks)


async def kept_up(work: Work) -> None:
    """Only who cancels this very task ends it: aiokafka, for one, raises `CancelledError` by itself."""
    task, clock, pause = asyncio.current_task(), asyncio.get_running_loop().time, SHORTEST_PAUSE
    while task and not task.cancelling():
        began = clock()
        try:
            await work()
            await asyncio.sleep(0)
        except (Exception, asyncio.CancelledError) as error:
            if task.cancelling():
                raise asyncio.CancelledError from error
            _tell(work, error)
            pause = SHORTEST_PAUSE if clock() - began > LONGEST_PAUSE else pause
            await asyncio.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE)


def _tell(work: Work, error: BaseException) -> None:
    name = getattr(work, "__qualname__", "work")
    if isinstance(error, PASSING):
        log.warning("background_interrupted", work=name, reason=type(error).__name__)
    else:
        metrics.INCIDENTS.labels("background_failure").inc()
        logs.surprise("background_failure", error, work=name)


async def _stopped(left: set[asyncio.Task[None]]) -> None:
    """Told more than once: SQLAlchemy, for one, loses a cancellation that comes while it connects."""
    for _ in range(STOP_ATTEMPTS):
        for task in left:
            task.cancel()
        if left:
            _, left = await asyncio.wait(left, timeout=STOP_SECONDS)
