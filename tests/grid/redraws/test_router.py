"""Redraws, whole or not at all."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.chassis.deadlines.calendar import local_day
from services.chassis.identity.caller import Caller
from services.contracts import roles
from tests.grid.people import RESIDENT
from tests.support.grid import REPORT, REPORTS, refusal, reported, shown
from tests.support.people import DISTRICT, IMPORTER, TOWNSHIP, caller
from tests.support.running import Running

IMPORT, REDRAW = "/v1/grid/areas/import", "/v1/grid/areas/redraw"
TOWN = "330703105"
TODAY = local_day(datetime.now(UTC))
SOON = TODAY + timedelta(days=2)  # still to come when a run crosses midnight
BORN = "2016-01-01"
HISTORIAN = Caller(
    subject="historian",
    roles=frozenset({roles.DISTRICT_OPERATOR, roles.DATA_IMPORTER}),
    areas=("330703",),
    organisation=None,
    request_id="test",
)


async def village(grid: Running, number: int, grids: int = 2) -> str:
    """A village of this number, with so many grids."""
    code = f"{TOWN}{number}"
    rows: list[dict[str, Any]] = [{"code": code, "kind": "VILLAGE", "parent": TOWN}]
    rows += [{"code": f"{code}{n:03}", "kind": "GRID", "parent": code} for n in range(1, grids + 1)]
    common = {"valid_from": BORN}
    body = {"rows": [{**row, **common, "name": row["code"]} for row in rows]}
    answer = await grid.call(DISTRICT, "PUT", IMPORT, body)
    assert answer.json()["created"] == grids + 1, answer.text
    return code


def opening(code: str, *of: str, **facts: Any) -> dict[str, Any]:
    kind = "GRID" if len(code) == 15 else "VILLAGE"
    return {"code": code, "name": f"新 {code}", "kind": kind, "predecessors": list(of), **facts}


def split(village: str, *, on: Any = SOON, **close: Any) -> dict[str, Any]:
    """Its first grid becomes two."""
    old = f"{village}001"
    opens = [opening(f"{village}011", old), opening(f"{village}012", old)]
    return {"on": str(on), "closes": [{"code": old, **close}], "opens": opens}


async def redraw(grid: Running, body: Any, who: Caller = DISTRICT) -> Any:
    return await grid.call(who, "PUT", REDRAW, body)


async def known(grid: Running, village: str) -> dict[str, tuple[Any, ...]]:
    rows = await grid.fetch(
        "select area_code, valid_to, predecessors::text, heir from area "
        "where starts_with(area_code, $1) order by 1",
        village,
    )
    return {row[0]: tuple(row)[1:] for row in rows}


async def published(grid: Running, village: str) -> list[str]:
    """Whose events there are."""
    rows = await grid.fetch(
        "select convert_from(body, 'UTF8')::jsonb ->> 'area_code' from outbox "
        "where topic = 'jinding.grid.area.v1'"
    )
    return sorted(row[0] for row in rows if row[0].startswith(village))


async def test_a_split_closes_the_old_grid_and_opens_the_new_ones(grid: Running) -> None:
    code = await village(grid, 401)
    body = split(code, heir=f"{code}012")
    answer = await redraw(grid, body)
    assert answer.json() == {"closed": 1, "opened": 2, "unchanged": 0}, answer.text
    assert await known(grid, code) == {
        code: (None, "[]", None),
        f"{code}001": (SOON, "[]", f"{code}012"),
        f"{code}002": (None, "[]", None),
        f"{code}011": (None, f'["{code}001"]', None),
        f"{code}012": (None, f'["{code}001"]', None),
    }
    again = await redraw(grid, body)
    assert again.json() == {"closed": 0, "opened": 0, "unchanged": 3}
    told = ("", "001", "001", "002", "011", "012")  # the one that closed: twice
    assert await published(grid, code) == [f"{code}{number}" for number in told]


async def test_a_merger_has_several_predecessors(grid: Running) -> None:
    code = await village(grid, 402)
    old = [f"{code}001", f"{code}002"]
    body = {
        "on": str(SOON),
        "closes": [{"code": each} for each in old],
        "opens": [opening(f"{code}011", *old)],
    }
    assert (await redraw(grid, body)).json() == {"closed": 2, "opened": 1, "unchanged": 0}
    line = (await grid.call(RESIDENT, "GET", "/v1/grid/areas", area=f"{code}011")).json()["items"]
    assert line[0]["predecessors"] == old


async def test_a_village_is_handed_to_another_township_with_its_grids(grid: Running) -> None:
    code, new = await village(grid, 403), "330703101403"
    pairs = [(f"{code}{n:03}", f"{new}{n:03}") for n in (1, 2)]
    body = {
        "on": str(SOON),
        "closes": [{"code": each} for each in (code, *(old for old, _ in pairs))],
        "opens": [opening(new, code), *(opening(after, before) for before, after in pairs)],
    }
    assert (await redraw(grid, body)).json() == {"closed": 3, "opened": 3, "unchanged": 0}
    assert {end for end, *_ in (await known(grid, code)).values()} == {SOON}


async def test_one_that_cannot_be_done_undoes_all(grid: Running) -> None:
    code = await village(grid, 404)
    before = await known(grid, code)
    body = split(code)
    body["opens"].append(opening(f"{code}002", f"{code}001"))
    assert refusal(await redraw(grid, body)) == (422, "code_used", "/opens/2/code")
    assert await known(grid, code) == before
    assert await published(grid, code) == sorted(before)


@pytest.mark.parametrize(
    ("change", "code", "pointer"),
    [
        ({"on": str(TODAY)}, "not_ahead", "/on"),
        ({"on": "1000-01-01"}, "invalid_request", "/on"),
        ({"closes": [{"code": "330703105405"}]}, "left_below", "/closes/0/code"),
        ({"closes": [{"code": "330703105405009"}]}, "area_unknown", "/closes/0/code"),
        ({"closes": [{"code": "330703"}]}, "invalid_request", "/closes/0/code"),
        (
            {"closes": [{"code": "330703105405001", "heir": "330703105405002"}]},
            "no_heir",
            "/closes/0/heir",
        ),
        ({"closes": [{"code": "330702105405001"}], "opens": []}, "outside_scope", "/closes/0/code"),
        ({"closes": [{"code": "330703105405002"}]}, "no_predecessor", "/opens/0/predecessors"),
        (
            {"closes": [{"code": "330703105405001"}, {"code": "330703105405001"}]},
            "named_twice",
            "/opens",
        ),
        (
            {"closes": [{"code": "330703105405001"}, {"code": "330702105405001"}]},
            "one_district",
            "/closes",
        ),
        (
            {"opens": [opening("330703105499001", "330703105405001")]},
            "parent_unknown",
            "/opens/0/code",
        ),
        (
            {"opens": [opening("330703105405901", "330703105405001")]},
            "grid_numbered",
            "/opens/0/code",
        ),
        (
            {"opens": [opening("330703105405011")]},
            "invalid_request",
            "/opens/0/predecessors",
        ),
    ],
)
async def test_what_a_redraw_cannot_do(
    grid: Running, change: dict[str, Any], code: str, pointer: str
) -> None:
    if not await known(grid, "330703105405"):
        await village(grid, 405)
    status = 403 if code == "outside_scope" else 422
    told = refusal(await redraw(grid, split("330703105405") | change))
    assert told == (status, code, pointer)
    assert (await known(grid, "330703105405"))["330703105405001"][0] is None


async def test_only_the_district_redraws_its_own(grid: Running) -> None:
    code = await village(grid, 406)
    for who in (TOWNSHIP, IMPORTER, RESIDENT):
        assert refusal(await redraw(grid, split(code), who)) == (403, "permission_missing")
    neighbour = caller(roles.DISTRICT_OPERATOR, "330702")
    told = refusal(await redraw(grid, split(code), neighbour))
    assert told[:2] == (403, "outside_scope")


async def test_a_report_keeps_the_grid_of_its_own_day(grid: Running) -> None:
    code = await village(grid, 407)
    member = caller(roles.RED_GRID_MEMBER, code, subject="red-407")
    yesterday = datetime.now(UTC) - timedelta(days=1)
    receipt = await reported(grid, member, area_code=f"{code}001", occurred_at=str(yesterday))
    told = await redraw(grid, split(code, on=TODAY), HISTORIAN)
    assert told.json() == {"closed": 1, "opened": 2, "unchanged": 0}, told.text
    assert (await shown(grid, receipt, member))["area_code"] == f"{code}001"

    async def file(area: str, **when: str) -> tuple[int, Any]:
        body = REPORT | {"area_code": area} | when
        answer = await grid.call(member, "POST", REPORTS, body)
        return answer.status_code, answer.json().get("code")

    late = {"occurred_at": yesterday.isoformat()}
    assert await file(f"{code}001") == (422, "area_unknown")
    assert await file(f"{code}001", **late) == (201, None)
    assert await file(f"{code}011") == (201, None)
    assert await file(f"{code}011", **late) == (422, "area_unknown")


async def test_history_is_not_redrawn_before_its_records(grid: Running) -> None:
    code = await village(grid, 408)
    member = caller(roles.RED_GRID_MEMBER, code, subject="red-408")
    await reported(grid, member, area_code=f"{code}001")
    body = split(code, on=TODAY)
    told = refusal(await redraw(grid, body, HISTORIAN))
    assert told == (422, "facts_since", "/closes/0/code")
    assert (await redraw(grid, body | {"on": str(SOON)}, HISTORIAN)).status_code == 200


def row_of(code: str, **facts: Any) -> dict[str, Any]:
    row = {"code": code, "name": f"新 {code}", "kind": "GRID", "parent": code[:-3]}
    return row | {"valid_from": str(SOON), **facts}


async def test_no_import_undoes_a_redraw(grid: Running) -> None:
    code = await village(grid, 409)
    await redraw(grid, split(code))
    before = await known(grid, code)
    rows = [row_of(f"{code}001", name=f"{code}001", valid_from=BORN), row_of(f"{code}011")]
    answer = await grid.call(DISTRICT, "PUT", IMPORT, {"rows": rows})
    assert answer.json() == {"created": 0, "changed": 0, "unchanged": 2}
    assert await known(grid, code) == before


@pytest.mark.parametrize(
    ("number", "of", "taken"),
    [
        ("011", ["001"], True),
        ("011", [], False),
        ("011", ["001", "002"], True),  # of another one, too: it ended by no redraw
        ("013", ["001"], False),
        ("014", ["002"], True),
    ],
)
async def test_no_import_gives_what_was_redrawn_other_successors(
    grid: Running, number: str, of: list[str], taken: bool
) -> None:
    code = "330703105412"
    if not await known(grid, code):
        await village(grid, 412)
        await redraw(grid, split(code))
    before = await known(grid, code)
    row = row_of(f"{code}{number}", predecessors=[f"{code}{n}" for n in of])
    answer = await grid.call(DISTRICT, "PUT", IMPORT, {"rows": [row]})
    if taken:
        assert answer.status_code == 200, answer.text
    else:
        told = (422, "contradicts_redraw", "/rows/0/predecessors")
        assert (refusal(answer), await known(grid, code)) == (told, before)


LATER = SOON + timedelta(days=7)


@pytest.mark.parametrize(
    ("change", "code", "pointer"),
    [
        ({"on": str(SOON)}, "contradicts_redraw", "/closes/0/code"),
        ({"on": str(LATER + timedelta(days=1))}, "contradicts_redraw", "/closes/0/code"),
        ({"opens": []}, "contradicts_redraw", "/closes/0/code"),
        (
            {"opens": [opening("330703105413013", "330703105413001")]},
            "contradicts_redraw",
            "/closes/0/code",
        ),
        (
            {
                "closes": [{"code": "330703105413002"}],
                "opens": [opening("330703105413011", "330703105413002")],
            },
            "contradicts_redraw",
            "/opens/0/predecessors",
        ),
        (
            {"closes": [{"code": "330703105413001", "heir": "330703105413012"}]},
            "heir_named",
            "/closes/0/heir",
        ),
        (
            {
                "on": str(SOON),
                "closes": [{"code": "330703105413"}, {"code": "330703105413002"}],
                "opens": [],
            },
            "left_below",
            "/closes/0/code",
        ),
    ],
)
async def test_a_redraw_that_contradicts_a_planned_one_is_refused(
    grid: Running, change: dict[str, Any], code: str, pointer: str
) -> None:
    village_code = "330703105413"
    planned = split(village_code, on=LATER, heir=f"{village_code}011")
    if not await known(grid, village_code):
        await village(grid, 413)
        assert (await redraw(grid, planned)).status_code == 200
    before = await known(grid, village_code)
    answer = await redraw(grid, planned | change)
    assert refusal(answer) == (422, code, pointer)
    if code == "contradicts_redraw":
        assert str(LATER) in answer.json()["detail"]
        assert f"{village_code}0" in answer.json()["detail"]
    assert await known(grid, village_code) == before


async def test_nothing_opens_in_a_village_that_is_to_end(grid: Running) -> None:
    code, neighbour = await village(grid, 414), await village(grid, 415)
    closes = [{"code": each} for each in (code, f"{code}001", f"{code}002")]
    assert (await redraw(grid, {"on": str(LATER), "closes": closes})).status_code == 200
    body = split(neighbour)
    body["opens"][0]["code"] = f"{code}011"
    answer = await redraw(grid, body)
    assert refusal(answer) == (422, "parent_ends", "/opens/0/code")
    assert str(LATER) in answer.json()["detail"]
    row = row_of(f"{code}021")
    answer = await grid.call(DISTRICT, "PUT", IMPORT, {"rows": [row]})
    assert refusal(answer) == (422, "parent_ends", "/rows/0/valid_to")
    answer = await grid.call(DISTRICT, "PUT", IMPORT, {"rows": [row | {"valid_to": str(LATER)}]})
    assert answer.json()["created"] == 1, answer.text


async def test_a_planned_successor_is_redrawn_once_it_is_there(grid: Running) -> None:
    code = await village(grid, 416)
    planned = split(code, heir=f"{code}011")
    assert (await redraw(grid, planned)).status_code == 200
    old = f"{code}011"
    again = {"closes": [{"code": old}], "opens": [opening(f"{code}021", old)]}
    answer = await redraw(grid, again | {"on": str(SOON)})
    assert refusal(answer) == (422, "area_unknown", "/closes/0/code")
    answer = await redraw(grid, again | {"on": str(SOON + timedelta(days=1))})
    assert answer.json() == {"closed": 1, "opened": 1, "unchanged": 0}, answer.text
    assert (await redraw(grid, planned)).json() == {"closed": 0, "opened": 0, "unchanged": 3}


async def test_an_heir_is_named_later_and_stays(grid: Running) -> None:
    code = await village(grid, 417)
    heir = f"{code}011"
    told = []
    for body in (split(code), split(code, heir=heir), split(code)):
        assert (await redraw(grid, body)).status_code == 200
        told.append((await known(grid, code))[f"{code}001"][2])
    assert told == [None, heir, heir]


async def test_redraws_side_by_side_do_not_overlap(grid: Running) -> None:
    code = await village(grid, 410)
    bodies = [split(code, on=SOON + timedelta(days=n)) for n in range(4)]
    answers = await asyncio.gather(*(redraw(grid, body) for body in bodies))
    assert sorted(answer.status_code for answer in answers) == [200, 422, 422, 422]
    opened = await grid.fetch("select 1 from area where area_code = $1", f"{code}011")
    assert len(opened) == 1


async def test_of_rivals_for_the_same_grid_on_the_same_day_one_wins(grid: Running) -> None:
    code = await village(grid, 418)
    old = f"{code}001"
    bodies = [split(code) | {"opens": [opening(f"{code}0{n}", old)]} for n in range(11, 16)]
    answers = await asyncio.gather(*(redraw(grid, body) for body in bodies))
    told = [a.json().get("code", "taken") for a in answers]
    assert sorted(told) == [*["contradicts_redraw"] * 4, "taken"]
    winner = f"{code}0{11 + told.index('taken')}"
    assert sorted(await known(grid, code)) == [code, old, f"{code}002", winner]


async def test_what_is_put_up_in_public_is_shown_and_survives_an_import(grid: Running) -> None:
    code = await village(grid, 411)
    notice = {
        "extent": "村民一组至三组",
        "office": "示范村便民服务站",
        "office_phone": "0579-82345678",
        "published_on": "2026-01-02",
        "centroid": {"lng": 119.8, "lat": 29.1, "datum": "GCJ02"},
    }
    body = split(code)
    body["opens"][0] |= notice
    assert (await redraw(grid, body)).status_code == 200
    row = {"code": f"{code}002", "name": f"{code}002", "kind": "GRID", "parent": code}
    row |= {"valid_from": BORN}
    for rows, changed in (([row | notice], 1), ([row | notice], 0), ([row], 0)):
        answer = await grid.call(DISTRICT, "PUT", IMPORT, {"rows": rows})
        assert answer.json()["changed"] == changed, answer.text
    for shown_code in (f"{code}011", f"{code}002"):
        page = await grid.call(RESIDENT, "GET", "/v1/grid/areas", area=shown_code)
        [line] = page.json()["items"]
        assert {name: line[name] for name in notice} == notice
