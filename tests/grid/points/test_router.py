"""Reports as points of a map: never the place of a sensitive one, never two datums mixed."""

from typing import Any

import pytest

from tests.grid.people import AGENCY, NEIGHBOUR, RESIDENT
from tests.grid.reports.test_content import position
from tests.grid.reports.test_sensitive import SENSITIVE
from tests.support.grid import AREAS, REPORTS, brought_to, refusal, reported
from tests.support.people import DISTRICT, HANDLER, OPERATOR, OTHER_TOWNSHIP, RED_MEMBER, TOWNSHIP
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
    assert told["position"] == "EXACT"
    assert "title" not in told


async def centred(grid: Running, lng: float | None = 119.71, datum: str = "WGS84") -> None:
    """The grid has its centroid there, or none."""
    told = None if lng is None else {"lng": lng, "lat": 29.11, "datum": datum}
    rows = [{**area, "centroid": told} if area["kind"] == "GRID" else area for area in AREAS]
    answer = await grid.call(DISTRICT, "PUT", "/v1/grid/areas/import", {"rows": rows})
    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize("facts", SENSITIVE.values(), ids=SENSITIVE)
async def test_a_sensitive_report_stands_at_its_grids_centroid_whoever_asks(
    grid: Running, facts: dict[str, Any]
) -> None:
    await centred(grid)
    place = position(lng=119.6543, lat=29.0987, mock=True)
    facts = {"category": "FIREWORKS", **facts}
    receipt = await reported(grid, RESIDENT, position=place, **facts)
    for who in (DISTRICT, TOWNSHIP, RESIDENT):
        answer = await grid.call(who, "GET", PATH, category=facts["category"])
        feature = next(f for f in answer.json()["features"] if f["id"] == receipt["id"])
        assert feature["geometry"]["coordinates"] == [119.71, 29.11]
        told = feature["properties"]
        assert (told["position"], told["is_doubtful"]) == ("GRID_CENTROID", False)
        assert told["subcategory"] is None
        assert "119.65" not in answer.text
        assert "29.09" not in answer.text
    for who in (NEIGHBOUR, OTHER_TOWNSHIP):
        answer = await grid.call(who, "GET", PATH, category=facts["category"])
        assert receipt["id"] not in answer.text


@pytest.mark.parametrize("facts", SENSITIVE.values(), ids=SENSITIVE)
async def test_whoever_handles_a_sensitive_report_is_told_the_centroid_as_such(
    grid: Running, facts: dict[str, Any]
) -> None:
    await centred(grid)
    place = position(lng=119.6543, lat=29.0987)
    for told, kind in ((place, "GRID_CENTROID"), (None, None)):
        receipt = await brought_to(grid, "ASSIGNED", RESIDENT, position=told, **facts)
        for who in (HANDLER, AGENCY):
            answer = await grid.call(who, "GET", f"{REPORTS}/{receipt['id']}")
            shown = answer.json()
            centroid = {"lng": 119.71, "lat": 29.11, "datum": "WGS84"} if kind else None
            assert (shown["position"], shown["position_kind"]) == (None, kind)
            assert (shown["centroid"], answer.headers["ETag"]) == (centroid, '"3"')
    plain = await brought_to(grid, "ASSIGNED", position=place)
    for who, kind in ((HANDLER, "EXACT"), (AGENCY, None)):
        shown = (await grid.call(who, "GET", f"{REPORTS}/{plain['id']}")).json()
        assert (shown["position_kind"], shown["centroid"]) == (kind, None)


async def test_an_agency_is_shown_no_exact_place(grid: Running) -> None:
    await centred(grid)
    receipt = await brought_to(grid, "ASSIGNED", position=position(lng=119.6543))
    for who, place in ((HANDLER, [119.6543, 29.1]), (AGENCY, [119.71, 29.11])):
        found = (await points(grid, who, limit=200))["features"]
        (feature,) = [f for f in found if f["id"] == receipt["id"]]
        assert feature["geometry"]["coordinates"] == place


async def test_without_a_centroid_or_of_another_datum_it_has_no_point(grid: Running) -> None:
    told: dict[str, Any] = {"category": "POPULATION_HOUSING", "anonymous": True}
    await reported(grid, position=position(datum="GCJ02"), **told)
    await reported(grid, **told)  # nothing is known of its place, and no more is told
    for lng, datum, shown in ((None, "WGS84", 0), (119.71, "WGS84", 1), (119.71, "GCJ02", 0)):
        await centred(grid, lng, datum)
        found = await points(grid, category="POPULATION_HOUSING")
        assert (len(found["features"]), found["omitted"]) == (shown, 2 - shown)
    (feature,) = (await points(grid, category="POPULATION_HOUSING", datum="GCJ02"))["features"]
    assert feature["properties"]["position"] == "GRID_CENTROID"


async def test_the_filters_are_those_of_the_list(grid: Running) -> None:
    documents = (await grid.call(DISTRICT, "GET", "/openapi.json")).json()["paths"]
    of = [{p["name"] for p in documents[path]["get"]["parameters"]} for path in (REPORTS, PATH)]
    assert of[1] == of[0] | {"datum"}


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
