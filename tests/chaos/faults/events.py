"""Faults of what is in the log: events told once more, records that make no sense."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from services.chassis.eventlog.port import EventLog, LogUnavailable, Record
from tests.chaos.faults.poison import KINDS, brewed
from tests.chaos.faults.stage import NothingYet, Stage
from tests.chaos.system import RECORDS
from tests.chaos.topics import TOPICS

APPEND_SECONDS = 60.0
AT_A_TIME = 4
STRETCH = timedelta(seconds=20)
MIDDLE = """
    select created_at from outbox order by id offset (select count(*) / 2 from outbox) limit 1"""


async def replay(stage: Stage) -> str:
    """Some of the last minute's events of some topics."""
    until = datetime.now(UTC) - timedelta(seconds=stage.seconds(1, 20))
    since = until - timedelta(seconds=stage.seconds(5, 40))
    topics = stage.random.sample(TOPICS, AT_A_TIME)
    told = [await _replayed(stage, topic, since, until) for topic in topics]
    if not any(told):
        raise NothingYet
    return f"{sum(told)} events"


async def replay_the_middle(stage: Stage) -> int:
    """Events of before and not of after the middle of what each service has told: whoever takes them for news
    goes back to them, and nothing comes to put that right."""
    told = 0
    for service in RECORDS:
        [row] = await stage.system.fetch(service, MIDDLE)
        for topic in (topic for topic in TOPICS if topic.split(".")[1] == service):
            told += await _replayed(stage, topic, row[0] - STRETCH, row[0])
    return told


async def _replayed(stage: Stage, topic: str, since: datetime, until: datetime) -> int:
    body = {"topic": topic, "since": since.isoformat(), "until": until.isoformat()}
    url = f"{stage.system.settings.gateway_url}/v1/{topic.split('.')[1]}/replays"
    async with stage.session.post(url, json=body, headers=stage.operator) as answer:
        answer.raise_for_status()
        return int((await answer.json())["events"])


async def poison(stage: Stage) -> str:
    """Some kinds, every kind in turn."""
    if len(stage.poisons) < AT_A_TIME:
        stage.poisons += stage.random.sample(sorted(KINDS), len(KINDS))
    names = [stage.poisons.pop() for _ in range(AT_A_TIME)]
    system = stage.system
    try:
        async with system.direct("grid") as grid, system.direct("disputes") as disputes:
            records = [await brewed(name, grid, disputes) for name in names]
        await _appended(system.log, records)
    except BaseException:
        stage.poisons += names
        raise
    return ", ".join(names)


async def _appended(log: EventLog, records: Sequence[Record]) -> None:
    """What is not acknowledged is appended again, and may then be there twice."""
    async with asyncio.timeout(APPEND_SECONDS):
        while True:
            try:
                await log.append(records)
            except LogUnavailable:
                await asyncio.sleep(0.5)
            else:
                return
