"""A planned redraw is withdrawn whole, before its day, and nothing is left of it."""

import json
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from services.contracts import roles
from tests.grid.people import RESIDENT
from tests.grid.redraws.test_router import (
    BORN,
    HISTORIAN,
    IMPORT,
    LATER,
    SOON,
    TODAY,
    known,
    opening,
    published,
    redraw,
    row_of,
    split,
    village,
)
from tests.grid.visiting import member
from tests.support.grid import REPORT, REPORTS, refusal
from tests.support.people import DISTRICT, IMPORTER, TOWNSHIP, caller
from tests.support.running import Running

WITHDRAW = "/v1/grid/areas/redraw/withdraw"
DAY = timedelta(days=1)


async def withdraw(grid: Running, *closes: str, on: Any = SOON, who: Any = DISTRICT) -> Any:
    return await grid.call(who, "POST", WITHDRAW, {"on": str(on), "closes": [*closes]})


async def there(grid: Running, code: str) -> dict[str, tuple[Any, ...]]:
    """Without what never is."""
    rows = await grid.fetch(
        "select area_code from area where starts_with(area_code, $1) and valid_to = valid_from",
        code,
    )
    void = {row[0] for row in rows}
    return {code: told for code, told in (await known(grid, code)).items() if code not in void}


async def test_what_was_to_close_stays_and_what_was_to_open_never_is(grid: Running) -> None:
    code = await village(grid, 501)
    old, new = f"{code}001", f"{code}011"
    before = await known(grid, code)
    planned = split(code, heir=new)
    assert (await redraw(grid, planned)).status_code == 200
    after = await known(grid, code)
    answer = await withdraw(grid, old)
    assert answer.json() == {"closes": 1, "opens": 2}, answer.text
    assert await there(grid, code) == before
    told = [each.removeprefix(code) for each in await published(grid, code)]
    assert told == ["", "001", "001", "001", "002", "011", "011", "012", "012"]
    late = REPORT | {"area_code": new}
    assert refusal(await grid.call(DISTRICT, "POST", REPORTS, late))[1] == "area_unknown"
    assert refusal(await withdraw(grid, old)) == (422, "not_planned", "/closes")
    assert (await redraw(grid, planned)).json() == {"closed": 1, "opened": 2, "unchanged": 0}
    assert await known(grid, code) == after


async def test_it_is_planned_anew_for_another_day_and_under_other_codes(grid: Running) -> None:
    code = await village(grid, 502)
    assert (await redraw(grid, split(code))).status_code == 200
    assert (await withdraw(grid, f"{code}001")).status_code == 200
    other = split(code, on=LATER)
    assert (await redraw(grid, other)).json() == {"closed": 1, "opened": 2, "unchanged": 0}
    assert (await withdraw(grid, f"{code}001", on=LATER)).status_code == 200
    answer = await grid.call(DISTRICT, "PUT", IMPORT, {"rows": [row_of(f"{code}011")]})
    assert answer.status_code == 200, answer.text
    rows = await grid.fetch(
        "select valid_from, valid_to, predecessors::text from area where area_code = $1 order by 1",
        f"{code}011",
    )
    assert [tuple(row) for row in rows] == [(SOON, None, "[]"), (LATER, LATER, f'["{code}001"]')]


async def test_an_end_that_was_known_before_is_kept(grid: Running) -> None:
    code = await village(grid, 503)
    row = row_of(f"{code}001", name=f"{code}001", valid_from=BORN, valid_to=str(LATER))
    assert (await grid.call(DISTRICT, "PUT", IMPORT, {"rows": [row]})).status_code == 200
    before = await known(grid, code)
    assert (await redraw(grid, split(code))).status_code == 200
    assert (await withdraw(grid, f"{code}001")).status_code == 200
    assert await there(grid, code) == before


async def test_a_village_comes_back_with_its_grids(grid: Running) -> None:
    code, new = await village(grid, 504), "330703101504"
    before = await known(grid, code)
    pairs = [(f"{code}{n:03}", f"{new}{n:03}") for n in (1, 2)]
    closes = [code, *(old for old, _ in pairs)]
    opens = [opening(new, code), *(opening(after, of) for of, after in pairs)]
    body = {"on": str(SOON), "closes": [{"code": each} for each in closes], "opens": opens}
    assert (await redraw(grid, body)).status_code == 200
    assert refusal(await withdraw(grid, code)) == (409, "built_upon", "/closes")
    assert refusal(await withdraw(grid, *closes[1:])) == (409, "no_place_left", "/closes")
    assert (await withdraw(grid, *closes)).json() == {"closes": 3, "opens": 3}
    assert await there(grid, code) == before
    assert await there(grid, new) == {}


