"""Who may ask for which list as a file, and what is refused."""

from typing import Any

import pytest
from sqlalchemy import text

from services.chassis.audit import Action, Entry
from services.chassis.identity.caller import Caller
from services.contracts import roles
from tests.support.exports import BODY, EXPORTS, asked, content, exporter, told
from tests.support.grid import refusal
from tests.support.people import DISTRICT, OPERATOR, TOWNSHIP, caller
from tests.support.running import Running

RESIDENT = caller(roles.RESIDENT)
MEDIATOR = caller(roles.MEDIATOR)


class Told:
    """An audit that keeps what it is told, and with how many jobs in sight."""

    def __init__(self) -> None:
        self.entries: list[tuple[str, Entry, int]] = []

    async def record(self, connection: Any, caller: Caller, entry: Entry) -> None:
        seen = await connection.scalar(text("select count(*) from export_job"))
        assert connection.in_transaction()
        self.entries.append((caller.subject, entry, seen))


class Full:
    async def record(self, *_: Any) -> None:
        raise RuntimeError("no audit, no export")


async def test_an_export_is_queued_and_tells_how_far_it_is(grid: Running) -> None:
    job = await asked(grid, DISTRICT, filters={"status": ["CLOSED"], "area": "330703105"})
    assert job["state"] == "QUEUED"
    assert job["filters"] == {"status": ["CLOSED"], "area": "330703105"}
    assert (job["rows"], job["language"], job["reason"]) == (0, "zh", None)
    assert await told(grid, DISTRICT, job) == job
    answer = await grid.call(DISTRICT, "GET", EXPORTS)
    assert answer.json() == {"items": [job]}


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"list": "cases"}, "/list"),
        ({"format": "pdf"}, "/format"),
        ({"format": "geojson", "list": "areas"}, "/format"),
        ({"format": "geojson", "filters": {"datum": "X"}}, "/filters/datum"),
        ({"filters": {"datum": "WGS84"}}, "/filters/datum"),
        ({"language": "fr"}, "/language"),
        ({"purpose": " "}, "/purpose"),
        ({"filters": {"colour": "RED"}}, "/filters/colour"),
        ({"filters": {"limit": 5}}, "/filters/limit"),
        ({"filters": {"status": ["OPEN"]}}, "/filters/status/0"),
        ({"filters": {"area": "33070"}}, "/filters/area"),
        ({"filters": {"reported_from": "0001-01-01"}}, "/filters/reported_from"),
        ({"filters": {"scope": "all"}}, "/filters/scope"),
        ({"area": "330703"}, "/area"),
    ],
)
async def test_what_the_list_would_not_take_is_refused_by_name(
    grid: Running, change: dict[str, Any], pointer: str
) -> None:
    answer = await grid.call(DISTRICT, "POST", EXPORTS, BODY | change)
    assert (answer.status_code, refusal(answer)[-1]) == (422, pointer)
    assert await grid.fetch("select from export_job") == []


@pytest.mark.parametrize("who", [RESIDENT, OPERATOR, MEDIATOR])
async def test_it_takes_the_permission_to_export_and_that_of_the_list(
    grid: Running, who: Caller
) -> None:
    answer = await grid.call(who, "POST", EXPORTS, BODY)
    assert refusal(answer) == (403, "permission_missing")


async def test_an_equal_request_is_the_same_export(grid: Running) -> None:
    key = {"Idempotency-Key": "once"}
    first, second = [await grid.call(DISTRICT, "POST", EXPORTS, BODY, key) for _ in range(2)]
    assert (first.status_code, second.status_code) == (202, 202)
    assert first.json() == second.json()
    other = await grid.call(DISTRICT, "POST", EXPORTS, BODY | {"format": "xlsx"}, key)
    assert refusal(other) == (422, "key_reused", "/header/idempotency-key")
    assert (await grid.call(TOWNSHIP, "POST", EXPORTS, BODY, key)).json() != first.json()
    assert len(await grid.fetch("select from export_job")) == 2


async def test_one_has_so_many_under_way_and_no_more(grid: Running) -> None:
    jobs = [await asked(grid, DISTRICT) for _ in range(3)]
    answer = await grid.call(DISTRICT, "POST", EXPORTS, BODY)
    assert refusal(answer) == (429, "too_many_exports")
    assert int(answer.headers["Retry-After"]) > 0
    await asked(grid, TOWNSHIP)
    await grid.call(DISTRICT, "DELETE", f"{EXPORTS}/{jobs[0]['id']}")
    await asked(grid, DISTRICT)


async def test_nobody_else_sees_fetches_or_cancels_it(grid: Running) -> None:
    job = await asked(grid, DISTRICT)
    await exporter(grid).run()
    for method, path in (("GET", ""), ("GET", "/content"), ("DELETE", "")):
        answer = await grid.call(TOWNSHIP, method, f"{EXPORTS}/{job['id']}{path}")
        assert refusal(answer) == (404, "not_found")
    assert (await grid.call(TOWNSHIP, "GET", EXPORTS)).json() == {"items": []}
    assert (await content(grid, DISTRICT, job)).status_code == 200


async def test_asking_and_each_download_are_audited_in_their_transaction(grid: Running) -> None:
    grid.runtime.audit = audit = Told()
    key = {"Idempotency-Key": "audited"}
    answers = [await grid.call(DISTRICT, "POST", EXPORTS, BODY, key) for _ in range(2)]
    await exporter(grid).run()
    for _ in range(2):
        assert (await content(grid, DISTRICT, answers[0].json())).status_code == 200
    assert [(who, entry.action, seen) for who, entry, seen in audit.entries] == [
        (DISTRICT.subject, Action.EXPORTED, 1),
        (DISTRICT.subject, Action.DOWNLOADED, 1),
        (DISTRICT.subject, Action.DOWNLOADED, 1),
    ]
    for _, entry, _ in audit.entries:
        assert (entry.noun, entry.purpose) == ("export", BODY["purpose"])
        assert entry.fields == ("reports", "csv")
        assert str(entry.object_id) == answers[0].json()["id"]


async def test_what_cannot_be_audited_does_not_happen(grid: Running) -> None:
    job = await asked(grid, DISTRICT)
    await exporter(grid).run()
    grid.runtime.audit = Full()
    assert (await grid.call(DISTRICT, "POST", EXPORTS, BODY)).status_code == 500
    assert (await content(grid, DISTRICT, job)).status_code == 500
    assert len(await grid.fetch("select from export_job")) == 1
