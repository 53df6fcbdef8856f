"""Conditions on a write or a read (RFC 9110), and what a write passes on."""

from typing import Any

import pytest
from httpx import Response

from services.chassis.identity.internal_token import INTERNAL_TOKEN_HEADER
from tests.support.grid import BATCH, REPORT, REPORTS, creation, reported
from tests.support.people import DISTRICT, RED_MEMBER, TOWNSHIP
from tests.support.running import Running

TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


async def send(
    grid: Running, method: str, path: str, body: Any, *headers: tuple[str, str]
) -> Response:
    """With headers as they stand, more than one line of a name included."""
    token = (INTERNAL_TOKEN_HEADER, grid.signer.sign(TOWNSHIP))
    raw = [(name.encode(), value.encode("latin-1")) for name, value in (token, *headers)]
    return await grid.client.request(method, path, json=body, headers=raw)


async def accept(grid: Running, id: str, *lines: str) -> Response:
    conditions = [("If-Match", line) for line in lines]
    return await send(grid, "POST", f"{REPORTS}/{id}/accept", {}, *conditions)


@pytest.mark.parametrize(
    "lines",
    [('"1"',), ("*",), (" * ",), ('"7", "1"',), ('"7" ,,"1",',), ('"a,b", "1"',), ('"7"', '"1"')],
)
async def test_a_step_is_taken_if_any_entity_tag_is_the_current_one(
    grid: Running, lines: tuple[str, ...]
) -> None:
    answer = await accept(grid, (await reported(grid))["id"], *lines)
    assert (answer.status_code, answer.headers["ETag"]) == (200, '"2"')


@pytest.mark.parametrize(
    "told",
    ['"2"', 'W/"1"', '"abc"', '"01"', '""', '"\xe9"', '"7", W/"1"', f'"{"9" * 400}"'],
)
async def test_no_entity_tag_that_matches_is_a_stale_version(grid: Running, told: str) -> None:
    answer = await accept(grid, (await reported(grid))["id"], told)
    assert (answer.status_code, answer.json()["code"]) == (412, "precondition_failed")
    assert answer.headers["ETag"] == '"1"'


@pytest.mark.parametrize("told", ["1", '"1', '1"', "", '"1" "2"', '*, "1"', 'w/"1"', '"1";'])
async def test_what_is_no_list_of_entity_tags_is_malformed(grid: Running, told: str) -> None:
    answer = await accept(grid, (await reported(grid))["id"], told)
    assert (answer.status_code, answer.json()["code"]) == (422, "malformed_if_match")
    assert answer.json()["errors"][0]["pointer"] == "/header/if-match"


async def test_a_step_without_a_condition_is_refused(grid: Running) -> None:
    answer = await accept(grid, (await reported(grid))["id"])
    assert (answer.status_code, answer.json()["code"]) == (428, "if_match_missing")


@pytest.mark.parametrize(
    ("told", "status"),
    [
        ('"1"', 304),
        ('W/"1"', 304),
        ("*", 304),
        ('"7", W/"1"', 304),
        (", ".join(f'"{n}"' for n in range(99, 0, -1)), 304),
        ('"2"', 200),
        ("1", 200),
        ("x" * 200, 200),
    ],
)
async def test_what_is_known_is_not_sent_again(grid: Running, told: str, status: int) -> None:
    path = f"{REPORTS}/{(await reported(grid))['id']}"
    answer = await send(grid, "GET", path, None, ("If-None-Match", told))
    assert (answer.status_code, answer.headers["ETag"]) == (status, '"1"')


@pytest.mark.parametrize(
    "told", ["张三 13812345678 " + "x" * 5000, TRACE.upper(), TRACE + "\x85", TRACE[:-1], ""]
)
async def test_what_is_no_trace_context_gets_into_no_event(grid: Running, told: str) -> None:
    token = INTERNAL_TOKEN_HEADER.encode(), grid.signer.sign(RED_MEMBER).encode()
    headers = [token, (b"traceparent", told.encode())]
    for path, body in ((REPORTS, REPORT), (BATCH, {"items": [creation("a")]})):
        answer = await grid.client.post(path, json=body, headers=headers)
        assert answer.status_code in {200, 201}
    rows = await grid.fetch("select from outbox where headers ? 'ce_traceparent'")
    assert rows == []


async def test_a_trace_context_goes_with_the_event(grid: Running) -> None:
    await grid.call(DISTRICT, "POST", REPORTS, REPORT, {"traceparent": TRACE})
    body = {"items": [creation("a")]}
    await grid.call(DISTRICT, "POST", BATCH, body, {"traceparent": TRACE})
    rows = await grid.fetch(
        "select headers->>'ce_traceparent' from outbox order by id desc limit 2"
    )
    assert [row[0] for row in rows] == [TRACE, TRACE]
