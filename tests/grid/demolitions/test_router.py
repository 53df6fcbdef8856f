"""Demolitions over HTTP: what a record says, and how each is refused."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from services.contracts import roles
from tests.grid.field import GRID, MEMBER, OTHER_TOWN, listed, made, post, seen, step, stepped
from tests.grid.people import AUDITOR, ELSEWHERE, FULL_TIME, NEIGHBOUR
from tests.support.grid import refusal
from tests.support.people import DISTRICT, OTHER_TOWNSHIP, TOWNSHIP, caller
from tests.support.running import Running

PATH = "demolitions"
DEMOLITION: dict[str, Any] = {
    "area_code": GRID,
    "place": "村口西侧",
    "structure": "BRICK_CONCRETE",
    "owner_type": "INDIVIDUAL",
    "area_m2": "86.55",
    "mode": "SELF",
}
DOC = "金东综执〔2017〕12号"


async def test_a_record_says_what_it_is_told(grid: Running) -> None:
    receipt = await made(grid, MEMBER, PATH, **DEMOLITION)
    told = await seen(grid, PATH, receipt, MEMBER)
    assert (DEMOLITION | {"area_m2": 86.55}).items() <= told.items()
    today = datetime.now(UTC) + timedelta(hours=8)
    assert (told["demolished_on"], told["recorded_by"]) == (str(today.date()), MEMBER.subject)
    assert (told["status"], told["legal_doc_no"], told["allowed_actions"]) == (
        "RECORDED",
        None,
        ["add_demolition_photos"],
    )
    (line,) = [line for line in await listed(grid, PATH, MEMBER) if line["id"] == receipt["id"]]
    assert line["area_m2"] == 86.55


async def test_an_event_tells_neither_where_nor_whose(grid: Running) -> None:
    facts = DEMOLITION | {"mode": "FORCED", "legal_doc_no": DOC}
    receipt = await made(grid, TOWNSHIP, PATH, **facts)
    (row,) = await grid.fetch("select body from outbox where aggregate_id = $1", receipt["id"])
    told = json.loads(row["body"])
    assert told.keys() == {
        *("area_code", "occurred_at", "correlation_id", "status", "campaign", "structure"),
        *("owner_type", "area_m2", "mode", "demolished_on", "confirmed_at"),
    }
    assert told["area_m2"] == "86.55"


@pytest.mark.parametrize(
    ("facts", "pointer"),
    [
        ({"area_code": "330703"}, "/area_code"),
        ({"place": "x"}, "/place"),
        ({"place": "长" * 201}, "/place"),
        ({"structure": "TENT"}, "/structure"),
        ({"owner_type": "张三"}, "/owner_type"),
        ({"area_m2": 0}, "/area_m2"),
        ({"area_m2": "-1"}, "/area_m2"),
        ({"area_m2": "0.001"}, "/area_m2"),
        ({"area_m2": "99999999999.00"}, "/area_m2"),
        ({"area_m2": "NaN"}, "/area_m2"),
        ({"area_m2": "1e99"}, "/area_m2"),
        ({"mode": "BURNT"}, "/mode"),
        ({"legal_doc_no": "1"}, "/legal_doc_no"),
        ({"owner": "张三"}, "/owner"),
    ],
)
async def test_what_does_not_fit_is_named(
    grid: Running, facts: dict[str, Any], pointer: str
) -> None:
    answer = await post(grid, DISTRICT, PATH, **DEMOLITION | facts)
    assert refusal(answer) == (422, "invalid_request", pointer)


@pytest.mark.parametrize("area", ["0.01", "9999999999.99", 12, 12.5])
async def test_an_area_is_kept_to_the_hundredth(grid: Running, area: Any) -> None:
    receipt = await made(grid, DISTRICT, PATH, **DEMOLITION | {"area_m2": area})
    (row,) = await grid.fetch("select area_m2::text from demolition where id = $1", receipt["id"])
    (event,) = await grid.fetch("select body from outbox where aggregate_id = $1", receipt["id"])
    assert row["area_m2"] == json.loads(event["body"])["area_m2"] == f"{float(area):.2f}"


@pytest.mark.parametrize(
    ("who", "facts", "refused"),
    [
        (TOWNSHIP, {"mode": "FORCED"}, (422, "legal_doc_missing", "/legal_doc_no")),
        (MEMBER, {"mode": "FORCED", "legal_doc_no": DOC}, (403, "force_is_of_offices", "/mode")),
        (DISTRICT, {"area_code": "330703105291999"}, (422, "area_unknown", "/area_code")),
        (DISTRICT, {"campaign": "NO-SUCH"}, (422, "campaign_unknown", "/campaign")),
        (
            DISTRICT,
            {"occurred_at": "2016-09-04T09:00:00+08:00"},
            (422, "too_long_ago", "/occurred_at"),
        ),
        (TOWNSHIP, {"area_code": OTHER_TOWN}, (403, "outside_scope", "/area_code")),
    ],
)
async def test_what_cannot_be_recorded_is_refused(
    grid: Running, who: Any, facts: dict[str, Any], refused: tuple[Any, ...]
) -> None:
    assert refusal(await post(grid, who, PATH, **DEMOLITION | facts)) == refused


async def test_a_record_is_voided_with_its_reason(grid: Running) -> None:
    receipt = await made(grid, MEMBER, PATH, **DEMOLITION)
    reason = {"reason": "重复登记"}

    async def tried(who: Any, receipt: dict[str, Any] = receipt, **more: Any) -> tuple[Any, ...]:
        return refusal(await step(grid, who, PATH, receipt, "void", **reason, **more))

    assert await tried(AUDITOR) == await tried(MEMBER) == (403, "permission_missing")
    assert await tried(OTHER_TOWNSHIP) == (404, "not_found")
    assert await tried(DISTRICT, receipt | {"id": uuid4()}) == (404, "not_found")
    assert await tried(DISTRICT, receipt | {"version": 9}) == (412, "precondition_failed")
    assert await tried(DISTRICT, extra=1) == (422, "invalid_request", "/extra")
    path = f"/v1/grid/{PATH}/{receipt['id']}/void"
    assert refusal(await grid.call(DISTRICT, "POST", path, reason)) == (428, "if_match_missing")
    assert (await seen(grid, PATH, receipt, TOWNSHIP))["allowed_actions"] == [
        "add_demolition_photos",
        "void_demolition",
    ]
    done = await stepped(grid, TOWNSHIP, PATH, receipt, "void", **reason)
    assert await tried(DISTRICT, done) == (409, "step_not_allowed")
    told = await seen(grid, PATH, receipt)
    assert (told["status"], told["void_reason"]) == ("VOIDED", "重复登记")


async def test_who_recorded_it_elsewhere_sees_it_and_voids_nothing(grid: Running) -> None:
    receipt = await made(grid, TOWNSHIP, PATH, **DEMOLITION)
    moved = caller(roles.TOWNSHIP_OPERATOR, OTHER_TOWN, subject=TOWNSHIP.subject)
    assert (await seen(grid, PATH, receipt, moved))["allowed_actions"] == []
    answer = await step(grid, moved, PATH, receipt, "void", reason="误录")
    assert refusal(answer) == (403, "outside_scope", "/area_code")


async def test_two_townships_see_nothing_of_each_other(grid: Running) -> None:
    receipt = await made(grid, TOWNSHIP, PATH, **DEMOLITION)
    for who in (OTHER_TOWNSHIP, ELSEWHERE):
        answer = await grid.call(who, "GET", f"/v1/grid/{PATH}/{receipt['id']}")
        assert refusal(answer) == (404, "not_found")
        assert receipt["id"] not in [line["id"] for line in await listed(grid, PATH, who)]
    for who in (FULL_TIME, NEIGHBOUR, AUDITOR):
        assert receipt["id"] in [line["id"] for line in await listed(grid, PATH, who)]


async def test_a_list_is_narrowed(grid: Running) -> None:
    forced = DEMOLITION | {"mode": "FORCED", "legal_doc_no": DOC}
    first = await made(grid, TOWNSHIP, PATH, **forced)
    second = await made(grid, TOWNSHIP, PATH, **forced)
    await stepped(grid, TOWNSHIP, PATH, second, "void", reason="误录")
    queries: list[tuple[dict[str, Any], list[bool]]] = [
        ({"mode": "FORCED", "status": "RECORDED"}, [True, False]),
        ({"mode": "FORCED"}, [True, True]),
        ({"status": "VOIDED"}, [False, True]),
        ({"mode": "SELF"}, [False, False]),
        ({"campaign": "F-1"}, [False, False]),
    ]
    for query, found in queries:
        ids = [line["id"] for line in await listed(grid, PATH, limit=200, **query)]
        assert [receipt["id"] in ids for receipt in (first, second)] == found
