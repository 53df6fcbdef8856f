"""The indicators over the API: of a district whose reports are known day by day."""

from typing import Any

import pytest

from services.contracts.codes_gateway import FigurePart as Part
from services.gateway.indicators.definitions import INDICATORS
from tests.gateway.district import DISTRICT, GRID, LINGXIA, VILLAGE, XIAOSHUN, District
from tests.gateway.drilldown.test_router import every

YEAR: dict[str, Any] = {"from": "2026-01-01", "to": "2026-06-30"}


def path(area: str) -> str:
    return f"/v1/areas/{area}/indicators"


async def asked(made: District, area: str, **parameters: Any) -> dict[str, Any]:
    answer = await made.get(path(area), **YEAR | parameters)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def parts(told: dict[str, Any], name: str) -> tuple[Any, Any, Any]:
    found = told["indicators"][name]
    return found["value"], found["numerator"], found["denominator"]


async def test_the_district_of_early_2026(jindong: District) -> None:
    told = await asked(jindong, DISTRICT)
    assert told["indicators"].keys() == INDICATORS.keys()
    assert parts(told, "G1") == (5, 5, None)
    assert told["indicators"]["G1"]["excluded"] == [{"reason": "DUPLICATE", "n": 1}]
    assert parts(told, "G2") == (0.8, 4, 5)
    assert parts(told, "G4") == (0.5, 2, 4)
    assert parts(told, "G5") == (0.5, 2, 4)
    assert parts(told, "G6") == (None, 0, 0)
    assert parts(told, "G7") == (0.0, 0, 2)
    assert parts(told, "G14") == (0.0, 0, 4)
    handled = told["indicators"]["G12"]
    assert handled["definition"] == "G12.v1"
    assert handled["denominator"] == 2
    assert handled["value"] <= handled["p90"]
    assert (told["tree"], told["status"], told["period"]) == ("as_was", "fresh", YEAR)
    assert told["last_over"] == "2026-06-30"
    assert told["as_of"]


@pytest.mark.parametrize("area", [DISTRICT, LINGXIA, VILLAGE, GRID])
async def test_the_records_of_each_part_add_up_to_it(jindong: District, area: str) -> None:
    told = await asked(jindong, area)
    for name, shown in told["indicators"].items():
        for part in Part:
            if shown[part] is not None:
                items = await every(jindong, area, name, part=part.value)
                assert sum(item["n"] for item in items) == shown[part], (name, part)


@pytest.mark.parametrize("tree", ["as_was", "as_is"])
@pytest.mark.parametrize("group_by", ["township", "children"])
async def test_rows_and_the_rest_add_up_to_the_area(
    jindong: District, tree: str, group_by: str
) -> None:
    told = await asked(jindong, DISTRICT, tree=tree, group_by=group_by)
    assert [row["area"] for row in told["rows"]] == [XIAOSHUN, LINGXIA]
    assert ("tree_on" in told) is (tree == "as_is")
    rows = [row["indicators"] for row in [*told["rows"], told["undivided"]]]
    for name, shown in told["indicators"].items():
        for part in Part:
            assert sum(row[name][part] or 0 for row in rows) == (shown[part] or 0), (name, part)


async def test_a_township_sees_itself_and_the_districts_totals(jindong: District) -> None:
    async def shown(area: str, township: str) -> int:
        answer = await jindong.get(path(area), "township_operator", township, **YEAR)
        return answer.status_code

    assert await shown(LINGXIA, LINGXIA) == 200
    assert await shown(DISTRICT, LINGXIA) == 200
    assert await shown(XIAOSHUN, LINGXIA) == 404
    asked = {"group_by": "township", **YEAR}
    answer = await jindong.get(path(DISTRICT), "township_operator", LINGXIA, **asked)
    told = answer.json()
    assert ([row["area"] for row in told["rows"]], "undivided" in told) == ([LINGXIA], False)


@pytest.mark.parametrize(
    ("area", "role", "parameters", "status", "code"),
    [
        (DISTRICT, "agency", {}, 403, "permission_missing"),
        (DISTRICT, "resident", {}, 403, "permission_missing"),
        ("330703199", "auditor", {}, 404, "not_found"),
        ("33070", "auditor", {}, 422, "invalid_request"),
        (DISTRICT, "auditor", {"from": "2026-07-01"}, 422, "period_backwards"),
        (DISTRICT, "auditor", {"from": "2026-02-30"}, 422, "invalid_request"),
        (DISTRICT, "auditor", {"group_by": "village"}, 422, "invalid_request"),
        (DISTRICT, "auditor", {"tree": "as_will_be"}, 422, "invalid_request"),
        (DISTRICT, "auditor", {"until": "2026-02-28"}, 422, "unknown_parameter"),
    ],
)
async def test_what_is_refused(
    jindong: District, area: str, role: str, parameters: Any, status: int, code: str
) -> None:
    answer = await jindong.get(path(area), role, **YEAR | parameters)
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text


@pytest.mark.parametrize(
    ("first", "last"), [("0001-01-01", "9999-12-31"), ("9999-12-31", "9999-12-31")]
)
async def test_any_date_has_an_answer(jindong: District, first: str, last: str) -> None:
    for tree in ("as_was", "as_is"):
        told = await asked(jindong, DISTRICT, tree=tree, **{"from": first, "to": last})
        assert told["indicators"]["G1"]["value"] == (5 if first < last else 0)


async def test_the_definitions_are_served(jindong: District) -> None:
    answer = await jindong.get("/v1/indicators", "red_grid_member", GRID)
    items = {item["id"]: item for item in answer.json()["items"]}
    assert items.keys() == INDICATORS.keys()
    assert items["G1"]["denominator"] is None
    assert items["G4"] == {
        "id": "G4",
        "version": 1,
        "definition": "G4.v1",
        "title": {"zh": "结案率", "en": "Closing"},
        "unit": "SHARE",
        "formula": items["G4"]["formula"],
        "numerator": {
            "zh": "其中已办结的，不论早晚",
            "en": "those of them that are closed, late or not",
        },
        "denominator": items["G5"]["denominator"],
        "excludes": [
            {"reason": "CANCELLED", "zh": "已注销", "en": "Cancelled"},
            {
                "reason": "SUSPENDED",
                "zh": "期末缓办",
                "en": "Suspended at the end of the period",
            },
        ],
        "note": None,
    }
    refused = await jindong.get("/v1/indicators", "agency")
    assert refused.json()["code"] == "permission_missing"


async def test_the_records_of_one_dimension_alone(jindong: District) -> None:
    items = await every(jindong, DISTRICT, "G1", dimension="RESIDENT")
    assert [item["dimension"] for item in items] == ["RESIDENT"]
    answer = await jindong.get(
        f"/v1/areas/{DISTRICT}/figures/G1/records", **YEAR, dimension='"; --'
    )
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/query/dimension")
