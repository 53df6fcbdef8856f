"""Everything is destroyed under load and comes back from the backup: what of it is there, and how long it took."""

import asyncio
import time
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
from rich.console import Console

from jinding.deploy.backup import BASE, back_up
from jinding.deploy.compose import Compose, remove_volume
from jinding.deploy.databases import PUBLISHING
from jinding.deploy.restore import restore
from services.contracts import roles
from services.contracts.grid import ReportSnapshot
from tests.bench.district import DISTRICT, GRIDS, REPORT
from tests.compose.account import EMPTY, PLACES, SETTLED_SECONDS, TALLY, sql
from tests.compose.faults import BACK_SECONDS, Counts
from tests.compose.load import loaded
from tests.compose.stack import FILES, Stack
from tests.support.waiting import until

REFERRED = 20
EPOCH = "select max(number) from epoch"
CASES = "select report_id from dispute_case"


async def drilled(
    stack: Stack, console: Console, folder: Path, *, log_survives: bool = False
) -> Counts:
    compose = Compose({**stack.environment, "COMPOSE_FILE": ":".join(FILES)})
    key = _agency(stack)
    async with loaded(stack) as load:
        await load.goes_on(BACK_SECONDS)
        stack.compose(
            "stop", "disputes"
        )  # what is referred now is under way when the backup is made
        referred = await _refer(stack, REFERRED)
        await load.goes_on(BACK_SECONDS)
        before = {str(id_) for id_ in load.answered} | referred
        began = time.monotonic()
        backup = await asyncio.to_thread(back_up, compose, folder, 14)
        took = time.monotonic() - began
        stack.compose("start", "disputes")
        await load.goes_on(BACK_SECONDS)
        after_backup = await _refer(stack, REFERRED)
        await load.goes_on(BACK_SECONDS)
    cursor = await _read_feed(stack, key)
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
    return await _account(stack, key, cursor[0], before, answered, referred)


async def _account(
    stack: Stack, key: str, cursor: str, before: set[str], answered: set[str], referred: set[str]
) -> Counts:
    async with loaded(stack) as again:
        await again.goes_on(BACK_SECONDS)
    new = {str(id_) for id_ in again.answered}

    def arrived() -> bool:
        cases = {*sql(stack, "disputes", CASES)}
        return (
            all({*sql(stack, *place)} >= before | new for place in PLACES.values())
            and all(sql(stack, *place) == ["0"] for place in EMPTY.values())
            and cases >= referred
        )

    await until(arrived, SETTLED_SECONDS)
    counts: Counts = {}
    known = {*sql(stack, "grid", PLACES["grid: report"][1])}
    for name, place in PLACES.items():
        found = sql(stack, *place)
        counts[f"{name}, lost"] = len((before | new) - {*found}), 0
        counts[f"{name}, doubled"] = len(found) - len({*found}), 0
        counts[f"{name}, never acknowledged"] = len({*found} - answered - new), 0
        counts[f"{name}, beside grid"] = len({*found} ^ known), 0
    counts["gateway: tally"] = int(sql(stack, "gateway", TALLY)[0]), len(known)
    accepted = sql(stack, "grid", "select id from report where accepted_at is not null")
    cases = sql(stack, "disputes", CASES)
    counts["disputes: cases of what grid referred"] = len({*cases} & {*accepted}), len(accepted)
    counts["disputes: cases of nothing"] = len({*cases} - {*accepted}), 0
    for service in PUBLISHING:
        counts[f"{service}: epoch"] = int(sql(stack, service, EPOCH)[0]), 2
    _, events = await _read_feed(stack, key, cursor)
    fresh = {event["subject"] for event in events if event["epoch"] == 2}
    counts["feed behind the old cursor: new epoch"] = len(new - fresh), 0
    counts["requests refused"] = len(again.refused), 0
    return counts


async def _refer(stack: Stack, count: int) -> set[str]:
    """Disputes that were reported and accepted: each becomes a case."""
    made = [uuid4() for _ in range(count)]
    async with _client(stack) as http:
        for number, id_ in enumerate(made):
            await _accepted(http, id_, GRIDS[number % len(GRIDS)])
    return {str(id_) for id_ in made}


async def _accepted(http: httpx.AsyncClient, id_: UUID, grid: str) -> None:
    body = REPORT | {"id": str(id_), "area_code": grid, "category": "DISPUTE"}
    filed = await http.post("/v1/grid/reports", json=body)
    filed.raise_for_status()
    match = {"If-Match": filed.headers["etag"]}
    answer = await http.post(f"/v1/grid/reports/{id_}/accept", json={}, headers=match)
    answer.raise_for_status()


def _client(stack: Stack) -> httpx.AsyncClient:
    token = stack.token([roles.DISTRICT_OPERATOR, roles.RED_GRID_MEMBER], [DISTRICT], "drill")
    headers = {"Authorization": f"Bearer {token}"}
    return httpx.AsyncClient(base_url=stack.url, headers=headers, timeout=30, trust_env=False)


def _agency(stack: Stack) -> str:
    """The key of an agency that may read the reports."""
    names = "--name-zh", "演练", "--name-en", "Drill", "--why", "drill"
    grant = "add", "drill", "--topics", ReportSnapshot.topic, *names
    told = stack.compose("run", "--rm", "--no-deps", "-T", "partners", *grant)
    return next(line.split()[-1] for line in told.splitlines() if line.startswith("key: "))


async def _read_feed(
    stack: Stack, key: str, after: str | None = None
) -> tuple[str, list[dict[str, Any]]]:
    """All that is there behind a cursor, and where to go on."""
    events: list[dict[str, Any]] = []
    headers = {"Authorization": f"Bearer {key}"}
    async with httpx.AsyncClient(
        base_url=stack.url, headers=headers, timeout=60, trust_env=False
    ) as http:
        while True:
            asked = {"limit": "1000"} | ({"after": after} if after else {})
            answer = await http.get("/v1/events", params=asked)
            answer.raise_for_status()
            events += answer.json()
            after = answer.headers["jinding-cursor"]
            if answer.headers["jinding-caught-up"] == "true":
                return after, events
