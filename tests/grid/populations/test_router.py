from typing import Any

import pytest

from services.contracts import roles
from tests.grid.people import RESIDENT
from tests.support.grid import refusal
from tests.support.people import DISTRICT, IMPORTER, TOWNSHIP, caller
from tests.support.running import Running

PATH = "/v1/grid/populations"
ROW: dict[str, Any] = {
    "area_code": "330703105291",
    "year": 2025,
    "inhabitants": 1280,
    "households": 431,
    "source": "2025 年统计年鉴",
}


async def put(grid: Running, *rows: dict[str, Any], who: Any = DISTRICT) -> Any:
    return await grid.call(who, "PUT", f"{PATH}/import", {"rows": rows})


async def test_an_import_tells_and_corrects_how_many_live_where(grid: Running) -> None:
    other = ROW | {"year": 2024, "households": None}
    assert (await put(grid, ROW, other)).json() == {"created": 2, "changed": 0, "unchanged": 0}
    corrected = ROW | {"inhabitants": 1279}
    told = (await put(grid, corrected, other, who=IMPORTER)).json()
    assert told == {"created": 0, "changed": 1, "unchanged": 1}
    page = (await grid.call(RESIDENT, "GET", PATH, year=2025)).json()
    [line] = [line for line in page["items"] if line["area_code"] == ROW["area_code"]]
    assert {name: line[name] for name in ROW} == corrected
    assert line["version"] == 2


@pytest.mark.parametrize(
    ("change", "status", "code", "pointer"),
    [
        ({"area_code": "330703105999"}, 422, "area_unknown", "/rows/0/area_code"),
        ({"year": 1999}, 422, "area_unknown", "/rows/0/area_code"),  # before it was there
        ({"year": 2200}, 422, "invalid_request", "/rows/0/year"),
        ({"inhabitants": -1}, 422, "invalid_request", "/rows/0/inhabitants"),
        ({"households": 10**12}, 422, "invalid_request", "/rows/0/households"),
        ({"source": ""}, 422, "invalid_request", "/rows/0/source"),
        ({"area_code": "330702105"}, 403, "outside_scope", "/rows/0/area_code"),
    ],
)
async def test_what_cannot_be_told(
    grid: Running, change: dict[str, Any], status: int, code: str, pointer: str
) -> None:
    assert refusal(await put(grid, ROW | change)) == (status, code, pointer)


async def test_the_year_in_which_an_area_began_counts(grid: Running) -> None:
    assert (await put(grid, ROW | {"year": 2000})).status_code == 200


async def test_only_the_district_tells_how_many_live_where(grid: Running) -> None:
    for who in (TOWNSHIP, RESIDENT, caller(roles.AUDITOR)):
        assert refusal(await put(grid, ROW, who=who)) == (403, "permission_missing")
