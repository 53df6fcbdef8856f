from typing import Any

import pytest

from services.gateway.dashboards import answers
from services.gateway.dashboards.figures import SECTIONS
from services.gateway.dashboards.numbers import sums
from tests.gateway.district import DISTRICT, GRID, LINGXIA, VILLAGE, XIAOSHUN, District, values
from tests.support.running import eventually

YEAR: dict[str, Any] = {"from": "2026-01-01", "to": "2026-06-30"}
JANUARY: dict[str, Any] = {"from": "2026-01-01", "to": "2026-01-31"}
PATH = f"/v1/districts/{DISTRICT}/dashboard"


async def test_the_answer_has_the_promised_shape(jindong: District) -> None:
    told = (await jindong.get(PATH, **YEAR)).json()
    assert (told["area"], told["name"], told["period"]) == (DISTRICT, "金东区", YEAR)
    assert told["complete"] is False
    assert {name: section["figures"].keys() for name, section in told["sections"].items()} == {
        name: {figure.name for figure in figures} for name, figures in SECTIONS.items()
    }
    grid = told["sections"]["grid"]
    assert (grid["status"], grid["reason"]) == ("fresh", None)
    assert grid["figures"]["reports_filed"] == {
        "value": 5,
        "numerator": None,
        "denominator": None,
        "by": {"GRID_MEMBER": 1, "RED_MEMBER": 3, "RESIDENT": 1},
        "definition": "reports_filed.v1",
    }
    assert grid["figures"]["on_time_closing_rate"] == {
        "value": 0.5,
        "numerator": 2,
        "denominator": 4,
        "definition": "on_time_closing_rate.v2",
    }
    training = told["sections"]["training"]
    assert (training["status"], training["as_of"]) == ("unavailable", None)
    for name, figure in training["figures"].items():
        assert figure.pop("definition") == f"{name}.v1"
        assert set(figure.values()) == {None}


@pytest.mark.parametrize(
    ("area", "period", "filed", "accepted", "closed", "rate"),
    [
        (DISTRICT, YEAR, 5, 4, 2, 0.5),
        (LINGXIA, YEAR, 4, 3, 1, 0.3333),
        (XIAOSHUN, YEAR, 1, 1, 1, 1.0),
        (VILLAGE, YEAR, 4, 3, 1, 0.3333),
        (GRID, YEAR, 4, 3, 1, 0.3333),
        (GRID, JANUARY, 3, 2, 1, 0.5),
        (GRID, {"from": "2026-01-06", "to": "2026-01-06"}, 1, 2, 0, None),
        (GRID, {"from": "2025-01-01", "to": "2025-12-31"}, 0, 0, 0, None),
    ],
)
async def test_figures_of_every_level(
    jindong: District,
    area: str,
    period: dict[str, str],
    filed: int,
    accepted: int,
    closed: int,
    rate: float | None,
) -> None:
    expected = {
        "reports_filed": filed,
        "reports_accepted": accepted,
        "reports_closed": closed,
        "on_time_closing_rate": rate,
    }
    told = await jindong.figures(area, **period)
    assert {name: told[name] for name in expected} == expected


async def test_the_district_is_the_sum_of_its_townships(jindong: District) -> None:
    told = (await jindong.get(PATH, group_by="township", **YEAR)).json()
    assert [(row["area"], row["name"]) for row in told["rows"]] == [
        (XIAOSHUN, "孝顺镇"),
        (LINGXIA, "岭下镇"),
    ]
    rows = [values(row["sections"]) for row in told["rows"]]
    for name in ("reports_filed", "reports_accepted", "reports_closed"):
        assert sum(row[name] for row in rows) == values(told["sections"])[name]


async def test_a_township_sees_itself_and_the_districts_totals(jindong: District) -> None:
    async def shown(area: str, township: str) -> tuple[int, Any]:
        path = f"/v1/areas/{area}/dashboard"
        answer = await jindong.get(path, "township_operator", township, **YEAR)
        return answer.status_code, answer.json().get("code")

    for mine, others in ((LINGXIA, XIAOSHUN), (XIAOSHUN, LINGXIA)):
        assert await shown(mine, mine) == (200, None)
        assert await shown(DISTRICT, mine) == (200, None)
        assert await shown(others, mine) == (404, "not_found")
    assert await shown(GRID, LINGXIA) == (200, None)
    assert await shown(GRID, XIAOSHUN) == (404, "not_found")
    assert await shown(LINGXIA, GRID) == (404, "not_found")
    assert await shown(DISTRICT, GRID) == (200, None)
    assert await shown("330702", LINGXIA) == (404, "not_found")


