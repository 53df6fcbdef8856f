"""A log that came back from an older copy stops its readers, until an operator says from where they go on."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import asyncpg
import pytest
from structlog.testing import capture_logs

from jinding import reading
from jinding.settings import Settings
from services.chassis.session import dsn
from services.contracts.disputes import CaseEnded
from services.contracts.grid import ReportSnapshot
from services.gateway.projections.rebuild import verify
from tests.gateway.district import District, district
from tests.support.postgres import FreshDatabases
from tests.support.running import eventually
from tests.support.stack import SERVICES

TRUNCATED = """
    update heads set next_offset = 0 where topic = (select topic from topics where name = $1);"""
LOST = "delete from records where topic = (select topic from topics where name = $1)"
READERS = {f"{name}-subscriptions" for name in ("disputes", "grid", "inspection")} | {
    "gateway-projection"
}
READ = "select count(*)::int from consumer_offset where next_offset > 0 and topic = $1"
STOPPED = "update consumer_offset set stopped_at = now() where topic = $1 and partition = 3"


@pytest.fixture
async def truncated(
    fresh_database: FreshDatabases, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[District]:
    async with district(fresh_database, tmp_path, names=SERVICES) as made:

        @asynccontextmanager
        async def serving(*_: Any, **__: Any) -> AsyncIterator[Any]:
            yield SimpleNamespace(url=made.system.databases.__getitem__)

        monkeypatch.setattr(reading, "beside", serving)
        settings = made.system.apps["grid"].state.runtime.settings
        log = await asyncpg.connect(dsn(settings.event_log_url.get_secret_value()))
        await log.execute(LOST, ReportSnapshot.topic)
        await log.execute(TRUNCATED, ReportSnapshot.topic)
        await log.close()
        yield made


async def test_reading_goes_on_from_where_the_operator_says(truncated: District) -> None:
    settings = Settings()
    [(written,)] = await truncated.system.fetch("gateway", READ, ReportSnapshot.topic)

    async def all_stopped() -> bool:
        return bool(len(await reading.stopped(settings)) == written * len(READERS))

    await eventually(all_stopped)
    assert {place.consumer for place in await reading.stopped(settings)} == READERS
    token = await truncated.system.token("district_operator")
    path, match = f"/v1/grid/reports/{truncated.reports[2]}/accept", {"If-Match": '"2"'}
    answer = await truncated.system.call(token, "POST", path, {}, match)
    assert answer.status_code == 200, answer.text
    held = truncated.system.apps["gateway"].state.gateway
    assert len(await verify(held.database, held.services, "grid", looks=2)) == 1
    with capture_logs() as logs:
        await reading.resume(settings, ReportSnapshot.topic, None, 0, "somebody")
    told = [line for line in logs if line["event"] == "reading_resumed"]
    assert {(line["by"], line["offset"]) for line in told} == {("somebody", 0)}
    assert len(told) == written * len(READERS)
    assert await verify(held.database, held.services, "grid", looks=30) == []
    assert await reading.stopped(settings) == []


async def test_only_what_is_named_is_resumed_in_every_database(truncated: District) -> None:
    settings = Settings()
    for database in ("grid", "gateway"):
        await truncated.system.fetch(database, STOPPED, CaseEnded.topic)
    assert await reading.resume(settings, CaseEnded.topic, 4, 7, "somebody") == []
    found = await reading.resume(settings, CaseEnded.topic, 3, 7, "somebody")
    assert [place[:4] for place in found] == [
        ("grid-subscriptions", CaseEnded.topic, 3, 7),
        ("gateway-projection", CaseEnded.topic, 3, 7),
    ]
