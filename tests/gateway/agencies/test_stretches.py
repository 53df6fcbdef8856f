"""An archive that is older than the feed is read like any other."""

from alembic import command
from sqlalchemy.ext.asyncio import create_async_engine

from services.chassis.migrations import _config, upgrade
from tests.support.postgres import FreshDatabases

OLD = """
insert into consumer_offset values ('gateway-projection', 'read', 0, 'second', 1);
insert into consumer_offset values ('gateway-projection', 'unread', 0, 'first', 0);
insert into consumer_offset values ('other', 'read', 0, 'x', 9);
insert into archive (topic, partition, log_identity, "offset", read_at, key, headers) values
    ('read', 0, 'first', 0, now() - interval '1 day', '', '{}'),
    ('read', 0, 'first', 1, now() - interval '1 day', '', '{}'), ('read', 0, 'second', 0, now(), '', '{}');
"""
NEW = """
update consumer_offset set next_offset = 5 where topic = 'read';
update consumer_offset set next_offset = 2 where topic = 'read';
update consumer_offset set log_identity = 'third', next_offset = 0 where topic = 'unread';
"""
STRETCHES = "select topic, log_identity, first_offset from archive_stretch order by topic, id"


async def test_stretches_are_known_from_before_the_upgrade_and_after(
    fresh_database: FreshDatabases,
) -> None:
    url = await fresh_database()
    engine = create_async_engine(url)
    async with engine.begin() as connection:
        await connection.run_sync(lambda sync: command.upgrade(_config("gateway", sync), "0006"))
        for statement in OLD.strip().split(";\n"):
            await connection.exec_driver_sql(statement)
    await upgrade("gateway", url)
    async with engine.begin() as connection:
        for statement in NEW.strip().split(";\n"):
            await connection.exec_driver_sql(statement)
        rows = await connection.exec_driver_sql(STRETCHES)
        assert [tuple(row) for row in rows] == [
            ("read", "first", 0),
            ("read", "second", 0),
            ("read", "second", 2),
            ("unread", "first", 0),
            ("unread", "third", 0),
        ]
    await engine.dispose()
