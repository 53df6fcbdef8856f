"""Who sees which reports, how much of them, and how lists are narrowed."""

from typing import Any

import pytest

from services.contracts import roles
from tests.grid.people import (
    AGENCY,
    AUDITOR,
    COLLEAGUE,
    ELSEWHERE,
    FULL_TIME,
    GRID,
    GROUP_MEMBER,
    INSTRUCTOR,
    MARKET,
    MATE,
    NEIGHBOUR,
    OTHER_AGENCY,
    OTHER_OFFICE,
    OTHER_RESIDENT,
    PART_TIME,
    RESIDENT,
    STRANGER,
    TOWN,
    VILLAGE,
    both,
)
from tests.support.grid import REPORTS, brought_to, refusal, reported, shown, step
from tests.support.people import (
    DISTRICT,
    HANDLER,
    IMPORTER,
    OPERATOR,
    OTHER_TOWNSHIP,
    RED_MEMBER,
    TOWNSHIP,
    VERIFIER,
    caller,
)
from tests.support.running import Running

FIRE = "FIRE_SAFETY"
Filed = dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
async def filed(grid: Running) -> Filed:
    """a: open, by a red member; b: a resident's; c: assigned to enforcement and begun by its handler;
    d: of another township; e: assigned to that township's office."""
    made = {
        "a": await brought_to(grid, "ACCEPTED", urgency="URGENT"),
        "b": await reported(grid, RESIDENT, category=FIRE),
        "c": await brought_to(grid, "PROCESSING", TOWNSHIP, area_code="330703105291"),
        "d": await reported(grid, ELSEWHERE, area_code="330703101"),
    }
    receipt = await brought_to(grid, "ACCEPTED", VERIFIER, category=FIRE)
    return made | {"e": await step(grid, DISTRICT, receipt, "assign", organisation=OTHER_OFFICE)}


async def listed(grid: Running, filed: Filed, who: Any = DISTRICT, **query: Any) -> str:
    """The names of the reports in the caller's list, the newest first."""
    answer = await grid.call(who, "GET", REPORTS, **query)
    assert answer.status_code == 200, answer.text
    names = {receipt["id"]: name for name, receipt in filed.items()}
    return "".join(names[line["id"]] for line in answer.json()["items"])


@pytest.mark.parametrize(
    ("who", "seen"),
    [
        (DISTRICT, "abcde"),
        (IMPORTER, "abcde"),
        (AUDITOR, "abcde"),
        (TOWNSHIP, "abce"),
        (COLLEAGUE, "abce"),
        (VILLAGE, "abce"),
        (VERIFIER, "abce"),
        (INSTRUCTOR, "abe"),
        (FULL_TIME, "abe"),
        (PART_TIME, "abe"),
        (RED_MEMBER, "abe"),
        (NEIGHBOUR, "abe"),
        (RESIDENT, "b"),
        (OTHER_RESIDENT, ""),
        (GROUP_MEMBER, ""),
        (HANDLER, "c"),
        (MATE, "c"),
        (AGENCY, "c"),
        (STRANGER, ""),
        (OTHER_AGENCY, ""),
        (OTHER_TOWNSHIP, "d"),
        (ELSEWHERE, "de"),
        # who handled it sees it still, whoever that person works for now
        (caller(roles.DEPARTMENT_HANDLER, subject=HANDLER.subject), "c"),
        # several roles: what each gives, and no more
        (both(RESIDENT, HANDLER), "bc"),
        (both(OTHER_RESIDENT, GROUP_MEMBER), ""),
        (both(STRANGER, caller(roles.MEDIATOR)), ""),
        (both(AGENCY, caller(roles.TRAINING_OFFICER)), "c"),
        (both(RESIDENT, OPERATOR), "b"),
        (both(NEIGHBOUR, caller(roles.DEPARTMENT_HANDLER, GRID, organisation=MARKET)), "abe"),
        (caller(roles.RESIDENT, subject="x", organisation=OTHER_OFFICE), ""),
        (
            caller(roles.RED_GRID_MEMBER, GRID, subject="x", organisation="330703-enforcement"),
            "abe",
        ),
    ],
)
async def test_who_sees_which_reports(grid: Running, filed: Filed, who: Any, seen: str) -> None:
    assert "".join(sorted(await listed(grid, filed, who))) == seen
    for name, receipt in filed.items():
        answer = await grid.call(who, "GET", f"{REPORTS}/{receipt['id']}")
        if name in seen:
            assert answer.status_code == 200
        else:
            assert refusal(answer) == (404, "not_found")