async def test_kept_answers_go_only_to_those_who_may_see_them(jindong: District) -> None:
    async def rows(role: str, area: str) -> list[str]:
        answer = await jindong.get(PATH, role, area, group_by="township", **JANUARY)
        return [row["area"] for row in answer.json()["rows"]]

    for _ in range(2):
        assert await rows("district_operator", DISTRICT) == [XIAOSHUN, LINGXIA]
        assert await rows("township_operator", LINGXIA) == [LINGXIA]
        assert await rows("township_operator", XIAOSHUN) == [XIAOSHUN]
        assert await rows("red_grid_member", GRID) == []


async def test_without_a_period_it_is_this_year_until_today(jindong: District) -> None:
    whole = (await jindong.get(PATH)).json()["period"]
    assert whole["from"] == f"{whole['to'][:4]}-01-01"
    past = (await jindong.get(PATH, to="2024-05-06")).json()["period"]
    assert past == {"from": "2024-01-01", "to": "2024-05-06"}


@pytest.mark.parametrize(
    ("path", "parameters", "status", "code"),
    [
        ("/v1/areas/330703999/dashboard", {}, 404, "not_found"),
        ("/v1/areas/33070/dashboard", {}, 422, "invalid_request"),
        ("/v1/areas/३३०७०३/dashboard", {}, 422, "invalid_request"),
        (PATH, {"from": "2026-02-01", "to": "2026-01-31"}, 422, "period_backwards"),
        (PATH, {"from": "2026-02-30"}, 422, "invalid_request"),
        (PATH, {"group_by": "village"}, 422, "invalid_request"),
        (PATH, {"require": "complete"}, 503, "incomplete"),
    ],
)
async def test_what_cannot_be_answered(
    jindong: District, path: str, parameters: dict[str, str], status: int, code: str
) -> None:
    answer = await jindong.get(path, **parameters)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


@pytest.mark.parametrize(
    ("first", "last", "filed"),
    [
        ("0001-01-01", "9999-12-31", 5),
        ("0001-01-01", "0001-01-01", 0),
        ("9999-12-31", "9999-12-31", 0),
    ],
)
async def test_any_date_has_an_answer(jindong: District, first: str, last: str, filed: int) -> None:
    told = await jindong.figures(**{"from": first, "to": last})
    assert told["reports_filed"] == filed


async def test_what_has_not_changed_is_not_sent_again(jindong: District) -> None:
    """The answer tells its age, so it is the same for a moment only; the figures are kept as long."""
    token = await jindong.system.token("district_operator")
    for _ in range(5):
        first = await jindong.system.call(token, "GET", PATH, **YEAR)
        etag = {"If-None-Match": first.headers["ETag"]}
        again = await jindong.system.call(token, "GET", PATH, headers=etag, **YEAR)
        if again.status_code == 304:
            break
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]
    assert first.headers["Cache-Control"] == "private, no-cache"
    other = await jindong.system.call(token, "GET", PATH, headers=etag, **JANUARY)
    assert other.status_code == 200


@pytest.mark.parametrize("form", ["{}", "W/{}", '"x", {}', '"x" , W/{},"y"', "*"])
async def test_what_is_known_may_be_told_in_any_form(jindong: District, form: str) -> None:
    token = await jindong.system.token("district_operator")
    long = ", ".join(f'"{number:024}"' for number in range(50))
    for _ in range(10):
        first = await jindong.system.call(token, "GET", PATH, **YEAR)
        headers = {"If-None-Match": form.format(first.headers["ETag"])}
        again = await jindong.system.call(token, "GET", PATH, headers=headers, **YEAR)
        if again.status_code == 304:
            break
    assert again.status_code == 304
    for unknown in ('"x"', "nonsense", long):
        headers = {"If-None-Match": unknown}
        answer = await jindong.system.call(token, "GET", PATH, headers=headers, **YEAR)
        assert answer.status_code == 200


async def test_figures_are_added_up_once_though_they_grow_older(
    jindong: District, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Any] = []

    async def counted(*arguments: Any) -> Any:
        asked.append(arguments)
        return await sums(*arguments)

    monkeypatch.setattr(answers, "sums", counted)
    months = {"from": "2026-01-02", "to": "2026-03-02"}
    first = (await jindong.get(PATH, **months)).json()
    as_of = first["sections"]["grid"]["as_of"]

    async def older() -> Any:
        told = (await jindong.get(PATH, **months)).json()
        return told if told["sections"]["grid"]["as_of"] > as_of else None

    again = await eventually(older)
    assert values(again["sections"]) == values(first["sections"])
    assert len(asked) == 1


@pytest.mark.parametrize("role", ["resident", "agency"])
async def test_not_everybody_has_a_dashboard(jindong: District, role: str) -> None:
    answer = await jindong.get(PATH, role)
    assert (answer.status_code, answer.json()["code"]) == (403, "permission_missing")


def test_every_figure_says_what_it_means() -> None:
    figures = [figure for section in SECTIONS.values() for figure in section]
    assert len({figure.name for figure in figures}) == len(figures)
    assert all(figure.zh and figure.en for figure in figures)
