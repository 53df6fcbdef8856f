from typing import Any

import pytest

from services.contracts import roles
from tests.grid.people import RESIDENT
from tests.support.grid import refusal
from tests.support.people import DISTRICT, TOWNSHIP, caller
from tests.support.running import Running

PATH = "/v1/grid/micro-grids"
GRID = "330703105291001"


def row(number: int, **facts: Any) -> dict[str, Any]:
    told = {"code": f"{GRID}{number:02}", "name": f"第{number}微网格", "valid_from": "2020-01-01"}
    return told | {"extent": "3 幢"} | facts


async def put(grid: Running, *rows: dict[str, Any], who: Any = DISTRICT) -> Any:
    return await grid.call(who, "PUT", f"{PATH}/import", {"rows": rows})


async def test_a_micro_grid_lies_in_its_grid(grid: Running) -> None:
    rows = [row(1), row(2)]
    assert (await put(grid, *rows)).json() == {"created": 2, "changed": 0, "unchanged": 0}
    rows[1]["valid_to"] = "2024-01-01"
    assert (await put(grid, *rows)).json() == {"created": 0, "changed": 1, "unchanged": 1}
    assert (await put(grid, row(2, valid_from="2024-01-01"))).json()["created"] == 1
    for area in (GRID, "330703105"):
        items = (await grid.call(RESIDENT, "GET", PATH, area=area)).json()["items"]
        assert {(line["area_code"], line["code"]) for line in items} >= {
            (GRID, f"{GRID}01"),
            (GRID, f"{GRID}02"),
        }
    assert (await grid.call(RESIDENT, "GET", PATH, area="330703101")).json()["items"] == []


@pytest.mark.parametrize(
    ("facts", "status", "code", "pointer"),
    [
        ({"code": f"{GRID}00"}, 422, "invalid_request", "/rows/0/code"),
        ({"code": GRID}, 422, "invalid_request", "/rows/0/code"),
        ({"code": "33070310529100901"}, 422, "parent_unknown", "/rows/0/parent"),
        ({"valid_from": "2015-12-31"}, 422, "parent_unknown", "/rows/0/parent"),
        ({"valid_to": "2020-01-01"}, 422, "ends_before_it_begins", "/rows/0/valid_to"),
        ({"code": "33070210529100101"}, 403, "outside_scope", "/rows/0/area_code"),
    ],
)
async def test_what_cannot_be_one(
    grid: Running, facts: dict[str, Any], status: int, code: str, pointer: str
) -> None:
    assert refusal(await put(grid, row(11, **facts))) == (status, code, pointer)


async def test_a_code_means_one_micro_grid_at_a_time(grid: Running) -> None:
    assert (await put(grid, row(21))).status_code == 200
    told = refusal(await put(grid, row(21, valid_from="2021-01-01")))
    assert told == (422, "validity_overlaps", "/rows/0/valid_from")


async def test_only_the_district_keeps_them(grid: Running) -> None:
    for who in (TOWNSHIP, RESIDENT, caller(roles.AUDITOR)):
        assert refusal(await put(grid, row(31), who=who)) == (403, "permission_missing")
