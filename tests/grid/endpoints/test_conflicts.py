"""What a state forbids, at each endpoint whose document tells of it: somebody holds the record, or it is over."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest

from services.grid.main import DEFINITION
from tests.chassis.outboxes import connected
from tests.grid.endpoints.furnished import Furnished
from tests.grid.endpoints.surface import DOCUMENTED, WITH_ID, Endpoint, ask, fitting
from tests.grid.endpoints.test_statuses import EVERYBODY
from tests.grid.field import TOWN, imported, post
from tests.support.files import declaring, part
from tests.support.grid import REPORT, refusal, reported
from tests.support.people import IMPORTER, RED_MEMBER

BUSY = (409, "still_running")
IMPORTING = ("areas/import", "micro-grids/import", "organisations/import", "populations/import")
IMPORTS = [e for e in DOCUMENTED if e.path.endswith((*IMPORTING, "duty-weeks")) and e.schema]
STEPS = [e for e in DOCUMENTED if "428" in e.operation["responses"]]
OTHERS = [e for e in DOCUMENTED if e.path.endswith(("areas/redraw", "{report_id}/details"))]
REVEALING = [e for e in WITH_ID if e.path.endswith("/reveal")]


@pytest.fixture
async def busy(township: Furnished) -> AsyncIterator[Furnished]:
    """A township in which somebody writes all tables, and does not end; nobody waits for long."""
    unit = township.grid.runtime.unit
    tables = ", ".join(str(noun.model.__table__) for noun in DEFINITION.nouns)
    async with connected(township.grid.database_url) as connection, connection.transaction():
        await connection.execute(f"lock table {tables} in exclusive mode")
        township.grid.runtime.unit = replace(unit, patience="20ms")
        yield township
        township.grid.runtime.unit = unit


@pytest.mark.parametrize("endpoint", [*STEPS, *IMPORTS, *OTHERS], ids=lambda each: each.name)
async def test_what_somebody_holds_is_not_waited_for_long(
    busy: Furnished, endpoint: Endpoint
) -> None:
    ids = busy.ids.get(endpoint.record, ())
    answer = await ask(busy.grid, EVERYBODY, endpoint, *ids, body=fitting(endpoint))
    assert refusal(answer) == (*BUSY, *(["/rows/0"] if endpoint in IMPORTS else []))


@pytest.mark.parametrize("endpoint", REVEALING, ids=lambda each: each.name)
async def test_of_whom_was_erased_nothing_is_revealed(
    township: Furnished, endpoint: Endpoint
) -> None:
    ids = township.ids[endpoint.record]
    erased = "update person set erased_at = {} where id = $1::uuid"
    await township.grid.fetch(erased.format("now()"), ids[1])
    answer = await ask(township.grid, EVERYBODY, endpoint, *ids, body=fitting(endpoint))
    await township.grid.fetch(erased.format("null"), ids[1])
    assert refusal(answer) == (409, "person_erased")


async def test_a_batch_into_an_import_that_is_completed_is_refused(township: Furnished) -> None:
    grid, import_batch = township.grid, await imported(township.grid)
    await post(grid, IMPORTER, f"imports/{import_batch}/complete")
    item: dict[str, Any] = {"operation": "create_report", "key": "k"}
    answer = await post(
        grid, IMPORTER, "batch", import_batch=import_batch, items=[item | {"body": REPORT}]
    )
    assert refusal(answer) == (409, "import_completed")


async def test_a_hold_is_of_one_thing_and_lifted_once(township: Furnished) -> None:
    wish = {"aggregate_id": township.ids["reports/{}"][0], "reason": "依法保全证据"}
    set_ = await post(township.grid, EVERYBODY, "legal-holds", **wish, area_code=TOWN)
    other = wish | {"reason": "另案的证据", "area_code": TOWN, "id": set_.json()["id"]}
    answer = await post(township.grid, EVERYBODY, "legal-holds", **other)
    assert refusal(answer) == (409, "hold_differs")
    path, why = f"legal-holds/{set_.json()['id']}/lift", "案件已经办结"
    assert not (await post(township.grid, EVERYBODY, path, reason=why)).is_error
    answer = await post(township.grid, EVERYBODY, path, reason=why)
    assert refusal(answer) == (409, "already_lifted")


async def test_a_file_goes_on_where_it_ended_and_not_once_it_was_withdrawn(
    township: Furnished,
) -> None:
    grid, file = township.grid, declaring(b"a" * 64)
    await reported(grid, RED_MEMBER, attachments=[file])
    answer = await part(grid, RED_MEMBER, file["id"], 5, b"a" * 59)
    assert refusal(answer) == (409, "offset_differs", "/header/upload-offset")
    path = f"/v1/grid/attachments/{file['id']}"
    assert not (await grid.call(RED_MEMBER, "DELETE", path)).is_error
    assert refusal(await grid.call(RED_MEMBER, "DELETE", path)) == (409, "already_whole")
