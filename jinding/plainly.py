"""How a command begins and ends: refusals as plain sentences, signals as an orderly end."""

import asyncio
import errno
import signal
import sys
from collections.abc import Callable, Coroutine
from functools import wraps
from typing import Any, ParamSpec, TypeVar

import asyncpg
import typer
from pydantic import ValidationError
from pydantic_settings import BaseSettings

from jinding.refusal import Refusal
from jinding.settings import Settings
from services.chassis.errors import Refusal as Refused
from services.chassis.identity.keys import KeyFileUnusable

P = ParamSpec("P")
R = TypeVar("R")
S = TypeVar("S", bound=BaseSettings)
ENDINGS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def plainly(command: Callable[P, R]) -> Callable[P, R]:
    """Make a refusal, wrong settings, or what a disk, a network or a database will not do one plain sentence and
    exit code 1."""

    @wraps(command)
    def told(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return command(*args, **kwargs)
        except Refusal as refusal:
            told_refusal = refusal
        except Refused as refused:
            told_refusal = Refusal(refused.zh, refused.en)
        except OSError as error:
            full = error.errno in (errno.ENOSPC, errno.EDQUOT)
            told_refusal = (
                Refusal("磁盘空间不足。", "The disk is full.")
                if full
                else Refusal(f"操作失败：{error}", f"It failed: {error}")
            )
        except (asyncpg.PostgresError, KeyFileUnusable) as error:
            told_refusal = Refusal(f"操作失败：{error}", f"It failed: {error}")
        sys.stderr.write(f"{told_refusal}\n")
        raise typer.Exit(1)

    return told


def load_settings() -> Settings:
    return settings_of(Settings)


def settings_of(kind: type[S], **given: Any) -> S:
    """The settings of `kind`: those `given`, the others from the environment."""
    try:
        return kind(**given)
    except ValidationError as error:
        wrong = ", ".join(str(part["loc"][0]).upper() for part in error.errors())
        raise Refusal(f"设置有误：{wrong}。", f"These settings are wrong: {wrong}.") from error


def until_told(main: Coroutine[Any, Any, R]) -> R | None:
    """Run `main`; Ctrl-C, SIGTERM and a closed terminal cancel it, once, and `None` is returned."""
    return asyncio.run(_cancelled_once(main))


async def _cancelled_once(main: Coroutine[Any, Any, R]) -> R | None:
    task = asyncio.ensure_future(main)
    loop = asyncio.get_running_loop()
    told: list[signal.Signals] = []

    def end(which: signal.Signals) -> None:
        # a second Ctrl-C would cut the orderly end short and leave processes behind
        if not told:
            told.append(which)
            task.cancel()

    for which in ENDINGS:
        loop.add_signal_handler(which, end, which)
    try:
        return await task
    except asyncio.CancelledError:
        return None
