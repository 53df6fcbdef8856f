import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from services.contracts import roles
from tests.grid.people import AUDITOR, RESIDENT
from tests.support.grid import AREAS, REPORT, REPORTS, attempt, refusal, reported, shown
from tests.support.people import DISTRICT, IMPORTER, RED_MEMBER, TOWNSHIP, caller
from tests.support.running import Running

PATH, IMPORT = "/v1/grid/areas", "/v1/grid/areas/import"
TOWN, VILLAGE = "330703105", "330703105291"
INVENTED = Path(__file__).parents[2] / "support" / "districts" / "invented"
BORN = {"valid_from": "2016-01-01"}


def village(number: int, **facts: Any) -> dict[str, Any]:
    code = f"{TOWN}{number:03}"
    return {"code": code, "name": code, "kind": "VILLAGE", "parent": TOWN, **BORN, **facts}


def grid_of(parent: str, number: int = 1, **facts: Any) -> dict[str, Any]:
    code = f"{parent}{number:03}"
    return {"code": code, "name": code, "kind": "GRID", "parent": parent, **BORN, **facts}


async def put(grid: Running, *rows: dict[str, Any], who: Any = DISTRICT) -> Any:
    return await grid.call(who, "PUT", IMPORT, {"rows": rows})


async def counts(grid: Running, *rows: dict[str, Any], who: Any = DISTRICT) -> tuple[int, ...]:
    answer = await put(grid, *rows, who=who)
    assert answer.status_code == 200, answer.text
    return tuple(answer.json().values())


async def known(grid: Running, code: str) -> list[tuple[Any, ...]]:
    rows = await grid.fetch(
        "select name, valid_from::text, valid_to::text, version from area where area_code = $1"
        " order by valid_from",
        code,
    )
    return [tuple(row) for row in rows]


async def test_an_import_tells_what_it_did(grid: Running) -> None:
    rows = [village(301), grid_of("330703105301")]
    assert await counts(grid, *rows) == (2, 0, 0)
    assert await counts(grid, *rows) == (0, 0, 2)
    rows[0]["name"] = "改名村"
    assert await counts(grid, *rows, grid_of("330703105301", 2), who=IMPORTER) == (1, 1, 1)
    assert await known(grid, "330703105301") == [("改名村", "2016-01-01", None, 2)]


@pytest.mark.parametrize(
    ("row", "code", "field"),
    [
        (village(311, kind="GRID"), "kind_not_of_level", "kind"),
        (village(311, parent="330703101"), "parent_mismatch", "parent"),
        (village(311, parent=None), "parent_mismatch", "parent"),
        (grid_of("330703105999"), "parent_unknown", "parent"),
        (grid_of(VILLAGE, 9, valid_from="2000-12-30"), "parent_unknown", "parent"),
        (village(311, valid_to="2016-01-01"), "ends_before_it_begins", "valid_to"),
        (grid_of(VILLAGE, valid_from="2020-01-01"), "validity_overlaps", "valid_from"),
        (village(311) | {"code": "330702105311"}, "outside_scope", "area_code"),
    ],
)
async def test_a_row_that_does_not_fit_is_named(
    grid: Running, row: dict[str, Any], code: str, field: str
) -> None:
    answer = await put(grid, village(310), row)
    status = 403 if code == "outside_scope" else 422
    assert refusal(answer) == (status, code, f"/rows/1/{field}")
    assert await known(grid, row["code"]) in ([], [("示范网格", "2016-01-01", None, 1)])


async def test_rows_that_fit_are_kept_and_a_repeat_goes_on(grid: Running) -> None:
    rows = [village(320), village(321, kind="TOWN"), grid_of("330703105321"), village(322)]
    assert refusal(await put(grid, *rows)) == (422, "kind_not_of_level", "/rows/1/kind")
    assert await known(grid, "330703105321") == []
    assert await known(grid, "330703105321001") == []  # its parent was refused
    rows[1]["kind"] = "VILLAGE"
    assert await counts(grid, *rows) == (2, 0, 2)


async def test_parents_come_before_their_children(grid: Running) -> None:
    parent, child = village(330), grid_of("330703105330")
    assert refusal(await put(grid, child, parent)) == (422, "parent_unknown", "/rows/0/parent")
    assert await counts(grid, parent, child) == (1, 0, 1)


