"""What the district's dashboard says, and the records that it is made of, over the API."""

from typing import Any

import pytest

from services.gateway.dashboards.figures import SECTIONS, Kind
from services.gateway.drilldown.made_of import RATES
from tests.gateway.district import DISTRICT, GRID, LINGXIA, VILLAGE, XIAOSHUN, District

YEAR: dict[str, Any] = {"from": "2026-01-01", "to": "2026-06-30"}
FILED = f"/v1/areas/{LINGXIA}/figures/reports_filed/records"


def path(area: str, figure: str) -> str:
    return f"/v1/areas/{area}/figures/{figure}/records"


async def every(
    made: District,
    area: str,
    figure: str,
    role: str = "district_operator",
    of: str = DISTRICT,
    **asked: Any,
) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = []
    while True:
        answer = await made.get(path(area, figure), role, of, **YEAR | asked)
        assert answer.status_code == 200, answer.text
        items += answer.json()["items"]
        if (after := answer.json()["next"]) is None:
            return items
        asked["after"] = after


@pytest.mark.parametrize("area", [DISTRICT, LINGXIA, XIAOSHUN, VILLAGE, GRID])
async def test_every_figure_of_the_district_equals_the_sum_of_its_records(
    jindong: District, area: str
) -> None:
    shown = await jindong.get(f"/v1/areas/{area}/dashboard", **YEAR)
    told = shown.json()["sections"]["grid"]["figures"]
    for figure in SECTIONS["grid"]:
        if figure.kind is Kind.MEDIAN:
            continue
        parts = ["numerator", "denominator"] if figure.kind in RATES else ["value"]
        for part in parts:
            asked = {} if part == "value" else {"part": part}
            items = await every(jindong, area, figure.name, limit=2, **asked)
            assert sum(item["n"] for item in items) == told[figure.name][part], figure.name


async def test_a_line_tells_the_record_its_day_and_its_dimension(jindong: District) -> None:
    answer = await jindong.get(FILED, **YEAR)
    told = answer.json()
    assert (told["definition"], told["part"], told["days"]) == (
        "reports_filed.v1",
        "numerator",
        YEAR,
    )
    assert told["status"] == "fresh"
    first = min(told["items"], key=lambda item: item["id"])
    report = await jindong.get(f"/v1/grid/reports/{first['id']}")
    assert first == {
        "noun": "report",
        "id": str(jindong.reports[0]),
        "number": report.json()["number"],
        "day": "2026-01-05",
        "n": 1,
        "dimension": "RED_MEMBER",
    }


async def test_a_stock_has_no_first_day(jindong: District) -> None:
    answer = await jindong.get(path(DISTRICT, "enterprises_on_file"), **YEAR)
    told = answer.json()
    assert (told["days"], told["items"]) == ({"from": None, "to": "2026-06-30"}, [])
    assert told["status"] == "unavailable"


@pytest.mark.parametrize(
    ("role", "of", "asked", "status", "code", "pointer"),
    [
        ("township_operator", XIAOSHUN, {}, 404, "not_found", None),
        ("enterprise_contact", LINGXIA, {}, 403, "permission_missing", None),
        ("resident", LINGXIA, {}, 403, "permission_missing", None),
        ("agency", LINGXIA, {}, 403, "permission_missing", None),
        ("operator", LINGXIA, {}, 403, "permission_missing", None),
        ("auditor", LINGXIA, {"part": "denominator"}, 422, "no_denominator", "/query/part"),
        ("auditor", LINGXIA, {"part": "half"}, 422, "invalid_request", "/query/part"),
        ("auditor", LINGXIA, {"from": "2026-07-01"}, 422, "period_backwards", "/query/to"),
        ("auditor", LINGXIA, {"limit": 201}, 422, "invalid_request", "/query/limit"),
        ("auditor", LINGXIA, {"after": "WyIzIl0="}, 422, "invalid_cursor", "/query/after"),
        ("auditor", LINGXIA, {"after": "WyIzIiwgIjQiXQ=="}, 422, "invalid_cursor", "/query/after"),
        (
            "auditor",
            LINGXIA,
            {"after": "WyJcdWQ4MDAiLCAiNCJd"},
            422,
            "invalid_cursor",
            "/query/after",
        ),
        ("auditor", LINGXIA, {"after": "不"}, 422, "invalid_cursor", "/query/after"),
        ("auditor", LINGXIA, {"until": "2026-07-01"}, 422, "unknown_parameter", "/query/until"),
    ],
)
async def test_what_is_refused(
    jindong: District,
    role: str,
    of: str,
    asked: dict[str, Any],
    status: int,
    code: str,
    pointer: str | None,
) -> None:
    answer = await jindong.get(FILED, role, of, **YEAR | asked)
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    assert [error["pointer"] for error in answer.json()["errors"]] == ([pointer] if pointer else [])


async def test_a_township_sees_its_own_records_and_not_the_districts(jindong: District) -> None:
    mine = await jindong.get(FILED, "township_operator", LINGXIA, **YEAR)
    assert len(mine.json()["items"]) == 4
    above = await jindong.get(path(DISTRICT, "reports_filed"), "township_operator", LINGXIA, **YEAR)
    assert (above.status_code, above.json()["code"]) == (404, "not_found")


@pytest.mark.parametrize("unknown", [path(LINGXIA, "nothing"), path("330703199", "reports_filed")])
async def test_what_is_unknown_is_not_found(jindong: District, unknown: str) -> None:
    assert (await jindong.get(unknown, **YEAR)).status_code == 404
