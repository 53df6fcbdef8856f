"""Every service's tables, with a row in each, go from the schema before the newest to the newest."""

from typing import Any

import pytest
from alembic import command
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import create_async_engine

from jinding.processes import SERVICES
from services.chassis.migrations import _config, upgrade
from services.chassis.schema import ROOT
from tests.support.postgres import FreshDatabases

VALUES = {
    "text": "'probe'",
    "character varying": "'probe'",
    "boolean": "true",
    "bytea": "'x'",
    "date": "'2026-01-05'",
    "jsonb": "'{}'",
    "timestamp with time zone": "'2026-01-05 10:00+08'",
    "uuid": "'00000000-0000-0000-0000-000000000001'",
    "ARRAY": "'{probe}'",
}
COLUMNS = """
    select table_name, column_name, data_type from information_schema.columns c
    where table_schema = 'public' and is_generated = 'NEVER' and is_identity = 'NO'
        and table_name not in ('alembic_version', 'calendar_day')
        and (table_name, column_name) <> ('agency_grant', 'until')
        and exists (select from pg_class where relname = table_name and relkind in ('r', 'p')
                    and not relispartition)
    order by table_name, ordinal_position"""
"""Every upgrade fills the calendar itself; a grant ends later than it begins, or never."""


def _columns(connection: Connection) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for table, column, kind in connection.execute(text(COLUMNS)):
        found.setdefault(table, {})[column] = kind
    return found


def _filled(connection: Connection) -> dict[str, list[Any]]:
    """A row in every table, whatever it means; the rows."""
    connection.execute(
        text("set session_replication_role = replica")
    )  # no foreign keys, no triggers
    for table, columns in _columns(connection).items():
        names = ", ".join(f'"{name}"' for name in columns)
        values = ", ".join(VALUES.get(kind, "'7'") for kind in columns.values())
        connection.execute(text(f'insert into "{table}" ({names}) values ({values})'))
    connection.execute(text("set session_replication_role = default"))
    return _rows(connection, _columns(connection))


def _rows(connection: Connection, columns: dict[str, dict[str, str]]) -> dict[str, list[Any]]:
    rows: dict[str, list[Any]] = {}
    for table, known in columns.items():
        names = ", ".join(f'"{name}"' for name in known)
        found = connection.execute(text(f'select {names} from "{table}"'))
        rows[table] = [row._asdict() for row in found]
    return rows


SEEDED = {("gateway", "0017", "warning_rule"): 1}
"""How many rows of configuration a revision brings along."""
KEYED = {"grid": "0031", "disputes": "0010", "inspection": "0010", "training": "0010"}
REMOVED = {
    (service, revision, table): {"body_hash": b""}
    for service, revision in KEYED.items()
    for table in ("answer", "parked_item")
}
"""What a revision takes away of every row: hashes by which it could be tried out what was said."""


@pytest.mark.proof
@pytest.mark.parametrize("service", SERVICES)
async def test_no_row_is_lost_or_changed_on_the_way_to_the_newest_schema(
    fresh_database: FreshDatabases, service: str
) -> None:
    url = await fresh_database()
    versions = sorted(path.name[:4] for path in (ROOT / service / "migrations").glob("*/[0-9]*.py"))
    engine = create_async_engine(url)
    config = _config(service)

    def before(connection: Connection) -> dict[str, list[Any]]:
        config.attributes["connection"] = connection
        command.upgrade(config, versions[-2])
        return _filled(connection)

    async with engine.begin() as connection:
        rows = await connection.run_sync(before)
    await upgrade(service, url)

    def after(connection: Connection) -> None:
        tables = _columns(connection)
        for table, told in rows.items():
            kept = set(told[0]) & set(tables[table])
            known = {table: dict.fromkeys(kept, "")}
            now = _rows(connection, known)[table]
            gone = REMOVED.get((service, versions[-1], table), {})
            was = [{name: row[name] for name in now[0]} | gone for row in told]
            brought = [row for row in now if row not in was]
            assert [row for row in was if row not in now] == [], table
            assert len(brought) == len(now) - len(was), table
            assert len(brought) == SEEDED.get((service, versions[-1], table), 0), table

    async with engine.connect() as connection:
        await connection.run_sync(after)
    await engine.dispose()
