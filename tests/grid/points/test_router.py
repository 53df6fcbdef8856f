"""Reports as points of a map: never the place of a sensitive one, never two datums mixed."""

from typing import Any

import pytest

from tests.grid.people import NEIGHBOUR, RESIDENT
from tests.grid.reports.test_content import position
from tests.support.grid import REPORTS, brought_to, refusal, reported
from tests.support.people import DISTRICT, OPERATOR, OTHER_TOWNSHIP, RED_MEMBER, TOWNSHIP
from tests.support.running import Running

PATH = "/v1/grid/reports.geojson"


async def points(grid: Running, who: Any = DISTRICT, **query: Any) -> dict[str, Any]:
    answer = await grid.call(who, "GET", PATH, **query)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/geo+json"
    return dict(answer.json())


async def test_a_report_is_a_feature(grid: Running) -> None:
    receipt = await reported(grid, category="MARKET", position=position())
    (feature,) = (await points(grid, category="MARKET"))["features"]
    assert feature["id"] == receipt["id"]
    assert feature["geometry"] == {"type": "Point", "coordinates": [119.7, 29.1]}
    told = feature["properties"]
    assert (told["number"], told["is_doubtful"]) == (receipt["number"], False)
    assert "title" not in told


async def test_a_sensitive_report_has_no_point_whoever_asks(grid: Running) -> None:
    place = position(lng=119.6543, lat=29.0987)
    await reported(grid, RESIDENT, category="FIREWORKS", position=place, accuses=True)
    for who in (DISTRICT, TOWNSHIP, RESIDENT):
        answer = await grid.call(who, "GET", PATH, category="FIREWORKS")
        assert (answer.json()["features"], answer.json()["omitted"]) == ([], 1)
        assert "119.65" not in answer.text
    assert (await points(grid, NEIGHBOUR, category="FIREWORKS"))["omitted"] == 0
    assert (await points(grid, OTHER_TOWNSHIP, category="FIREWORKS"))["omitted"] == 0


async def test_datums_are_never_mixed(grid: Running) -> None:
    await reported(grid, category="TRAFFIC", position=position(datum="GCJ02"))
    await reported(grid, category="TRAFFIC", position=position(mock=True))
    await reported(grid, category="TRAFFIC")
    plain, shifted = [
        await points(grid, category="TRAFFIC", datum=datum) for datum in ("WGS84", "GCJ02")
    ]
    assert [f["properties"]["is_doubtful"] for f in plain["features"]] == [True]
    assert [f["properties"]["is_doubtful"] for f in shifted["features"]] == [False]
    assert (plain["omitted"], shifted["omitted"]) == (2, 2)


async def test_pages_follow_each_other_and_filters_narrow(grid: Running) -> None:
    made = [
        await reported(grid, category="LIVELIHOOD", position=position(lng=119 + n / 10))
        for n in range(5)
    ]
    await brought_to(grid, "CANCELLED", category="LIVELIHOOD", position=position())
    seen: list[str] = []
    query: dict[str, Any] = {"category": "LIVELIHOOD", "status": "REPORTED", "limit": 2}
    after: str | None = None
    while True:
        page = await points(grid, RED_MEMBER, **query, **({"after": after} if after else {}))
        seen += [feature["id"] for feature in page["features"]]
        after = page["next"]
        if after is None:
            break
    assert seen == [receipt["id"] for receipt in reversed(made)]


@pytest.mark.parametrize(
    ("query", "pointer"),
    [({"datum": "XYZ"}, "/query/datum"), ({"categories": "TRAFFIC"}, "/query/categories")],
)
async def test_what_does_not_fit_is_named(
    grid: Running, query: dict[str, Any], pointer: str
) -> None:
    assert refusal(await grid.call(DISTRICT, "GET", PATH, **query))[2] == pointer


async def test_operators_of_machines_see_no_reports(grid: Running) -> None:
    for path in (PATH, REPORTS):
        assert refusal(await grid.call(OPERATOR, "GET", path)) == (403, "permission_missing")