async def test_some_see_no_reports_at_all(grid: Running, filed: Filed) -> None:
    for who in (OPERATOR, caller(roles.MEDIATOR), caller(roles.STATION_EXPERT)):
        for path in (REPORTS, f"{REPORTS}/{filed['a']['id']}"):
            assert refusal(await grid.call(who, "GET", path)) == (403, "permission_missing")


async def test_who_reported_is_told_to_few(grid: Running, filed: Filed) -> None:
    told = {}
    for who in (DISTRICT, TOWNSHIP, AUDITOR, RESIDENT, VERIFIER, FULL_TIME, NEIGHBOUR):
        told[who.subject] = (await shown(grid, filed["b"], who))["reporter"]
    for who in (HANDLER, AGENCY):
        told[who.subject] = (await shown(grid, filed["c"], who))["reporter"]
    told[ELSEWHERE.subject] = (await shown(grid, filed["e"], ELSEWHERE))["reporter"]
    known = {who.subject for who in (DISTRICT, TOWNSHIP, AUDITOR, RESIDENT)}
    assert told == {who: RESIDENT.subject if who in known else None for who in told}
    lines = (await grid.call(NEIGHBOUR, "GET", REPORTS)).json()["items"]
    assert not any("reporter" in line for line in lines)


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({}, "edcba"),
        ({"status": "ACCEPTED"}, "a"),
        ({"status": ["ACCEPTED", "REPORTED"]}, "dba"),
        ({"status": "CLOSED"}, ""),
        ({"category": FIRE}, "eb"),
        ({"urgency": "URGENT"}, "a"),
        ({"category": FIRE, "status": "REPORTED"}, "b"),
        ({"area": TOWN}, "ecba"),
        ({"area": TOWN, "scope": "self"}, ""),
        ({"area": TOWN, "scope": "children"}, "c"),
        ({"area": "330703105291", "scope": "self"}, "c"),
        ({"area": "330703105291", "scope": "children"}, "eba"),
        ({"area": GRID}, "eba"),
        ({"area": "330703", "scope": "children"}, "d"),
        ({"area": "330703101"}, "d"),
        ({"area": "330702"}, ""),
    ],
)
async def test_a_list_is_narrowed(
    grid: Running, filed: Filed, query: dict[str, Any], names: str
) -> None:
    assert await listed(grid, filed, **query) == names


async def test_a_filter_shows_nobody_more(grid: Running, filed: Filed) -> None:
    assert await listed(grid, filed, OTHER_TOWNSHIP, area=TOWN) == ""
    assert await listed(grid, filed, HANDLER, category=FIRE) == ""


async def test_a_list_goes_on_where_it_stopped(grid: Running, filed: Filed) -> None:
    names = {receipt["id"]: name for name, receipt in filed.items()}
    path, seen = f"{REPORTS}?limit=2&category=ENVIRONMENT", ""
    while path:
        answer = await grid.call(DISTRICT, "GET", path)
        seen += "".join(names[line["id"]] for line in answer.json()["items"])
        assert ("next" in answer.links) == (answer.json()["next"] is not None)
        path = answer.links["next"]["url"] if "next" in answer.links else ""
    assert seen == "dca"


@pytest.mark.parametrize(
    ("query", "code", "pointer"),
    [
        ({"status": "OPEN"}, "invalid_request", "/query/status/0"),
        ({"category": "NOISE"}, "invalid_request", "/query/category"),
        ({"urgency": "SOON"}, "invalid_request", "/query/urgency"),
        ({"area": "3307"}, "invalid_request", "/query/area"),
        ({"scope": "all"}, "invalid_request", "/query/scope"),
        ({"limit": 201}, "invalid_request", "/query/limit"),
        ({"after": "nonsense"}, "invalid_cursor", "/query/after"),
    ],
)
async def test_a_wrong_filter_is_named(
    grid: Running, query: dict[str, Any], code: str, pointer: str
) -> None:
    assert refusal(await grid.call(DISTRICT, "GET", REPORTS, **query)) == (422, code, pointer)


async def test_what_is_known_is_not_sent_again(grid: Running, filed: Filed) -> None:
    path = f"{REPORTS}/{filed['a']['id']}"
    etag = (await grid.call(DISTRICT, "GET", path)).headers["ETag"]
    assert etag == '"2"'
    again = await grid.call(DISTRICT, "GET", path, headers={"If-None-Match": etag})
    assert (again.status_code, again.content) == (304, b"")
