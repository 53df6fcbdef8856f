"""A service starts only on the schema that it was written for."""

import re

import pytest
from sqlalchemy.ext.asyncio import create_async_engine

from services.chassis.migrations import upgrade
from services.chassis.schema import ROOT, SchemaUnknown, known_head
from tests.support.postgres import FreshDatabases

SERVICES = ("grid", "disputes", "inspection", "training", "gateway")
NAMED = re.compile(r'^(revision|down_revision) = (?:"(\d{4})"|None)', re.MULTILINE)


async def told(url: str, statement: str = "") -> str:
    """What a start says, after `statement`; nothing where all is well."""
    engine = create_async_engine(url)
    try:
        async with engine.begin() as connection:
            if statement:
                await connection.exec_driver_sql(statement)
        await known_head("grid", engine)
    except SchemaUnknown as refusal:
        return str(refusal)
    finally:
        await engine.dispose()
    return ""


async def test_it_starts_on_what_was_migrated_and_on_nothing_else(
    fresh_database: FreshDatabases,
) -> None:
    url = await fresh_database()
    assert "The schema of grid is None" in await told(url)
    await upgrade("grid", url)
    assert await told(url) == ""
    newer = await told(url, "update alembic_version set version_num = '9999'")
    assert "The schema of grid is 9999" in newer
    assert "jinding migrate" in newer


@pytest.mark.parametrize("service", SERVICES)
def test_revisions_are_numbered_one_after_the_other(service: str) -> None:
    files = sorted((ROOT / service / "migrations" / "versions").glob("[0-9]*.py"))
    numbers = [path.name[:4] for path in files]
    assert numbers == [f"{n:04d}" for n in range(1, len(files) + 1)]
    for path, number, before in zip(files, numbers, [None, *numbers], strict=False):
        assert dict(NAMED.findall(path.read_text())) == {
            "revision": number,
            "down_revision": before or "",
        }
