"""Indicators that were told are told again while nothing has changed, to those alone who may see them."""

from datetime import date
from typing import Any

import pytest
from httpx import Response

from services.chassis.database import driver
from services.gateway.dashboards.answers import Answers, Question, State
from services.gateway.dashboards.numbers import Period, as_was
from services.gateway.dashboards.sections import look
from services.gateway.indicators.numbers import indicators
from tests.gateway.district import DISTRICT, GRID, LINGXIA, XIAOSHUN, District
from tests.gateway.indicators.test_router import YEAR, path
from tests.gateway.projections.histories import History
from tests.gateway.projections.projecting import Projecting
from tests.support.running import eventually

TODAY = date(2026, 3, 3)
FOLDED = "update folded set version = version + 1 where service = 'grid'"
TELLING = "select pg_notify('figures', '')"
COUNTED = "insert into tally values ($1, 'reports_filed', '2019-05-01', 'RESIDENT', 'grid', 7)"
QUESTION = Question(DISTRICT, Period(date(2026, 1, 1), TODAY), None)


async def twice(made: District, area: str = DISTRICT, **asked: Any) -> tuple[Response, Response]:
    """One answer, and the next to who has it; the answer tells its age, so it is the same for a moment only."""
    token = await made.system.token("district_operator")
    asked = YEAR | asked
    for _ in range(10):
        first = await made.system.call(token, "GET", path(area), **asked)
        etag = {"If-None-Match": first.headers["ETag"]}
        again = await made.system.call(token, "GET", path(area), headers=etag, **asked)
        if again.status_code == 304:
            break
    return first, again


@pytest.mark.parametrize("asked", [{}, {"group_by": "township"}, {"tree": "as_is"}])
async def test_what_has_not_changed_is_not_sent_again(jindong: District, asked: Any) -> None:
    first, again = await twice(jindong, **asked)
    assert (first.status_code, again.status_code, again.content) == (200, 304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]
    assert first.headers["Cache-Control"] == "private, no-cache"
    token, etag = await jindong.system.token("district_operator"), first.headers["ETag"]
    headers = {"If-None-Match": etag}
    other = await jindong.system.call(token, "GET", path(LINGXIA), headers=headers, **YEAR | asked)
    assert other.status_code == 200


async def test_a_changed_projection_gives_a_new_answer(jindong: District) -> None:
    token = await jindong.system.token("district_operator")
    past: dict[str, Any] = {"from": "2019-01-01", "to": "2019-12-31"}

    async def filed(number: int) -> str | None:
        answer = await jindong.system.call(token, "GET", path(DISTRICT), **past)
        found = answer.json()["indicators"]["G1"]["value"] == number
        return answer.headers["ETag"] if found else None

    before = await filed(0)
    try:
        for statement, *arguments in ((COUNTED, DISTRICT), (FOLDED,), (TELLING,)):
            await jindong.system.fetch("gateway", statement, *arguments)
        assert await eventually(lambda: filed(7)) != before
    finally:
        await jindong.system.fetch("gateway", "delete from tally where day = '2019-05-01'")
        await jindong.system.fetch("gateway", FOLDED)


async def test_nothing_crosses_between_callers_of_different_sight(jindong: District) -> None:
    async def told(role: str, area: str) -> tuple[list[str], bool]:
        asked = {"group_by": "township", **YEAR}
        answer = await jindong.get(path(DISTRICT), role, area, **asked)
        shown = answer.json()
        return [row["area"] for row in shown["rows"]], "undivided" in shown

    for _ in range(2):
        assert await told("district_operator", DISTRICT) == ([XIAOSHUN, LINGXIA], True)
        assert await told("township_operator", LINGXIA) == ([LINGXIA], False)
        assert await told("township_operator", XIAOSHUN) == ([XIAOSHUN], False)
        assert await told("red_grid_member", GRID) == ([], False)
        hidden = await jindong.get(path(XIAOSHUN), "township_operator", LINGXIA, **YEAR)
        assert hidden.status_code == 404
        denied = await jindong.get(path(DISTRICT), "agency", **YEAR)
        assert denied.status_code == 403


async def test_indicators_are_added_up_anew_when_the_projection_has_changed(
    gateway: Projecting,
) -> None:
    answers, counted = Answers(), 0

    async def filed(today: date = TODAY) -> Any:
        async with gateway.database.transaction() as connection:
            raw = await driver(connection)

            async def added_up() -> dict[str, dict[str, Any]]:
                nonlocal counted
                counted += 1
                source = as_was([DISTRICT])
                return await indicators(raw, [DISTRICT], QUESTION.period, today, source)

            state = State((await look(raw)).versions["grid"], today, None)
            told = await answers.once(QUESTION, "indicators", state, added_up)
        return told[DISTRICT]["G1"]["value"]

    assert (await filed(), await filed(), counted) == (0, 0, 1)
    for count, record in enumerate(gateway.records(History([]).facts), 1):
        await gateway.runner().settle([record])
        assert (await filed(), await filed(), counted) == (count, count, count + 1)
        last = counted
    assert await filed(date(2026, 3, 4)) == count
    assert counted == last + 1