async def test_a_merger_is_withdrawn_with_all_that_it_comes_of(grid: Running) -> None:
    code = await village(grid, 505)
    old = [f"{code}001", f"{code}002"]
    body = {"closes": [{"code": each} for each in old], "opens": [opening(f"{code}011", *old)]}
    assert (await redraw(grid, body | {"on": str(SOON)})).status_code == 200
    before = await known(grid, code)
    assert refusal(await withdraw(grid, old[0])) == (422, "in_part", "/closes")
    assert await known(grid, code) == before
    assert (await withdraw(grid, *old)).json() == {"closes": 2, "opens": 1}


async def test_nothing_is_withdrawn_once_its_day_has_come(grid: Running) -> None:
    code = await village(grid, 506)
    assert (await redraw(grid, split(code, on=TODAY), HISTORIAN)).status_code == 200
    answer = await withdraw(grid, f"{code}001", on=TODAY, who=HISTORIAN)
    assert refusal(answer) == (409, "day_has_come", "/on")


@pytest.mark.parametrize("by", ["a redraw", "a micro-grid", "a member"])
async def test_what_something_depends_on_is_not_withdrawn(grid: Running, by: str) -> None:
    code = await village(grid, 507 + ["a redraw", "a micro-grid", "a member"].index(by))
    new = f"{code}011"
    assert (await redraw(grid, split(code))).status_code == 200
    if by == "a redraw":
        body = {"on": str(LATER), "closes": [{"code": new}], "opens": []}
        answer = await redraw(grid, body)
    elif by == "a micro-grid":
        row = {"code": f"{new}01", "name": "微网格", "valid_from": str(SOON)}
        answer = await grid.call(DISTRICT, "PUT", "/v1/grid/micro-grids/import", {"rows": [row]})
    else:
        answer = await grid.call(DISTRICT, "POST", "/v1/grid/members", member())
        told = json.dumps([{"grid": new, "since_on": str(SOON)}])
        query = "update grid_member set appointments = $2::text::jsonb where id = $1"
        await grid.fetch(query, UUID(answer.json()["id"]), told)
    assert not answer.is_error, answer.text
    before = await known(grid, code)
    assert refusal(await withdraw(grid, f"{code}001")) == (409, "built_upon", "/closes")
    assert await known(grid, code) == before


PLANNED: dict[str, dict[str, Any]] = {
    "PUT organisations/import": {
        "code": "330703105-to-come",
        "name": "工作站",
        "kind": "STATION",
        "valid_from": str(SOON),
    },
    "POST campaigns": {"code": "TO-COME", "starts_on": str(SOON), "ends_on": str(LATER)},
    "POST surveys": {
        "starts_on": str(SOON),
        "ends_on": str(LATER),
        "activities": [{"code": "PATROL", "name": "巡防", "name_en": "patrol"}],
    },
    "POST admission-items": {"code": "TO-COME", "valid_from": str(SOON)},
}
NAMES = {"name": "将新设的", "name_en": "to come"}


@pytest.mark.parametrize("what", PLANNED)
async def test_what_was_planned_for_it_does_not_outlive_it(grid: Running, what: str) -> None:
    code = await village(grid, 513 + [*PLANNED].index(what))
    assert (await redraw(grid, split(code))).status_code == 200
    method, path = what.split()
    body = PLANNED[what] | {"area_code": f"{code}011"}
    body = {"rows": [body]} if method == "PUT" else NAMES | body
    answer = await grid.call(DISTRICT, method, f"/v1/grid/{path}", body)
    assert not answer.is_error, answer.text
    assert refusal(await withdraw(grid, f"{code}001")) == (409, "built_upon", "/closes")


async def test_what_would_outlive_its_village_does_not_come_back(grid: Running) -> None:
    code = await village(grid, 511, grids=1)
    old = f"{code}001"
    body: dict[str, Any] = {"on": str(SOON), "closes": [{"code": old}]}
    assert (await redraw(grid, body)).status_code == 200
    whole = {"on": str(LATER), "closes": [{"code": code}]}
    assert (await redraw(grid, whole)).status_code == 200
    assert refusal(await withdraw(grid, old)) == (409, "no_place_left", "/closes")
    assert (await withdraw(grid, code, on=LATER)).json() == {"closes": 1, "opens": 0}
    assert (await withdraw(grid, old)).json() == {"closes": 1, "opens": 0}


async def test_only_the_district_withdraws_its_own(grid: Running) -> None:
    code = await village(grid, 512)
    assert (await redraw(grid, split(code))).status_code == 200
    for who in (TOWNSHIP, IMPORTER, RESIDENT):
        answer = await withdraw(grid, f"{code}001", who=who)
        assert refusal(answer) == (403, "permission_missing")
    answer = await withdraw(grid, f"{code}001", who=caller(roles.DISTRICT_OPERATOR, "330702"))
    assert refusal(answer)[:2] == (403, "outside_scope")
    answer = await withdraw(grid, f"{code}001", on=SOON + DAY)
    assert refusal(answer) == (422, "not_planned", "/closes")
    answer = await withdraw(grid, "330703")
    assert refusal(answer) == (422, "invalid_request", "/closes/0")
