import asyncio
from datetime import UTC, datetime
from uuid import uuid4

from services.chassis.operation import Item
from services.contracts import roles
from services.grid.reports.operations import create_report
from services.grid.reports.schemas import ReportIn
from tests.support.grid import BATCH, REPORT, batch, creation, refusal
from tests.support.people import IMPORTER, TOWNSHIP, caller
from tests.support.running import Running, eventually

IMPORTS = "/v1/grid/imports"
LONG_AGO = "2017-03-05T09:00:00+08:00"


async def opened(grid: Running) -> str:
    answer = await grid.call(IMPORTER, "POST", IMPORTS, {"source": "旧系统 2018-04"})
    assert answer.status_code == 201
    return str(answer.json()["id"])


async def test_records_carry_their_import(grid: Running) -> None:
    id_ = await opened(grid)
    (result,) = await batch(grid, IMPORTER, creation("a", occurred_at=LONG_AGO), import_batch=id_)
    assert result["outcome"] == "applied"
    rows = await grid.fetch("select import_batch_id, occurred_at from report")
    assert [(str(row[0]), row[1]) for row in rows] == [(id_, datetime(2017, 3, 5, 1, tzinfo=UTC))]
    (clock,) = await grid.fetch("select held_by from clock")
    assert str(clock["held_by"]) == id_


async def test_an_equal_id_answers_with_the_import_as_it_is(grid: Running) -> None:
    body = {"id": str(uuid4()), "source": "旧系统"}
    first = await grid.call(IMPORTER, "POST", IMPORTS, body)
    again = await grid.call(IMPORTER, "POST", IMPORTS, body | {"source": "别的"})
    assert again.json() == first.json()


async def test_a_completed_import_takes_no_more(grid: Running) -> None:
    id_ = await opened(grid)
    done = await grid.call(IMPORTER, "POST", f"{IMPORTS}/{id_}/complete")
    again = await grid.call(IMPORTER, "POST", f"{IMPORTS}/{id_}/complete")
    assert (done.status_code, again.json()) == (200, done.json())
    for items in ([creation("a")], [creation("a"), creation("b")]):
        answer = await grid.call(IMPORTER, "POST", BATCH, {"items": items, "import_batch": id_})
        assert (answer.status_code, answer.json()["code"]) == (409, "import_completed")
    assert await grid.fetch("select from report") == []


async def test_an_unknown_import_is_not_found(grid: Running) -> None:
    body = {"items": [creation("a"), creation("b")], "import_batch": str(uuid4())}
    answer = await grid.call(IMPORTER, "POST", BATCH, body)
    assert (answer.status_code, answer.json()["code"]) == (404, "import_unknown")
    answer = await grid.call(IMPORTER, "POST", f"{IMPORTS}/{uuid4()}/complete")
    assert answer.status_code == 404


async def test_an_import_is_nobody_elses(grid: Running) -> None:
    id_ = await opened(grid)
    other = caller(roles.DATA_IMPORTER, "330703101", subject="importer-next-door")
    for path, body in ((f"/{id_}/complete", None), ("", {"id": id_, "source": "别的"})):
        answer = await grid.call(other, "POST", f"{IMPORTS}{path}", body)
        assert refusal(answer) == (404, "import_unknown")
    (row,) = await grid.fetch("select completed_at from import_batch")
    assert row["completed_at"] is None


async def test_only_importers_import(grid: Running) -> None:
    id_ = await opened(grid)
    answer = await grid.call(TOWNSHIP, "POST", IMPORTS, {"source": "旧系统"})
    assert answer.status_code == 403
    body = {"items": [creation("a")], "import_batch": id_}
    assert (await grid.call(TOWNSHIP, "POST", BATCH, body)).status_code == 403


async def test_completing_waits_for_the_runs_of_the_import(grid: Running) -> None:
    id_ = await opened(grid)
    entered, leave = asyncio.Event(), asyncio.Event()

    async def linger(*_: object) -> None:
        entered.set()
        await leave.wait()

    item = Item(create_report, uuid4(), ReportIn.model_validate(REPORT))
    running = asyncio.create_task(
        grid.runtime.unit.run([item], IMPORTER, import_batch_id=id_, also=linger)
    )
    await entered.wait()
    completing = asyncio.create_task(grid.call(IMPORTER, "POST", f"{IMPORTS}/{id_}/complete"))

    async def waits() -> bool:
        rows = await grid.fetch("select from pg_locks where not granted")
        return len(rows) == 1

    await eventually(waits)
    leave.set()
    await running
    assert (await completing).status_code == 200
    assert [tuple(row) for row in await grid.fetch("select held_by from clock")] == [(None,)]
