from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import create_async_engine

from jinding import calendar
from jinding.calendar import COUNTING, import_calendar
from jinding.databases import Databases
from jinding.migrate import migrate
from jinding.passwords import Passwords
from jinding.refusal import Refusal
from jinding.settings import Settings
from services.chassis.deadlines.calendar_table import load_calendar
from tests.chassis.deadlines.test_calendar_table import NOTICE
from tests.support.postgres import TestServer


@pytest.fixture
async def databases(
    postgres_server: TestServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Databases:
    """Those of a running system."""
    server_url = postgres_server.url("postgres").replace("+asyncpg", "")
    databases = Databases(server_url, Passwords(tmp_path))
    await databases.prepare()
    await migrate(databases, Settings(data_folder=tmp_path))

    @asynccontextmanager
    async def serving(*_: Any, **__: Any) -> AsyncIterator[Databases]:
        yield databases

    monkeypatch.setattr(calendar, "beside", serving)
    return databases


async def years(url: str) -> frozenset[int]:
    engine = create_async_engine(url)
    async with engine.connect() as connection:
        known = (await load_calendar(connection)).years
    await engine.dispose()
    return known


async def test_a_further_year_reaches_every_service_that_counts_working_days(
    databases: Databases, tmp_path: Path
) -> None:
    file = tmp_path / "2027.csv"
    file.write_text(NOTICE, encoding="utf-8")
    assert await import_calendar(Settings(), file) == 366
    assert await import_calendar(Settings(), file) == 366
    for name in COUNTING:
        assert 2027 in await years(databases.url(name))


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"day,is_working,name\n2027-13-01,false,\n", "Row 1, field day: not a date"),
        ("day,is_working,name\n2027-01-01,false,元旦\n".encode("gbk"), "not UTF-8"),
    ],
)
async def test_a_faulty_file_is_told_in_one_sentence_and_changes_nothing(
    databases: Databases, tmp_path: Path, content: bytes, sentence: str
) -> None:
    file = tmp_path / "faulty.csv"
    file.write_bytes(content)
    with pytest.raises(Refusal, match=sentence):
        await import_calendar(Settings(), file)
