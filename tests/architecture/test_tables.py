"""What the tables promise, and that the migrations make just those tables."""

import importlib
from collections.abc import Iterator
from types import ModuleType

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, Enum, MetaData, Table
from sqlalchemy.ext.asyncio import create_async_engine

from services.chassis.migrations import upgrade
from tests.architecture.sources import lines, tracked
from tests.support.postgres import FreshDatabases

SERVICES = ("grid", "disputes", "inspection", "training", "gateway")


def tables(service: str) -> dict[str, Table]:
    """The tables of the service's database by name, as its models say."""
    models = importlib.import_module(f"services.{service}.models_all")
    named = [getattr(models, name) for name in models.__all__]
    return {table.name: table for thing in named for table in _held(thing)}


def _held(thing: object) -> Iterator[Table]:
    for value in vars(thing).values() if isinstance(thing, ModuleType) else (thing,):
        table = getattr(value, "__table__", value)
        if isinstance(table, Table):
            yield table


def test_no_two_services_name_a_table_alike() -> None:
    shared = set.intersection(*(set(tables(service)) for service in SERVICES))
    publishing = set.intersection(*(set(tables(service)) for service in SERVICES[:-1])) - shared
    known = shared | publishing
    own = [name for service in SERVICES for name in tables(service) if name not in known]
    assert len(shared) == 11
    assert publishing == {
        "person",
        "person_key",
        "erasure",
        "legal_hold",
        "retention_rule",
        "export_job",
        "attachment",
    }
    assert sorted(own) == sorted(set(own))


@pytest.mark.parametrize("service", SERVICES)
def test_codes_are_stored_by_value(service: str) -> None:
    for table in tables(service).values():
        for column in table.columns:
            if isinstance(column.type, Enum):
                members = column.type.enum_class
                assert members is not None, column
                assert column.type.enums == [member.value for member in members], column
                assert column.type.values_callable is not None, column  # else names, if they differ


@pytest.mark.parametrize("service", SERVICES)
async def test_the_migrations_make_what_the_models_say(
    fresh_database: FreshDatabases, service: str
) -> None:
    url = await fresh_database()
    await upgrade(service, url)
    models = MetaData()
    for table in tables(service).values():
        table.to_metadata(models)
    engine = create_async_engine(url)
    async with engine.connect() as connection:
        assert await connection.run_sync(differences, models) == []
    await engine.dispose()


def _is_modelled(name: str | None, kind: str, _: object) -> bool:
    return kind == "column" or "archive" not in str(name)


def differences(connection: Connection, models: MetaData) -> list[object]:
    """The archive and its partitions are left out: they are made by SQL and have no model."""
    options = {"compare_type": True, "include_schemas": True, "include_name": _is_modelled}
    context = MigrationContext.configure(connection, opts=options)
    return list(compare_metadata(context, models))


def test_no_two_workers_wait_for_one_lock() -> None:
    """Each is named by a number of its own; whoever has the other's would keep it out for ever."""
    found = [
        line
        for path in tracked()
        if path.parts[0] == "services"
        for line in lines(path)
        if line.startswith("LOCK = ")
    ]
    assert len(found) > 2
    assert sorted(found) == sorted(set(found))
