from typing import Any

import pytest

from services.contracts.codes import CODES
from services.contracts.roles import ROLES
from tests.gateway.district import DISTRICT, GRID, LINGXIA, VILLAGE, XIAOSHUN, District


async def test_me_tells_what_the_token_says(jindong: District) -> None:
    told = (await jindong.get("/v1/me", "township_operator", LINGXIA)).json()
    assert (told["subject"], told["areas"]) == ("test-township_operator", [LINGXIA])
    label = ROLES["township_operator"]
    assert told["roles"] == [{"code": "township_operator", "zh": label.zh, "en": label.en}]
    assert "dashboard.read" in told["permissions"]
    assert "deadletter.manage" not in told["permissions"]


async def test_me_tells_what_every_service_would_let_one_try(jindong: District) -> None:
    told = {
        role: set((await jindong.get("/v1/me", role, of)).json()["permissions"])
        for role, of in (("red_grid_member", GRID), ("township_operator", LINGXIA))
    }
    member, operator = told.values()
    assert {"report.create", "report.read", "me.read"} <= member
    assert {"report.accept", "case.close", "enterprise.rate", "trainee.read"} <= operator - member
    assert not {"certificate.revoke", "internal.read", "case.refer"} & (operator | member)


async def test_codes_have_labels_in_both_languages(jindong: District) -> None:
    told = (await jindong.get("/v1/codes")).json()
    assert told.keys() == {*CODES, "figure"}
    assert told.keys() > {"role", "report_category", "case_type", "hazard_level", "audience"}
    assert all(code["zh"] and code["en"] for table in told.values() for code in table)


async def test_an_area_names_those_right_below_it(jindong: District) -> None:
    told = (await jindong.get(f"/v1/areas/{DISTRICT}")).json()
    assert (told["name"], told["parent"], told["kind"]) == ("金东区", None, "DISTRICT")
    assert told["children"] == [XIAOSHUN, LINGXIA]
    village = (await jindong.get(f"/v1/areas/{VILLAGE}")).json()
    assert (village["demo"], village["parent"], village["children"]) == (True, LINGXIA, [GRID])


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/v1/areas/330703999", 404),
        ("/v1/areas/3307", 422),
        ("/v1/areas/330703105%00", 422),
        ("/v1/organisations?limit=0", 422),
        ("/v1/organisations?limit=201", 422),
        ("/v1/organisations?area=x", 422),
        ("/v1/organisations?kind=%00", 422),
        ("/v1/timeline/x", 422),
        ("/v1/timeline/00000000-0000-0000-0000-000000000099", 404),
    ],
)
async def test_what_is_not_there(jindong: District, path: str, status: int) -> None:
    answer = await jindong.get(path)
    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "application/problem+json"


async def test_organisations_come_in_pages(jindong: District) -> None:
    first = (await jindong.get("/v1/organisations", limit=1)).json()
    assert [item["code"] for item in first["items"]] == ["330703-enforcement"]
    second = (await jindong.get("/v1/organisations", limit=1, after=first["next"])).json()
    assert [item["code"] for item in second["items"]] == ["330703-police"]
    assert second["next"] is None


@pytest.mark.parametrize(
    ("filters", "count"),
    [({"kind": "DEPARTMENT"}, 2), ({"kind": "OFFICE"}, 0), ({"area": LINGXIA}, 0)],
)
async def test_organisations_by_kind_and_area(
    jindong: District, filters: dict[str, Any], count: int
) -> None:
    told = (await jindong.get("/v1/organisations", **filters)).json()
    assert len(told["items"]) == count


async def test_a_timeline_tells_all_that_came_of_a_matter(jindong: District) -> None:
    told = (await jindong.get(f"/v1/timeline/{jindong.reports[0]}")).json()["items"]
    handled = [item for item in told if not item["type"].endswith("archived.v1")]  # by its clock
    assert [item["version"] for item in handled] == [1, 2, 3, 4, 5, 6, 7]
    assert {item["service"] for item in told} == {"grid"}
    assert told[0]["type"] == "jinding.grid.report.reported.v1"
    assert told[0]["occurred_at"] == "2026-01-05T02:00:00+00:00"


@pytest.mark.parametrize(
    ("role", "area", "status"),
    [
        ("township_operator", LINGXIA, 200),
        ("grid_leader", GRID, 200),
        ("township_operator", XIAOSHUN, 404),
        ("resident", LINGXIA, 403),
    ],
)
async def test_a_timeline_stays_within_the_callers_scope(
    jindong: District, role: str, area: str, status: int
) -> None:
    answer = await jindong.get(f"/v1/timeline/{jindong.reports[0]}", role, area)
    assert answer.status_code == status
