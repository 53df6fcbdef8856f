"""What the archive keeps of a log, and of one that was replaced."""

from alembic import command
from sqlalchemy.ext.asyncio import create_async_engine

from services.chassis.migrations import _config, upgrade
from tests.gateway.projections.histories import History
from tests.gateway.projections.projecting import Projecting, another_log
from tests.support.postgres import FreshDatabases

KEPT = 'select log_identity, "offset" from archive order by read_at, "offset"'
OLD = """
insert into consumer_offset values ('gateway-projection', 'read', 0, 'a log', 1);
insert into consumer_offset values ('other', 'unread', 0, 'a log', 1);
insert into archive (topic, partition, "offset", read_at, key, headers)
    select topic, 0, 0, now(), '', '{}' from unnest('{read,unread}'::text[]) as topic;
"""


async def test_both_logs_are_kept_when_one_replaces_the_other(gateway: Projecting) -> None:
    facts = History([(0, "accept", 1), (0, "assign", 1)]).facts
    reports = [fact for fact in facts if fact.id.int == 1]
    await gateway.runner().settle(gateway.records(reports[:2]))
    await another_log(gateway, "rebuilt")
    await gateway.runner().settle(gateway.records(reports))
    kept = [("log", 0), ("log", 1), ("rebuilt", 0), ("rebuilt", 1), ("rebuilt", 2)]
    assert await gateway.fetch(KEPT) == kept
    assert await gateway.versions() == {1: 3}


async def test_what_was_archived_before_is_of_the_log_that_is_read_now(
    fresh_database: FreshDatabases,
) -> None:
    url = await fresh_database()
    engine = create_async_engine(url)
    async with engine.begin() as connection:
        await connection.run_sync(lambda sync: command.upgrade(_config("gateway", sync), "0002"))
        for statement in OLD.strip().split(";\n"):
            await connection.exec_driver_sql(statement)
    await upgrade("gateway", url)
    async with engine.connect() as connection:
        rows = await connection.exec_driver_sql(
            "select topic, log_identity from archive order by 1"
        )
        assert [tuple(row) for row in rows] == [("read", "a log"), ("unread", "")]
    await engine.dispose()
