"""Senders come and go: one works at a time, and none takes a notice with it."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from pathlib import Path
from time import monotonic

import pytest

from services.chassis.background import in_background
from services.gateway.agencies.push import Pushes
from tests.architecture.sources import ROOT
from tests.gateway.agencies.feeding import WHOLE, feeding, histories
from tests.gateway.agencies.pushing import Pushing
from tests.gateway.agencies.receiving import Receiver
from tests.support.auditing import audit_of
from tests.support.postgres import FreshDatabases
from tests.support.running import eventually
from tests.support.waiting import until

FACTS = histories(3)
START_SECONDS = 60
"""A process may take long to start where others work beside it."""


@asynccontextmanager
async def process(push: Pushing) -> AsyncIterator[asyncio.subprocess.Process]:
    """A sender; killed at the end."""
    command = [sys.executable, "-m", "tests.gateway.agencies.sending", push.url]
    where = [str(push.receiver.folder), str(push.receiver.port)]
    made = await asyncio.create_subprocess_exec(*command, *where, cwd=ROOT)
    try:
        yield made
    finally:
        made.kill()
        await made.wait()


async def one_waits(push: Pushing) -> bool:
    """Of two sessions, one has asked in vain."""
    rows = await push.gateway.fetch(
        "select query from pg_stat_activity where application_name = 'jinding-push' "
        "and datname = current_database()"
    )
    return len(rows) == 2 and any("try_advisory" in query for (query,) in rows)


async def test_of_two_senders_one_sends_and_the_other_takes_over(push: Pushing) -> None:
    await push.agency()
    held = asyncio.Event()
    push.receiver.answers = [held]
    async with AsyncExitStack() as second, AsyncExitStack() as first:
        in_background(first, [push.sender().run])
        in_background(second, [push.sender().run])
        await push.happen(FACTS[:20])
        await until(lambda: bool(push.ids))
        await eventually(partial(one_waits, push))
        assert len(push.ids) == 1
        held.set()
        await first.aclose()
        await push.happen(FACTS[20:])
        await until(lambda: len(set(push.ids)) == 2)


@pytest.mark.proof
async def test_killed_between_sending_and_noting_it_the_next_sends_the_same_notice(
    push: Pushing,
) -> None:
    secret = await push.agency()
    assert secret
    await push.happen(FACTS)
    held = asyncio.Event()
    push.receiver.answers = [held]
    async with process(push):
        await until(lambda: bool(push.ids), START_SECONDS)
    held.set()
    assert await push.log() == []
    assert (await push.state()).unconfirmed_since
    async with process(push):
        await until(lambda: len(push.ids) == 2, START_SECONDS)
    assert len(set(push.ids)) == 1
    assert len({got.body for got in push.receiver.got}) == 1


async def test_in_the_gateway_an_agency_hears_of_news_in_a_moment(
    fresh_database: FreshDatabases, tmp_path: Path, receiver: Receiver
) -> None:
    settings = receiver.settings().model_dump()
    async with feeding(fresh_database, tmp_path, **settings) as fed:
        await fed.agency("fire", WHOLE)
        await Pushes(audit_of(fed.archive.database), "tester").to("fire", receiver.url)
        await fed.happen(FACTS[:20])
        began = monotonic()
        await until(lambda: len(receiver.got) == 1)
        assert monotonic() - began < 5


async def test_where_no_upkeep_is_done_nobody_is_told(
    fresh_database: FreshDatabases, tmp_path: Path, receiver: Receiver
) -> None:
    settings = receiver.settings().model_dump()
    async with feeding(fresh_database, tmp_path, run_upkeep=False, **settings) as fed:
        await fed.agency("fire", WHOLE)
        await Pushes(audit_of(fed.archive.database), "tester").to("fire", receiver.url)
        asked = "select count(*) from pg_locks where locktype = 'advisory' and objid = 0x4A440005"
        assert await fed.archive.fetch(asked) == [(0,)]
