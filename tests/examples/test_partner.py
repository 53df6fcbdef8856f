"""The example keeps a true replica: killed, away, delivered to again, and after its grant has changed."""

import asyncio
import random
import sqlite3
from pathlib import Path

import asyncpg
import pytest

from services.chassis.database import Database
from services.chassis.session import dsn
from services.contracts.grid import ReportSnapshot
from services.gateway.agencies.partners import Partners
from tests.examples.subscribers import Restored, by_http, kept, replica, replicated, versions
from tests.gateway.agencies.feeding import FIRE, WHOLE, Fed, feeding, histories
from tests.gateway.district import District, district
from tests.gateway.projections.projecting import Projecting
from tests.support.auditing import audit_of
from tests.support.postgres import FreshDatabases
from tests.support.running import eventually

EMPTIED = "delete from records where topic = (select topic from topics where name = $1)"
pytestmark = pytest.mark.proof


async def test_killed_again_and_again_it_ends_with_a_true_replica(
    fresh_database: FreshDatabases, tmp_path: Path
) -> None:
    chance = random.Random(3)
    file = tmp_path / "replica.sqlite"
    async with feeding(fresh_database, tmp_path) as fed:
        fire = await fed.agency("fire-brigade", WHOLE)
        facts = histories(20)
        await fed.happen(facts[:40])
        left = facts[40:]
        while left:
            async with by_http(fire, file):
                for _ in range(5):
                    happened, left = left[:20], left[20:]
                    await fed.happen(happened)
                    await asyncio.sleep(chance.random() / 5)  # killed at any moment
        async with by_http(fire, file):
            await replicated(fire, file)
            await fed.partners.narrow("fire-brigade", FIRE, "收窄")
            await replicated(fire, file)
        assert 0 < len(replica(file)) < 60


async def test_what_a_restored_service_no_longer_knows_goes_with_a_new_ones_first_event(
    fresh_database: FreshDatabases, tmp_path: Path
) -> None:
    file, restored = tmp_path / "replica.sqlite", Restored()
    async with feeding(fresh_database, tmp_path) as fed:
        fire = await fed.agency("fire-brigade", WHOLE)
        await fed.happen(restored.before[:1])
        async with by_http(fire, file):
            await replicated(fire, file)
            await fed.happen(restored.before[1:])
            assert len(await replicated(fire, file)) == 3
            await restored.tell(fed)
            await kept(file, restored.left)
        assert versions(await fire.snapshot()) == restored.left
        with sqlite3.connect(file) as db:
            gone = "select subject from event where subject not in (select id from aggregate)"
            assert db.execute(gone).fetchall() == []


async def test_revoked_it_ends(fresh_database: FreshDatabases, tmp_path: Path) -> None:
    async with feeding(fresh_database, tmp_path) as fed:
        fire = await fed.agency("fire-brigade", WHOLE)
        await fed.happen(histories(1))
        async with by_http(fire, tmp_path / "replica.sqlite") as process:
            await replicated(fire, tmp_path / "replica.sqlite")
            await fed.partners.revoke("fire-brigade", "协议终止")
            assert await asyncio.wait_for(process.wait(), 15) == 1


async def test_away_for_longer_than_the_log_keeps_it_catches_up(
    fresh_database: FreshDatabases, tmp_path: Path
) -> None:
    file = tmp_path / "replica.sqlite"
    async with district(fresh_database, tmp_path) as made:
        database = Database(made.system.databases["gateway"], 2)
        partners = Partners(audit_of(database), "tester")
        fed = Fed(made.system, Projecting(database), partners)
        fire = await fed.agency("fire-brigade", WHOLE)
        async with by_http(fire, file):
            await replicated(fire, file)
        before = replica(file)
        await accept(made)
        await forget(made)
        async with by_http(fire, file):
            await replicated(fire, file)
        assert replica(file)[str(made.reports[2])] > before[str(made.reports[2])]
        with sqlite3.connect(file) as db:  # by the feed, not by a new snapshot
            [(type_,)] = db.execute(
                "select type from event where subject = ?", [str(made.reports[2])]
            )
        assert type_ == "jinding.grid.report.accepted.v1"
        await database.close()


async def accept(made: District) -> None:
    token = await made.system.token("district_operator")
    path = f"/v1/grid/reports/{made.reports[2]}/accept"
    answer = await made.system.call(token, "POST", path, {}, {"If-Match": '"2"'})
    assert answer.status_code == 200, answer.text

    async def archived() -> bool:
        asked = "select 1 from archive where type = $1 and correlation_id is not null and key = $2"
        key = str(made.reports[2]).encode()
        rows = await made.system.fetch("gateway", asked, "jinding.grid.report.accepted.v1", key)
        return bool(rows)

    await eventually(archived)


async def forget(made: District) -> None:
    """The log's retention has passed."""
    settings = made.system.apps["grid"].state.runtime.settings
    log = await asyncpg.connect(dsn(settings.event_log_url.get_secret_value()))
    await log.execute(EMPTIED, ReportSnapshot.topic)
    await log.close()
