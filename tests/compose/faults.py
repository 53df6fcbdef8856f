"""The load goes on while containers are killed, stopped and started."""

import asyncio
import time
from collections.abc import Callable

from rich.console import Console

from tests.compose.account import VERSIONS, Counts, account, sql
from tests.compose.load import Load, loaded
from tests.compose.stack import Stack

KILLED = "grid", "gateway", "disputes", "inspection", "training", "kafka", "postgres"
BACK_SECONDS = 180.0


def _crash(stack: Stack, name: str) -> None:
    """All its processes but the engine's own; it starts it again, as after any crash."""
    stack.compose("exec", "-T", name, "sh", "-c", "kill -9 -1", check=False)


async def under_faults(stack: Stack, console: Console) -> Counts:
    steps: list[tuple[str, Callable[[], object]]] = [
        *((f"kill -9 {name}", lambda n=name: _crash(stack, n)) for name in KILLED),
        *((f"restart {name}", lambda n=name: stack.compose("restart", n)) for name in KILLED),
        ("stop, up", lambda: (stack.compose("stop"), stack.up())),
        ("up of a new image", lambda: stack.up_of_another_image("proof-newer")),
        (
            "three replicas of grid",
            lambda: stack.compose(
                "up", "-d", "--wait", "--no-recreate", "--scale", "grid=3", "grid"
            ),
        ),
        ("kill -9 one of three", lambda: _crash(stack, "grid")),
    ]
    async with loaded(stack) as load:
        await load.goes_on(BACK_SECONDS)
        for name, step in steps:
            began, failed = time.monotonic(), load.failures
            await asyncio.to_thread(step)
            await load.goes_on(BACK_SECONDS)
            seconds, failures = time.monotonic() - began, load.failures - failed
            console.print(f"{name}: {seconds:.1f} s, {failures} 次重试 · retries", highlight=False)
    console.print(f"{len(load.answered):,} 件已应答 · acknowledged", highlight=False)
    return await account_of(stack, load)


async def account_of(stack: Stack, load: Load) -> Counts:
    """What was acknowledged, and nothing else, is everywhere and once."""
    answered = {str(id_) for id_ in load.answered}
    counts = await account(stack, answered, answered)
    counts["gateway: archive, versions"] = int(sql(stack, "gateway", VERSIONS)[0]), len(answered)
    counts["requests refused"] = len(load.refused), 0
    return counts
