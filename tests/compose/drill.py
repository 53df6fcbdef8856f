"""Everything is destroyed under load and comes back from the backup: what of it is there, and how long it took."""

import asyncio
import time
from collections.abc import Set
from pathlib import Path

from rich.console import Console

from jinding.deploy.backup import BASE, back_up
from jinding.deploy.compose import Compose, remove_volume
from jinding.deploy.databases import PUBLISHING
from jinding.deploy.restore import restore
from tests.compose.account import Counts, account, sql
from tests.compose.clients import agency, enter, erase, opens, read_feed, readmitted, refer
from tests.compose.faults import BACK_SECONDS
from tests.compose.load import loaded
from tests.compose.nights import backed_up_by_the_service, verified_by_the_service
from tests.compose.stack import FILES, Stack

REFERRED = 20
EPOCH = "select max(number) from epoch"
PHONES = "13705790001", "13705790002", "13705790003"
CASES = "select report_id from dispute_case"


async def drilled(
    stack: Stack, console: Console, folder: Path, *, log_survives: bool, nightly: bool
) -> Counts:
    """`nightly`: the backup is the service's of that name, else that of `make backup`."""
    compose = Compose({**stack.environment, "COMPOSE_FILE": ":".join(FILES)})
    key = agency(stack)
    gone, since, stays = [await enter(stack, phone) for phone in PHONES]
    await erase(stack, PHONES[0])
    async with loaded(stack) as load:
        await load.goes_on(BACK_SECONDS)
        stack.compose(
            "stop", "disputes"
        )  # what is referred now is under way when the backup is made
        referred = await refer(stack, REFERRED)
        await load.goes_on(BACK_SECONDS)
        before = {str(id_) for id_ in load.answered} | referred
        began = time.monotonic()
        if nightly:
            backup = await backed_up_by_the_service(stack, folder)
        else:
            backup = await asyncio.to_thread(back_up, compose, folder, 14)
        took = time.monotonic() - began
        stack.compose("start", "disputes")
        await load.goes_on(BACK_SECONDS)
        known = log_survives or not nightly
        if known:
            await erase(stack, PHONES[1])
        if known and not log_survives:  # this one's ledger is all that is left of the erasure
            await asyncio.to_thread(back_up, compose, folder, 14)
        after_backup = await refer(stack, REFERRED)
        await load.goes_on(BACK_SECONDS)
    if nightly:
        await verified_by_the_service(stack)
    cursor, _ = await read_feed(stack, key)
    answered = {str(id_) for id_ in load.answered} | referred | after_backup
    size = (backup / BASE).stat().st_size / 1e6
    console.print(f"备份 · backup: {took:.1f} s, {size:.1f} MB", highlight=False)
    if log_survives:
        stack.compose("rm", "-fsv")
        remove_volume(compose.volume("postgres"))
    else:
        stack.down()
    began = time.monotonic()
    seconds = await asyncio.to_thread(restore, compose, backup)
    console.print(
        f"恢复 · restore: {time.monotonic() - began:.1f} s {seconds}，"
        f"{len(before):,} / {len(answered):,} 件 · reports",
        highlight=False,
    )
    again = readmitted(stack)
    counts = await account_after(stack, key, cursor, before, answered, referred)
    counts["agencies with a new password"] = len(again), int(not log_survives)
    cases, accepted = (
        {*sql(stack, "disputes", CASES)},
        {*sql(stack, "grid", "select id from report where accepted_at is not null")},
    )
    counts["disputes: cases of what grid referred"] = len(cases & accepted), len(accepted)
    opened = [await opens(stack, case) for case in (gone, since, stays)]
    counts["disputes: erased people who open"] = sum(opened[: 1 + known]), 0
    counts["disputes: people who were not erased"] = int(opened[2]), 1
    counts["disputes: cases of nothing"] = len(cases - accepted), 0
    return counts


async def account_after(
    stack: Stack,
    key: str,
    cursor: str,
    must: Set[str],
    may: Set[str],
    referred: Set[str] = frozenset(),
) -> Counts:
    """After a restore: work goes on, in a new epoch, and what there `must` be is there."""
    async with loaded(stack) as again:
        await again.goes_on(BACK_SECONDS)
    new = {str(id_) for id_ in again.answered}
    counts = await account(
        stack, must | new, may | new, lambda: {*sql(stack, "disputes", CASES)} >= referred
    )
    for service in PUBLISHING:
        counts[f"{service}: epoch"] = int(sql(stack, service, EPOCH)[0]), 2
    _, events = await read_feed(stack, key, cursor)
    fresh = {event["subject"] for event in events if event["epoch"] == 2}
    counts["feed behind the old cursor: new epoch"] = len(new - fresh), 0
    counts["requests refused"] = len(again.refused), 0
    return counts
