import json
import re
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
JINDONG = ROOT / "deploy/districts/jindong"
INVENTED = ROOT / "tests/support/districts/invented"
Rows = list[dict[str, Any]]

TOWNSHIPS = {
    "330703001": "多湖街道",
    "330703002": "东孝街道",
    "330703101": "孝顺镇",
    "330703102": "傅村镇",
    "330703103": "曹宅镇",
    "330703104": "澧浦镇",
    "330703105": "岭下镇",
    "330703106": "江东镇",
    "330703107": "塘雅镇",
    "330703108": "赤松镇",
    "330703200": "源东乡",
}
KIND_OF_LENGTH = {
    6: {"DISTRICT"},
    9: {"STREET", "TOWN", "TOWNSHIP"},
    12: {"VILLAGE"},
    15: {"GRID"},
}
DIGITS_OF_PARENT = {6: 0, 9: 6, 12: 9, 15: 12}


def rows(path: Path) -> Rows:
    parsed: Rows = json.loads(path.read_text(encoding="utf-8"))
    return parsed


def levels(areas: Rows) -> Counter[int]:
    return Counter(len(area["code"]) for area in areas)


@pytest.fixture(params=[JINDONG, INVENTED], ids=["jindong", "invented"])
def folder(request: pytest.FixtureRequest) -> Path:
    path: Path = request.param
    return path


@pytest.fixture
def areas(folder: Path) -> Rows:
    return rows(folder / "areas.json")


@pytest.fixture
def organisations(folder: Path) -> Rows:
    return rows(folder / "organisations.json")


@pytest.mark.parametrize("name", ["areas.json", "organisations.json"])
def test_a_file_has_one_row_per_line_and_no_code_twice(folder: Path, name: str) -> None:
    parsed = rows(folder / name)
    lines = (folder / name).read_text(encoding="utf-8").splitlines()
    assert len(lines) == len(parsed) + 2
    assert [code for code, n in Counter(row["code"] for row in parsed).items() if n > 1] == []


def test_an_area_lies_in_its_parent_by_prefix(areas: Rows) -> None:
    seen: set[str] = set()
    for area in areas:
        code = area["code"]
        assert re.fullmatch("[0-9]+", code)
        assert area["kind"] in KIND_OF_LENGTH[len(code)]
        assert (area["parent"] or "") == code[: DIGITS_OF_PARENT[len(code)]]
        assert area["parent"] is None or area["parent"] in seen
        seen.add(code)


def test_villages_and_grids_are_marked_as_demonstration(areas: Rows) -> None:
    assert all(area["demo"] for area in areas if len(area["code"]) > 9)
    assert all(area["name"] and area["predecessors"] == [] for area in areas)


def test_each_village_has_basic_grids_numbered_from_one(areas: Rows) -> None:
    grids = [area for area in areas if len(area["code"]) == 15]
    by_village: dict[str, list[str]] = {}
    for grid in grids:
        by_village.setdefault(grid["parent"], []).append(grid["code"][12:])
    assert set(by_village) == {area["code"] for area in areas if len(area["code"]) == 12}
    for codes in by_village.values():
        assert codes == [f"0{n:02}" for n in range(1, len(codes) + 1)]


def test_an_organisation_follows_its_parent_and_has_an_area(
    organisations: Rows, areas: Rows
) -> None:
    codes = {area["code"] for area in areas}
    seen: set[str] = set()
    for body in organisations:
        assert re.fullmatch(r"[0-9]{6,15}(-[a-z]+)+", body["code"])
        assert body["code"].split("-")[0] == body["area_code"]
        assert body["area_code"] in codes
        assert body["parent"] is None or body["parent"] in seen
        seen.add(body["code"])


def test_every_row_has_a_sound_validity(organisations: Rows, areas: Rows) -> None:
    for row in [*areas, *organisations]:
        since = date.fromisoformat(row["valid_from"])
        if "valid_to" in row:
            assert date.fromisoformat(row["valid_to"]) > since


def test_every_township_has_an_office_and_a_command_room(organisations: Rows, areas: Rows) -> None:
    townships = {area["code"] for area in areas if len(area["code"]) == 9}
    for kind in ("TOWNSHIP_OFFICE", "COMMAND_ROOM", "JUDICIAL_OFFICE"):
        assert {body["area_code"] for body in organisations if body["kind"] == kind} == townships


def test_jindong_has_its_eleven_townships_by_their_names() -> None:
    areas = rows(JINDONG / "areas.json")
    assert areas[0]["code"] == "330703"
    assert areas[0]["name"] == "金东区"
    assert {a["code"]: a["name"] for a in areas if len(a["code"]) == 9} == TOWNSHIPS
    assert not any(a["demo"] for a in areas if len(a["code"]) <= 9)
    assert levels(areas) == {6: 1, 9: 11, 12: 47, 15: 118}
    assert [a["parent"] for a in areas if a["name"] == "柿树塘村"] == ["330703105"]


def test_jindongs_township_bodies_are_complete() -> None:
    organisations = rows(JINDONG / "organisations.json")
    kinds = ("SAFETY_OFFICE", "INSPECTION_STATION", "MEDIATION_COMMITTEE", "POLICE_STATION")
    for kind in kinds:
        served = {body["area_code"] for body in organisations if body["kind"] == kind}
        assert served >= set(TOWNSHIPS), kind
    halls = [body["area_code"] for body in organisations if body["kind"] == "TRAINING_HALL"]
    assert halls == ["330703101"]


def test_the_invented_district_has_two_townships() -> None:
    areas = rows(INVENTED / "areas.json")
    assert areas[0]["code"] == "339901"
    assert levels(areas)[9] == 2
