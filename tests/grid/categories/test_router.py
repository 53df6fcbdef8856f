"""The catalogue of categories, and how the district keeps its subcategories."""

from datetime import UTC, datetime
from typing import Any

import pytest

from services.chassis.deadlines.calendar import local_day
from services.contracts.codes_grid import Category
from tests.grid.field import imported
from tests.grid.people import AUDITOR, RESIDENT, STRANGER
from tests.support.grid import batch, creation, refusal
from tests.support.people import DISTRICT, IMPORTER, OPERATOR, RED_MEMBER, TOWNSHIP
from tests.support.running import Running

PATH = "/v1/grid/categories"
ROW: dict[str, Any] = {
    "category": "ENVIRONMENT",
    "code": "RIVER_LITTER",
    "zh": "河道漂浮物",
    "en": "Litter on a river",
    "source": "区治水办清单",
    "valid_from": "2020-01-01",
}

COMPLETE = {"place": "河边", "details": {"medium": "WATER"}}
"""What a report that names its subcategory must tell."""


async def put(grid: Running, *rows: dict[str, Any], who: Any = DISTRICT) -> Any:
    return await grid.call(who, "PUT", f"{PATH}/import", {"rows": rows})


async def catalogue(grid: Running, who: Any = RED_MEMBER, **day: Any) -> dict[str, Any]:
    answer = await grid.call(who, "GET", PATH, **day)
    assert answer.status_code == 200, answer.text
    return {category["code"]: category for category in answer.json()["items"]}


async def test_an_app_can_build_its_forms_from_the_catalogue(grid: Running) -> None:
    found = await catalogue(grid)
    assert found.keys() == {*Category}
    building = found["ILLEGAL_BUILDING"]
    assert (building["zh"], building["en"]) == ("违法建设", "Illegal building")
    fields = {field["name"]: field for field in building["fields"]}
    structure = fields["structure"]
    assert (structure["type"], structure["required"], structure["zh"], structure["en"]) == (
        "choice",
        "SUBMIT",
        "建筑结构",
        "Structure",
    )
    assert {choice["code"] for choice in structure["choices"]} >= {"FRAME", "OTHER"}
    assert fields["cause"]["required"] == "CLOSE"
    assert {one["code"] for one in building["subcategories"]} == {"NEW_BUILD", "EXTRA_STOREY"}
    assert found["OTHER"]["description_characters"] == 10
    assert found["DISPUTE"]["parties"] == 2
    assert len(found["DISPUTE"]["subcategories"]) == 15
    assert all(category["subcategories"] for category in found.values())


async def test_who_reads_it(grid: Running) -> None:
    for who in (RESIDENT, STRANGER, AUDITOR, TOWNSHIP):
        assert await catalogue(grid, who)
    assert refusal(await grid.call(OPERATOR, "GET", PATH)) == (403, "permission_missing")


async def test_the_district_changes_its_list_and_an_equal_one_changes_nothing(
    grid: Running,
) -> None:
    assert (await put(grid, ROW)).json() == {"created": 1, "changed": 0, "unchanged": 0}
    assert (await put(grid, ROW)).json() == {"created": 0, "changed": 0, "unchanged": 1}
    ended = ROW | {"valid_to": "2026-01-01", "confirmed": True}
    assert (await put(grid, ended)).json() == {"created": 0, "changed": 1, "unchanged": 0}
    codes = {one["code"] for one in (await catalogue(grid))["ENVIRONMENT"]["subcategories"]}
    assert "RIVER_LITTER" not in codes  # it is no more
    (*_, told) = await grid.fetch(
        "select fields, subject from audit where action = 'CONFIGURED'"
        " and noun = 'report_subcategory' order by at"
    )
    assert (told["fields"], told["subject"]) == (
        ["ENVIRONMENT/RIVER_LITTER"],
        DISTRICT.subject,
    )


DATED = ROW | {"code": "DATED", "valid_from": "2018-05-02", "valid_to": "2018-05-04"}


@pytest.mark.parametrize(
    ("day", "there"),
    [("01", False), ("02", True), ("03", True), ("04", False)],
)
async def test_the_list_of_a_day_is_what_a_report_of_that_day_may_name(
    grid: Running, day: str, there: bool
) -> None:
    """Days begin and end at midnight in China."""
    await put(grid, DATED)
    on = f"2018-05-{day}"
    told = await catalogue(grid, on=on)
    listed = {one["code"]: one for one in told["ENVIRONMENT"]["subcategories"]}
    assert ("DATED" in listed) is there
    if there:
        span = listed["DATED"]["valid_from"], listed["DATED"]["valid_to"]
        assert span == (DATED["valid_from"], DATED["valid_to"])
    for time in ("00:00:00", "23:59:59"):
        batch_id, at = await imported(grid), f"{on}T{time}+08:00"
        item = creation(f"{at}/dated", occurred_at=at, subcategory="DATED", **COMPLETE)
        (result,) = await batch(grid, IMPORTER, item, import_batch=batch_id)
        fields = [error["pointer"] for error in result["errors"]] if not there else []
        known = result["outcome"], result.get("code"), fields
        expected = "rejected", "subcategory_unknown", ["/body/subcategory"]
        assert known == (("applied", None, []) if there else expected), result


async def test_without_a_day_the_list_is_of_today(grid: Running) -> None:
    today = str(local_day(datetime.now(UTC)))
    answer = await grid.call(RED_MEMBER, "GET", PATH)
    assert answer.json() == (await grid.call(RED_MEMBER, "GET", PATH, on=today)).json()
    assert answer.json()["on"] == today


@pytest.mark.parametrize("day", ["2018-02-30", "1000-01-01", "yesterday"])
async def test_a_day_that_is_none_is_refused(grid: Running, day: str) -> None:
    answer = await grid.call(RED_MEMBER, "GET", PATH, on=day)
    assert refusal(answer) == (422, "invalid_request", "/query/on")


async def test_all_rows_or_none(grid: Running) -> None:
    answer = await put(grid, ROW | {"code": "ONE"}, ROW | {"code": "two"})
    assert refusal(answer) == (422, "invalid_request", "/rows/1/code")
    assert await grid.fetch("select 1 from report_subcategory where code = 'ONE'") == []


@pytest.mark.parametrize(
    ("facts", "pointer"),
    [
        ({"category": "KEY_PERSON"}, "/rows/0/category"),
        ({"valid_to": "2020-01-01"}, "/rows/0/valid_to"),
        ({"valid_from": "1899-12-31"}, "/rows/0/valid_from"),
        ({"zh": " "}, "/rows/0/zh"),
        ({"more": 1}, "/rows/0/more"),
    ],
)
async def test_what_does_not_fit_is_named(
    grid: Running, facts: dict[str, Any], pointer: str
) -> None:
    assert refusal(await put(grid, ROW | facts)) == (422, "invalid_request", pointer)


async def test_who_keeps_the_list(grid: Running) -> None:
    assert (await put(grid, ROW | {"code": "BY_IMPORT"}, who=IMPORTER)).status_code == 200
    for who in (TOWNSHIP, RED_MEMBER, AUDITOR):
        assert refusal(await put(grid, ROW, who=who)) == (403, "permission_missing")
