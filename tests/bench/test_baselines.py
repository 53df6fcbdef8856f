"""The baselines write into the tables as they are."""

import re
from datetime import UTC, datetime

import pytest
from uuid_utils.compat import uuid7

from services.chassis.migrations import upgrade
from tests.bench.baselines import bare, pgbench
from tests.chassis.outboxes import connected
from tests.support.postgres import FreshDatabases

TOLD = {
    "area_code": "330703105291001",
    "category": "ENVIRONMENT",
    "title": "河边堆放垃圾",
    "description": "河边有一堆建筑垃圾",
    "place": "村口桥边",
}
COUNTS = "select (select count(*) from report), (select count(*) from outbox)"


@pytest.fixture
async def url(fresh_database: FreshDatabases) -> str:
    made = await fresh_database()
    await upgrade("grid", made)
    return made


async def test_the_bare_application_inserts_a_report_and_its_event(url: str) -> None:
    id_, now = uuid7(), datetime.now(UTC)
    async with connected(url) as connection:
        await connection.execute(bare.INSERT_REPORT, *bare.report_of(TOLD, id_, now, "GE1"))
        await connection.execute(bare.INSERT_EVENT, *bare.event_of(TOLD, id_, now, "GE1"))
        assert tuple(await connection.fetchrow(COUNTS) or ()) == (1, 1)


async def test_pgbench_inserts_the_same(url: str) -> None:
    statements = "".join(
        line for line in pgbench.SCRIPT.splitlines(True) if not line.startswith("\\")
    )
    defined = dict(text.split("=", 1) for text in pgbench.DEFINED[1::2])
    values = {name: f"'{text}'" for name, text in defined.items()}
    filled = re.sub(r"(?<!:):(\w+)", lambda name: values.get(name[1], "1"), statements)
    async with connected(url) as connection:
        await connection.execute(filled)
        assert tuple(await connection.fetchrow(COUNTS) or ()) == (1, 1)
