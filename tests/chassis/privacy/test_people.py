"""People in the lines of a list, and the vault that a loader finds."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.chassis.privacy.people import Line, Shown, with_people
from services.chassis.privacy.vault import vault_of
from services.disputes.main import create_app
from tests.disputes.calls import CASES, registered
from tests.support.people import TOWNSHIP
from tests.support.postgres import FreshDatabases
from tests.support.running import Running, running


@pytest.fixture
async def disputes(fresh_database: FreshDatabases, tmp_path: Path) -> AsyncIterator[Running]:
    async with running("disputes", create_app, fresh_database, tmp_path) as service:
        yield service


def put(line: Line, people: Shown) -> None:
    found = people.get(UUID(line["person"]))
    line["name"] = found.name if found else None


async def line_of(service: Running) -> str:
    receipt = await registered(service)
    case = (await service.call(TOWNSHIP, "GET", f"{CASES}/{receipt['id']}")).json()
    return json.dumps({"id": case["id"], "person": case["parties"][1]["person"]})


async def test_the_people_of_a_page_come_masked(disputes: Running) -> None:
    lines = [await line_of(disputes), await line_of(disputes)]
    lines.append(json.dumps({"id": str(uuid4()), "person": str(uuid4())}))
    async with disputes.runtime.database.statements() as connection:
        told = await with_people(connection, disputes.runtime.unit.vault, lines, put)
    known: list[Any] = [json.loads(line) for line in told]
    assert [line["name"] for line in known] == ["李*", "李*", None]
    assert [line["id"] for line in known] == [json.loads(line)["id"] for line in lines]


async def test_a_loader_finds_the_vault_by_its_connection(disputes: Running) -> None:
    runtime = disputes.runtime
    async with runtime.database.statements() as one, runtime.database.transaction() as other:
        assert vault_of(one) is vault_of(other) is runtime.unit.vault
