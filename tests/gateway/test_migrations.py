"""An upgrade of a large deployment."""

from alembic import command
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import create_async_engine

from services.chassis.migrations import _config, upgrade
from tests.support.postgres import FreshDatabases

PLACE = "create index concurrently ix_card_place on card (noun, area_code, id)"
FOUND = "select oid from pg_class where relname = 'ix_card_place'"


async def test_an_index_that_was_built_beforehand_is_taken(fresh_database: FreshDatabases) -> None:
    url = await fresh_database()

    def before(connection: Connection) -> None:
        config = _config("gateway", connection)
        command.upgrade(config, "0015")

    engine = create_async_engine(url)
    async with engine.begin() as connection:
        await connection.run_sync(before)
    autocommit = engine.execution_options(isolation_level="AUTOCOMMIT")
    async with autocommit.connect() as connection:
        await connection.execute(text(PLACE))
        built = (await connection.execute(text(FOUND))).scalar_one()
    await upgrade("gateway", url)
    async with engine.connect() as connection:
        assert (await connection.execute(text(FOUND))).scalar_one() == built
    await engine.dispose()