async def test_a_code_is_given_again_after_its_end(grid: Running) -> None:
    old, new = village(340), village(340, valid_from="2022-01-01", name="新村")
    assert await counts(grid, old) == (1, 0, 0)
    assert refusal(await put(grid, new)) == (422, "validity_overlaps", "/rows/0/valid_from")
    assert await counts(grid, old | {"valid_to": "2022-01-01"}, new) == (1, 1, 0)
    assert await known(grid, "330703105340") == [
        ("330703105340", "2016-01-01", "2022-01-01", 2),
        ("新村", "2022-01-01", None, 1),
    ]


async def test_imports_side_by_side_do_not_overlap(grid: Running) -> None:
    rows = [village(350, valid_from=f"20{year}-01-01") for year in (16, 17, 18, 19)]
    answers = await asyncio.gather(*(put(grid, row) for row in rows))
    assert sorted(answer.status_code for answer in answers) == [200, 422, 422, 422]
    assert len(await known(grid, "330703105350")) == 1


async def test_an_import_needs_the_permission_and_the_scope(grid: Running) -> None:
    for who in (TOWNSHIP, RED_MEMBER, AUDITOR, RESIDENT):
        assert refusal(await put(grid, village(360), who=who)) == (403, "permission_missing")
    neighbour = caller(roles.DISTRICT_OPERATOR, "330702")
    answer = await put(grid, village(360), grid_of("330703105360"), who=neighbour)
    assert refusal(answer) == (403, "outside_scope", "/rows/0/area_code")
    assert await known(grid, "330703105360") == []


@pytest.mark.parametrize(
    ("facts", "pointer"),
    [
        ({"code": "3307031"}, "/rows/0/code"),
        ({"valid_from": "2016-02-30"}, "/rows/0/valid_from"),
        ({"colour": "red"}, "/rows/0/colour"),
        ({"name": ""}, "/rows/0/name"),
    ],
)
async def test_a_malformed_row_is_named(grid: Running, facts: dict[str, Any], pointer: str) -> None:
    assert refusal(await put(grid, village(370, **facts))) == (422, "invalid_request", pointer)


async def test_an_invented_district_is_imported(grid: Running) -> None:
    elsewhere = caller(roles.DISTRICT_OPERATOR, "339901")
    for noun, created in (("areas", 7), ("organisations", 9)):
        rows = json.loads((INVENTED / f"{noun}.json").read_text(encoding="utf-8"))
        answer = await grid.call(elsewhere, "PUT", f"/v1/grid/{noun}/import", {"rows": rows})
        assert answer.json() == {"created": created, "changed": 0, "unchanged": 0}


async def test_areas_are_listed_by_parent_and_place(grid: Running) -> None:
    async def codes(**query: Any) -> set[str]:
        answer = await grid.call(RESIDENT, "GET", PATH, limit=200, **query)
        return {line["area_code"] for line in answer.json()["items"]}

    assert {row["code"] for row in AREAS} <= await codes()
    assert {TOWN, "330703101"} <= await codes(parent="330703")
    assert VILLAGE not in await codes(parent="330703")
    assert await codes(area=VILLAGE, scope="self") == {VILLAGE}
    assert await codes(area=VILLAGE, scope="children") == {f"{VILLAGE}001"}
    assert await codes(area=VILLAGE) == {VILLAGE, f"{VILLAGE}001"}
    answer = await grid.call(RESIDENT, "GET", PATH, parent="abc")
    assert refusal(answer) == (422, "invalid_request", "/query/parent")


async def test_an_ended_grid_takes_no_new_reports_and_keeps_the_old(grid: Running) -> None:
    row = grid_of(VILLAGE, 7)
    assert await counts(grid, row) == (1, 0, 0)
    member = caller(roles.RED_GRID_MEMBER, row["code"], subject="red-7")
    receipt = await reported(grid, member, area_code=row["code"])
    assert await counts(grid, row | {"valid_to": "2026-01-01"}) == (0, 1, 0)
    answer = await grid.call(member, "POST", REPORTS, REPORT | {"area_code": row["code"]})
    assert refusal(answer) == (422, "area_unknown", "/area_code")
    assert (await shown(grid, receipt, member))["area_code"] == row["code"]
    assert (await attempt(grid, TOWNSHIP, receipt, "accept")).status_code == 200
