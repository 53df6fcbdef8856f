import json
from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

import pytest

from services.chassis.deadlines.calendar import SHANGHAI
from services.chassis.decision import Receipt
from services.contracts import roles
from services.grid.areas.models import area_id
from services.grid.areas.operations import put_area
from services.grid.reports.lifecycle import Status
from services.grid.reports.operations import accept_report, create_report
from tests.grid.people import (
    AUDITOR,
    FULL_TIME,
    GROUP_MEMBER,
    PART_TIME,
    RESIDENT,
    STRANGER,
    VILLAGE,
)
from tests.support.grid import REPORT, REPORTS, batch, creation, refusal, run_at, shown
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

MONDAY = datetime(2026, 3, 2, 9, tzinfo=SHANGHAI)


def local(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+08:00")


async def post(grid: Running, who: Any = RED_MEMBER, **facts: Any) -> Any:
    return await grid.call(who, "POST", REPORTS, REPORT | facts)


async def dues(grid: Running, at: datetime, **facts: Any) -> tuple[Any, Any]:
    """The accept and the resolve deadline of a report that is made and accepted `at`."""
    made = await run_at(grid, at, create_report, DISTRICT, **facts)
    assert isinstance(made, Receipt), made
    await run_at(grid, at, accept_report, DISTRICT, made.id)
    (row,) = await grid.fetch(
        "select accept_due_at, resolve_due_at from report where id = $1", made.id
    )
    return row["accept_due_at"], row["resolve_due_at"]


async def test_a_report_says_what_it_is_told(grid: Running) -> None:
    answer = await post(grid, urgency="URGENT", place="桥头", enterprise_id=str(uuid4()))
    receipt = answer.json()
    assert answer.headers["Location"] == f"{REPORTS}/{receipt['id']}"
    assert answer.headers["ETag"] == '"1"'
    assert receipt["number"].startswith("GE330703105")
    told = await shown(grid, receipt)
    assert REPORT.items() <= told.items()
    assert (told["urgency"], told["place"], told["finder"]) == ("URGENT", "桥头", "RED_MEMBER")
    assert (told["reporter"], told["handlers"], told["status"]) == (
        RED_MEMBER.subject,
        [],
        "REPORTED",
    )
    (row,) = await grid.fetch("select body from outbox where aggregate_id = $1", receipt["id"])
    assert json.loads(row["body"]).keys() == {
        "area_code",
        "occurred_at",
        "correlation_id",
        "household_id",
        "told_apart",
        "number",
        "category",
        "urgency",
        "level",
        "finder",
        "enterprise_id",
        "subcategory",
        "accept_due_at",
    }


async def test_a_client_uuid_is_answered_once_and_replayed(grid: Running) -> None:
    id_ = str(uuid4())
    first = await post(grid, id=id_)
    assert (await post(grid, id=id_)).json() == first.json()
    assert refusal(await post(grid, id=id_, title="别的内容")) == (422, "key_reused", "/id")


@pytest.mark.parametrize(
    ("facts", "pointer"),
    [
        ({"area_code": "330703"}, "/area_code"),
        ({"area_code": "33070310529"}, "/area_code"),
        ({"category": "KEY_PERSON"}, "/category"),
        ({"urgency": "SOON"}, "/urgency"),
        ({"finder": "NOBODY"}, "/finder"),
        ({"title": "短"}, "/title"),
        ({"title": "长" * 101}, "/title"),
        ({"description": "长" * 4001}, "/description"),
        ({"enterprise_id": "91330703"}, "/enterprise_id"),
        ({"status": "CLOSED"}, "/status"),
    ],
)
async def test_what_does_not_fit_is_named(
    grid: Running, facts: dict[str, Any], pointer: str
) -> None:
    assert refusal(await post(grid, **facts)) == (422, "invalid_request", pointer)


async def test_who_may_report(grid: Running) -> None:
    for who in (RED_MEMBER, FULL_TIME, PART_TIME, VERIFIER, RESIDENT, GROUP_MEMBER, TOWNSHIP):
        assert (await post(grid, who)).status_code == 201
    mediator = caller(roles.MEDIATOR)
    for who in (HANDLER, STRANGER, AUDITOR, OPERATOR, mediator):
        assert refusal(await post(grid, who)) == (403, "permission_missing")
    outside = (403, "outside_scope", "/area_code")
    assert refusal(await post(grid, OTHER_TOWNSHIP)) == outside
    assert refusal(await post(grid, RED_MEMBER, area_code="330703105")) == outside
    assert (await post(grid, VILLAGE, area_code="330703105291")).status_code == 201


@pytest.mark.parametrize(
    ("who", "said", "finder"),
    [
        (RED_MEMBER, None, "RED_MEMBER"),
        (FULL_TIME, None, "GRID_MEMBER"),
        (RESIDENT, None, "RESIDENT"),
        (VERIFIER, None, "OTHER"),
        (TOWNSHIP, "RESIDENT", "RESIDENT"),
        (RED_MEMBER, "GRID_MEMBER", None),
        (RED_MEMBER, "RED_MEMBER", None),
        (VERIFIER, "RED_MEMBER", None),
        (RESIDENT, "OTHER", None),
    ],
)
async def test_who_found_it(grid: Running, who: Any, said: str | None, finder: str | None) -> None:
    answer = await post(grid, who, finder=said)
    if finder is None:
        assert refusal(answer) == (422, "finder_not_yours", "/finder")
    else:
        assert (await shown(grid, answer.json()))["finder"] == finder


async def test_an_import_says_who_found_and_reported_it(grid: Running) -> None:
    opened = (await grid.call(IMPORTER, "POST", "/v1/grid/imports", {"source": "台账"})).json()
    facts = {"occurred_at": "2017-05-02T09:00:00+08:00", "on_behalf_of": "red-7"}
    item = creation("import-1", finder="RED_MEMBER", **facts)
    (result,) = await batch(grid, IMPORTER, item, import_batch=opened["id"])
    told = await shown(grid, result["receipt"])
    assert (told["finder"], told["reporter"]) == ("RED_MEMBER", "red-7")
    assert told["import_batch_id"] == opened["id"]


@pytest.mark.parametrize(
    ("code", "at", "known"),
    [
        ("330703105291999", "2026-03-02T09:00", False),
        ("330703105291001", "2015-12-31T23:59", False),
        ("330703105291001", "2016-01-01T00:00", True),
        ("330703105291002", "2019-12-31T23:59", True),
        ("330703105291002", "2020-01-01T00:00", False),
        ("330703105291002", "2026-03-02T09:00", False),
    ],
)
async def test_an_area_is_there_on_the_day(grid: Running, code: str, at: str, known: bool) -> None:
    ended = {"code": "330703105291002", "name": "旧网格", "kind": "GRID", "parent": code[:12]}
    ended |= {"valid_from": "2016-01-01", "valid_to": "2020-01-01"}
    id_ = area_id(ended["code"], date(2016, 1, 1))
    await run_at(grid, datetime.now(UTC), put_area, DISTRICT, id_, **ended)
    result = await run_at(grid, local(at), create_report, DISTRICT, area_code=code)
    told = (result.status,) if known else (result.code, result.pointer)
    assert told == ((Status.REPORTED,) if known else ("area_unknown", "/area_code"))


@pytest.mark.parametrize(
    ("urgency", "accept", "resolve"),
    [
        ("EMERGENCY", "2026-03-02T09:10", "2026-03-03T09:00"),
        ("URGENT", "2026-03-02T11:00", "2026-03-04T00:00"),
        ("NORMAL", "2026-03-05T00:00", "2026-03-12T00:00"),
        ("COMPLEX", "2026-03-05T00:00", "2026-03-31T00:00"),
    ],
)
async def test_the_deadlines_follow_from_the_urgency(
    grid: Running, urgency: str, accept: str, resolve: str
) -> None:
    assert await dues(grid, MONDAY, urgency=urgency) == (local(accept), local(resolve))


async def test_a_deadline_is_not_known_before_its_year_is(grid: Running) -> None:
    assert await dues(grid, local("2026-12-31T09:00")) == (None, None)
    resolve_only = await dues(grid, local("2026-12-24T09:00"))
    assert resolve_only == (local("2026-12-29T00:00"), None)
    clocks = await grid.fetch("select kind from clock where due_at is null")
    assert sorted(row["kind"] for row in clocks) == ["accept", "resolve", "resolve"]


async def test_every_day_of_history_has_its_limits(grid: Running) -> None:
    day = local("1990-05-07T09:00")
    await grid.fetch("update area set valid_from = '1980-01-01' where area_code = '330703101'")
    facts = {"area_code": "330703101", "urgency": "EMERGENCY"}
    assert await dues(grid, day, **facts) == (local("1990-05-07T09:10"), local("1990-05-08T09:00"))
    assert await dues(grid, day, area_code="330703101") == (None, None)  # no calendar of then
