from typing import Any

import pytest

from services.contracts import roles
from tests.grid.people import AUDITOR, RESIDENT
from tests.support.grid import ORGANISATIONS, refusal
from tests.support.people import DISTRICT, HANDLER, IMPORTER, TOWNSHIP, caller
from tests.support.running import Running

PATH, IMPORT = "/v1/grid/organisations", "/v1/grid/organisations/import"
ENFORCEMENT, PLANNING = "330703-enforcement", "330703-planning"


def body(code: str, **facts: Any) -> dict[str, Any]:
    row = {"code": code, "name": code, "kind": "DEPARTMENT", "area_code": "330703"}
    return row | {"valid_from": "2016-01-01"} | facts


async def put(grid: Running, *rows: dict[str, Any], who: Any = DISTRICT) -> Any:
    return await grid.call(who, "PUT", IMPORT, {"rows": rows})


async def counts(grid: Running, *rows: dict[str, Any], who: Any = DISTRICT) -> tuple[int, ...]:
    answer = await put(grid, *rows, who=who)
    assert answer.status_code == 200, answer.text
    return tuple(answer.json().values())


async def known(grid: Running, code: str) -> list[tuple[Any, ...]]:
    rows = await grid.fetch("select name, parent, version from organisation where code = $1", code)
    return [tuple(row) for row in rows]


async def test_an_import_tells_what_it_did(grid: Running) -> None:
    rows = [body("a-office"), body("a-station", parent="a-office", area_code="330703105")]
    assert await counts(grid, *rows) == (2, 0, 0)
    assert await counts(grid, *rows) == (0, 0, 2)
    rows[1]["parent"] = ENFORCEMENT
    assert await counts(grid, *rows, body("a-room"), who=IMPORTER) == (1, 1, 1)
    assert await known(grid, "a-station") == [("a-station", ENFORCEMENT, 2)]


@pytest.mark.parametrize(
    ("facts", "code", "field"),
    [
        ({"parent": "unheard-of"}, "parent_unknown", "parent"),
        ({"parent": PLANNING, "valid_from": "2020-01-01"}, "parent_unknown", "parent"),
        ({"parent": "b-bad"}, "parent_is_below", "parent"),
        ({"area_code": "330703999"}, "area_unknown", "area_code"),
        ({"area_code": "330702"}, "outside_scope", "area_code"),
        ({"valid_to": "2001-01-01"}, "ends_before_it_begins", "valid_to"),
        ({"valid_to": "2016-01-01"}, "ends_before_it_begins", "valid_to"),
    ],
)
async def test_a_row_that_does_not_fit_is_named(
    grid: Running, facts: dict[str, Any], code: str, field: str
) -> None:
    answer = await put(grid, body("b-good"), body("b-bad", **facts))
    status = 403 if code == "outside_scope" else 422
    assert refusal(answer) == (status, code, f"/rows/1/{field}")
    assert await known(grid, "b-bad") == []


async def test_a_code_names_one_body_at_a_time(grid: Running) -> None:
    answer = await put(grid, body(ENFORCEMENT, valid_from="2020-01-01"))
    assert refusal(answer) == (422, "validity_overlaps", "/rows/0/valid_from")
    assert await counts(grid, body(PLANNING, valid_from="2020-01-01")) == (1, 0, 0)


async def test_a_tree_has_no_circle(grid: Running) -> None:
    assert await counts(grid, body("c-top"), body("c-below", parent="c-top")) == (2, 0, 0)
    answer = await put(grid, body("c-top", parent="c-below"))
    assert refusal(answer) == (422, "parent_is_below", "/rows/0/parent")
    assert await known(grid, "c-top") == [("c-top", None, 1)]


async def test_a_body_moves_below_a_younger_one(grid: Running) -> None:
    young = body("d-young", valid_from="2019-01-01")
    assert await counts(grid, body("d-old"), young) == (2, 0, 0)
    assert await counts(grid, body("d-old", parent="d-young")) == (0, 1, 0)


async def test_parents_come_before_their_children(grid: Running) -> None:
    child, parent = body("e-child", parent="e-parent"), body("e-parent")
    assert refusal(await put(grid, child, parent)) == (422, "parent_unknown", "/rows/0/parent")
    assert await counts(grid, parent, child) == (1, 0, 1)


async def test_an_import_needs_the_permission(grid: Running) -> None:
    for who in (TOWNSHIP, HANDLER, AUDITOR, RESIDENT):
        assert refusal(await put(grid, body("f-office"), who=who)) == (403, "permission_missing")
    neighbour = caller(roles.DISTRICT_OPERATOR, "330702")
    answer = await put(grid, body(ENFORCEMENT, valid_from="2000-12-31"), who=neighbour)
    assert refusal(answer)[:2] == (403, "outside_scope")


async def test_organisations_are_listed_by_kind_and_place(grid: Running) -> None:
    async def codes(**query: Any) -> set[str]:
        answer = await grid.call(RESIDENT, "GET", PATH, limit=200, **query)
        return {line["code"] for line in answer.json()["items"]}

    assert {row["code"] for row in ORGANISATIONS} <= await codes()
    assert await codes(kind="COMMAND_ROOM") == {"330703101-command-room"}
    assert await codes(area="330703101") == {"330703101-command-room"}
    answer = await grid.call(RESIDENT, "GET", PATH, kind="command room")
    assert refusal(answer) == (422, "invalid_request", "/query/kind")
