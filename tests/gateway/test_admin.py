"""Verifying and rebuilding by request: who may, what is answered, and that two do not do it at once."""

import asyncio
from typing import Any

from structlog.testing import capture_logs

from services.gateway.projections import beside
from tests.gateway.district import District

VERIFY, REBUILD = "/v1/admin/verify", "/v1/admin/rebuild"
GRID = {"services": ["grid"]}
PLANTED = (
    "update tally set n = n + 1 where metric = 'reports_filed' and area_code = '330703' and n <> 0"
)


async def verified(made: District) -> Any:
    answer = await made.post(VERIFY, "operator", GRID)
    assert answer.status_code == 200, answer.text
    [told] = answer.json()["items"]
    return told


async def test_what_differs_is_told_until_it_is_rebuilt(jindong: District) -> None:
    for source in ("snapshots", "archive"):
        assert await verified(jindong) == {"service": "grid", "count": 0, "differences": []}
        await jindong.system.fetch("gateway", PLANTED)
        told = await verified(jindong)
        assert told["count"] == len(told["differences"]) == 4
        assert told["differences"][0] == {
            "kind": "tally",
            "what": "330703 reports_filed 2026-01-05 RED_MEMBER grid",
            "known": "3",
            "truth": "2",
        }
        with capture_logs() as logs:
            answer = await jindong.post(REBUILD, "operator", GRID | {"source": source})
        assert (answer.status_code, answer.json()["items"][0]["differences"]) == (200, [])
        [line] = [line for line in logs if line["event"] == "projection_rebuilt"]
        assert (line["by"], line["of"], line["source"]) == ("test-operator", "grid", source)
        await jindong.system.apps["gateway"].state.gateway.audit.flush()
        audited = "select subject from audit where outcome = 'rebuilt' order by seq desc limit 1"
        assert [tuple(row) for row in await jindong.system.fetch("gateway", audited)] == [
            ("test-operator",)
        ]
    assert (await verified(jindong))["count"] == 0


async def test_an_operator_may_and_nobody_else(jindong: District) -> None:
    for path in (VERIFY, REBUILD):
        refused = await jindong.post(path, "district_operator", GRID)
        assert (refused.status_code, refused.headers["content-type"]) == (
            403,
            "application/problem+json",
        )
        assert (await jindong.post(path, "operator", {"services": ["water"]})).status_code == 422
        assert (await jindong.post(path, "operator", {"since": "ever"})).status_code == 422


async def test_all_services_are_meant_where_none_is_named(jindong: District) -> None:
    for path in (VERIFY, REBUILD):
        answer = await jindong.post(path, "operator")  # all but grid are away
        assert (answer.status_code, answer.json()["code"]) == (503, "service_unreachable")


async def test_two_at_once_are_one_too_many(jindong: District) -> None:
    database = jindong.system.apps["gateway"].state.gateway.database
    for path, what in ((VERIFY, "verify grid"), (REBUILD, "grid")):
        async with beside.alone(database, what):
            answer = await jindong.post(path, "operator", GRID)
        assert (answer.status_code, answer.json()["code"]) == (409, "still_at_it")
    answers = await asyncio.gather(*(jindong.post(REBUILD, "operator", GRID) for _ in range(3)))
    assert 200 in {answer.status_code for answer in answers} <= {200, 409}
    assert (await verified(jindong))["count"] == 0
