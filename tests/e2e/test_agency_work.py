"""A partner agency hears of its assignment from the log, fetches what it is about, signs and answers."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from services.chassis.eventlog.port import PARTITIONS, Partition
from services.contracts.grid import ReportAssigned, ReportFact
from services.contracts.registry import read
from services.contracts.roles import AGENCY, DISTRICT_OPERATOR, RED_GRID_MEMBER
from tests.support.grid import AREAS, ORGANISATIONS, REPORT, REPORTS
from tests.support.postgres import TestServer, fresh_databases
from tests.support.stack import Stack, stack

ENFORCEMENT, GRID = "330703-enforcement", "330703105291001"


@pytest.fixture
async def district(
    postgres_server: TestServer, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Stack]:
    async with (
        fresh_databases(postgres_server) as fresh,
        stack(fresh, tmp_path_factory.mktemp("agency"), ["grid"]) as system,
    ):
        token = await system.token(DISTRICT_OPERATOR)
        for noun, rows in (("areas", AREAS), ("organisations", ORGANISATIONS)):
            await system.call(token, "PUT", f"/v1/grid/{noun}/import", {"rows": rows})
        yield system


async def assigned(system: Stack) -> tuple[str, ReportAssigned]:
    """The first assignment that the log tells of: whose, and the event."""
    reader = system.apps["grid"].state.runtime.log.reader()
    await reader.assign({Partition(ReportFact.topic, n): 0 for n in range(PARTITIONS)})
    try:
        async with asyncio.timeout(20):
            while True:
                for record in await reader.poll(100, 1.0):
                    event = read(dict(record.headers), record.value)
                    if isinstance(event, ReportAssigned):
                        return record.key.decode(), event
    finally:
        await reader.close()


async def test_an_agency_answers_what_the_log_told_it(district: Stack) -> None:
    office = await district.token(DISTRICT_OPERATOR)
    member = await district.token(RED_GRID_MEMBER, areas=[GRID])
    agency = await district.token(AGENCY, org=ENFORCEMENT)

    async def step(token: str, id: str, name: str, version: int, **body: Any) -> int:
        match = {"If-Match": f'"{version}"'}
        answer = await district.call(token, "POST", f"{REPORTS}/{id}/{name}", body, match)
        assert answer.status_code == 200, answer.text
        return int(answer.json()["version"])

    made = (await district.call(member, "POST", REPORTS, REPORT)).json()
    version = await step(office, made["id"], "accept", made["version"])
    await step(office, made["id"], "assign", version, organisation=ENFORCEMENT)

    id_, event = await assigned(district)
    assert (id_, event.organisation) == (made["id"], ENFORCEMENT)
    assert event.sign_due_at is not None
    told = json.dumps(event.model_dump(mode="json"), ensure_ascii=False)
    assert REPORT["description"] not in told

    purpose = {"purpose": "按交办到现场处置"}
    answer = await district.call(agency, "POST", f"{REPORTS}/{id_}/details", purpose)
    assert answer.json()["description"] == REPORT["description"]
    audited = await district.fetch("grid", "select purpose from audit where action = 'REVEALED'")
    assert [row["purpose"] for row in audited] == [purpose["purpose"]]

    version = await step(agency, id_, "start", answer.json()["version"])
    await step(agency, id_, "resolve", version, opinion="已清运")
    shown = (await district.call(office, "GET", f"{REPORTS}/{id_}")).json()
    assert (shown["status"], shown["opinion"]) == ("RESOLVED", "已清运")
    (delivery,) = shown["deliveries"]
    assert delivery["state"] == "SIGNED"
    assert None not in (delivery["received_at"], delivery["signed_at"])
