"""What every list offers alike."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from tests.support.grid import BATCH, REPORT, REPORTS, batch, creation, reported
from tests.support.people import DISTRICT, IMPORTER, RED_MEMBER, TOWNSHIP
from tests.support.running import Running

AREAS = "/v1/grid/areas"


def ago(**span: float) -> str:
    return (datetime.now(UTC) - timedelta(**span)).isoformat()


async def titles(grid: Running, **filters: Any) -> list[str]:
    answer = await grid.call(DISTRICT, "GET", REPORTS, **filters)
    assert answer.status_code == 200, answer.text
    return sorted(line["title"] for line in answer.json()["items"])


async def test_late_entries_are_listed_for_review(grid: Running) -> None:
    for title, hours in (("now", 0), ("usual", 71), ("late", 73), ("later", 24 * 29)):
        await reported(grid, title=title, occurred_at=ago(hours=hours))
    opened = (await grid.call(IMPORTER, "POST", "/v1/grid/imports", {"source": "旧系统"})).json()
    old = creation("a", title="history", occurred_at=ago(days=400))
    await batch(grid, IMPORTER, old, import_batch=opened["id"])
    assert await titles(grid, late_entry=True) == ["late", "later"]
    assert await titles(grid, late_entry=False) == ["history", "now", "usual"]
    assert len(await titles(grid)) == 5
    assert await titles(grid, late_entry=True, status="REPORTED", area="330703105") == [
        "late",
        "later",
    ]
    answer = await grid.call(DISTRICT, "GET", AREAS, late_entry=True)
    assert (answer.status_code, answer.json()["items"]) == (200, [])


async def test_the_filter_goes_with_the_pages(grid: Running) -> None:
    for n in range(3):
        await reported(grid, title=f"late {n}", occurred_at=ago(hours=80 + n))
        await reported(grid)
    seen: list[str] = []
    path = f"{REPORTS}?late_entry=true&limit=1"
    while path:
        answer = await grid.call(DISTRICT, "GET", path)
        seen += [line["title"] for line in answer.json()["items"]]
        path = answer.links.get("next", {}).get("url", "")
    assert sorted(seen) == ["late 0", "late 1", "late 2"]


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ("late=true", "/query/late"),
        ("limit=5&colour=red&zone=1", "/query/colour"),
        ("report_id=1", "/query/report_id"),
        ("a/b~c=1", "/query/a~1b~0c"),
        ("if-none-match=1", "/query/if-none-match"),
        ("%ED%A0%80=1", "/query/\ufffd\ufffd\ufffd"),
        ("=1", "/query/"),
    ],
)
async def test_a_parameter_that_does_not_exist_is_refused(
    grid: Running, query: str, pointer: str
) -> None:
    answer = await grid.call(DISTRICT, "GET", f"{REPORTS}?{query}")
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (422, "unknown_parameter")
    assert problem["errors"][0]["pointer"] == pointer
    assert pointer.removeprefix("/query/")[:1] in problem["detail"]


async def test_no_route_takes_what_it_does_not_name(grid: Running) -> None:
    receipt = await reported(grid)
    for method, path, body in (
        ("GET", f"{REPORTS}/{receipt['id']}", None),
        ("POST", REPORTS, REPORT | {"id": str(uuid4())}),
        ("POST", f"{REPORTS}/{receipt['id']}/accept", {}),
        ("POST", BATCH, {"items": [creation("a")]}),
    ):
        answer = await grid.call(TOWNSHIP, method, path, body, {"If-Match": '"1"'}, status="CLOSED")
        assert (answer.status_code, answer.json()["code"]) == (422, "unknown_parameter"), path
    assert len(await grid.fetch("select from outbox where topic = 'jinding.grid.report.v1'")) == 1


async def test_several_values_of_a_filter_are_no_surprise(grid: Running) -> None:
    await reported(grid, RED_MEMBER)
    answer = await grid.call(DISTRICT, "GET", f"{REPORTS}?status=REPORTED&status=ACCEPTED&limit=1")
    assert (answer.status_code, len(answer.json()["items"])) == (200, 1)
