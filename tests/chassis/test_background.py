"""Background work goes on whatever befalls it, and tells no more than it should."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Any

import pytest
from structlog.testing import capture_logs

from services.chassis import background, metrics
from services.chassis.background import in_background
from services.chassis.eventlog.port import LogUnavailable
from tests.support.waiting import until


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(background, "SHORTEST_PAUSE", 0.01)


def failing(*errors: BaseException) -> tuple[list[int], Callable[[], Awaitable[None]]]:
    """Work that fails so often, and then goes on; and the list of its rounds."""
    rounds: list[int] = []

    async def work() -> None:
        rounds.append(len(rounds))
        if len(rounds) <= len(errors):
            raise errors[len(rounds) - 1]
        await asyncio.sleep(0.01)

    return rounds, work


async def done(*errors: BaseException) -> list[Any]:
    """What is logged until the work has run two rounds after its failures."""
    rounds, work = failing(*errors)
    with capture_logs() as logged:
        async with AsyncExitStack() as stack:
            in_background(stack, [work])
            await until(lambda: len(rounds) >= len(errors) + 2)
        count = len(rounds)
        await asyncio.sleep(0.05)
    assert len(rounds) == count  # the stack has unwound
    return logged


async def test_a_cancellation_that_nobody_asked_for_is_not_the_end() -> None:
    """aiokafka raises them from inside, during an outage."""
    before = metrics.INCIDENTS.labels("background_failure")._value.get()
    (told,) = await done(asyncio.CancelledError())
    assert (told["event"], told["reason"]) == ("background_failure", "CancelledError")
    assert metrics.INCIDENTS.labels("background_failure")._value.get() == before + 1


async def test_a_failure_is_told_by_its_place_not_by_its_message() -> None:
    (told,) = await done(RuntimeError("张三被李四殴打"))
    assert told["reason"] == "RuntimeError"
    assert "in work" in told["where"]
    assert "张三" not in str(told)


async def test_an_outage_is_a_warning_of_one_line() -> None:
    first, second = await done(LogUnavailable("a"), OSError("b"))
    assert (first["log_level"], first["reason"]) == ("warning", "LogUnavailable")
    assert first["work"].endswith("work")
    assert (second["event"], "where" in second) == ("background_interrupted", False)


@pytest.mark.parametrize("goes_on", [True, False])
async def test_work_that_loses_a_cancellation_is_stopped_all_the_same(
    monkeypatch: pytest.MonkeyPatch, goes_on: bool
) -> None:
    monkeypatch.setattr(background, "STOP_SECONDS", 0.01)
    began, lost = asyncio.Event(), asyncio.Event()

    async def work() -> None:
        try:
            began.set()
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            lost.set()
            if goes_on:
                await asyncio.Event().wait()

    async with AsyncExitStack() as stack:
        in_background(stack, [work])
        await began.wait()
        began.clear()
    assert lost.is_set()
    assert not began.is_set()  # no further round
    assert not [task for task in asyncio.all_tasks() if "kept_up" in repr(task)]


async def test_a_failure_while_stopping_is_no_incident() -> None:
    began = asyncio.Event()

    async def work() -> None:
        try:
            began.set()
            await asyncio.Event().wait()
        finally:
            raise OSError("the connection went first")

    with capture_logs() as logged:
        async with AsyncExitStack() as stack:
            in_background(stack, [work])
            await began.wait()
    assert logged == []
