"""Patrols over HTTP: who may enter which, and how each is refused."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from services.contracts import roles
from tests.grid.field import GRID, MATE, MEMBER, OTHER_TOWN, listed, made, post, seen, step, stepped
from tests.grid.patrols.walking import somebody
from tests.grid.people import AUDITOR, ELSEWHERE, FULL_TIME, RESIDENT
from tests.support.grid import refusal
from tests.support.people import DISTRICT, OTHER_TOWNSHIP, RED_MEMBER, TOWNSHIP, caller
from tests.support.running import Running

PATH = "patrols"
POSITION: dict[str, Any] = {"lng": 119.69, "lat": 29.1, "datum": "WGS84", "accuracy_m": 8}


def ago(**time: float) -> str:
    return (datetime.now(UTC) - timedelta(**time)).isoformat()


def patrol(**facts: Any) -> dict[str, Any]:
    return {"area_code": GRID, "participants": somebody(2), "occurred_at": ago(hours=2)} | facts


def position(**facts: Any) -> dict[str, Any]:
    return POSITION | {"captured_at": ago(minutes=1)} | facts


async def test_a_patrol_starts_and_ends(grid: Running) -> None:
    walkers = [MEMBER.subject, *somebody(3)]
    facts = patrol(participants=walkers, position=position())
    receipt = await made(grid, MEMBER, PATH, **facts)
    assert (receipt["status"], receipt["version"]) == ("RUNNING", 1)
    told = await seen(grid, PATH, receipt, MEMBER)
    assert told["allowed_actions"] == ["finish_patrol"]
    assert (told["participants"], told["recorded_by"]) == (walkers, MEMBER.subject)
    said = {"findings": "一切正常", "position": position(accuracy_m=12)}
    receipt = await stepped(grid, MEMBER, PATH, receipt, "finish", **said)
    told = await seen(grid, PATH, receipt, MEMBER)
    assert (told["status"], told["findings"], told["suspicions"]) == ("FINISHED", "一切正常", [])
    assert told["ended_at"] > told["started_at"]
    assert (told["end_position"]["accuracy_m"], told["start_position"]["accuracy_m"]) == (12, 8)
    assert told["allowed_actions"] == []


async def test_an_event_counts_people_and_names_nobody(grid: Running) -> None:
    facts = patrol(participants=somebody(3), ended_at=ago(hours=1), position=position())
    receipt = await made(grid, DISTRICT, PATH, **facts, findings="保密")
    (row,) = await grid.fetch("select body from outbox where aggregate_id = $1", receipt["id"])
    told = json.loads(row["body"])
    assert told.keys() == {
        *("area_code", "occurred_at", "correlation_id", "status", "campaign", "participants"),
        *("started_at", "ended_at", "is_covering"),
    }
    assert (told["participants"], told["status"], told["is_covering"]) == (3, "FINISHED", True)


@pytest.mark.parametrize(
    ("facts", "pointer"),
    [
        ({"area_code": "330703"}, "/area_code"),
        ({"participants": []}, "/participants"),
        ({"participants": [f"p-{n}" for n in range(21)]}, "/participants"),
        ({"participants": ["p", "q", "p"]}, "/participants"),
        ({"participants": ["a name"]}, "/participants/0"),
        ({"campaign": "no code"}, "/campaign"),
        ({"position": position(lng=181)}, "/position/lng"),
        ({"position": position(lat="NaN")}, "/position/lat"),
        ({"position": position(accuracy_m=-1)}, "/position/accuracy_m"),
        ({"position": position(datum="BD09")}, "/position/datum"),
        ({"position": position(route=[])}, "/position/route"),
        ({"position": position(captured_at="2026-03-02T09:00:00")}, "/position/captured_at"),
        ({"ended_at": "9999-12-31T00:00:00Z"}, "/ended_at"),
        ({"findings": "长" * 2001}, "/findings"),
        ({"route": []}, "/route"),
    ],
)
async def test_what_does_not_fit_is_named(
    grid: Running, facts: dict[str, Any], pointer: str
) -> None:
    answer = await post(grid, DISTRICT, PATH, **patrol(**facts))
    assert refusal(answer) == (422, "invalid_request", pointer)


@pytest.mark.parametrize(
    ("facts", "refused"),
    [
        ({"area_code": "330703105291999"}, (422, "area_unknown", "/area_code")),
        ({"campaign": "NO-SUCH"}, (422, "campaign_unknown", "/campaign")),
        ({"ended_at": ago(hours=3)}, (422, "ends_before_it_starts", "/ended_at")),
        ({"ended_at": ago(hours=-1)}, (422, "ends_before_it_starts", "/ended_at")),
        (
            {"occurred_at": ago(hours=30), "ended_at": ago(hours=1)},
            (422, "too_long", "/ended_at"),
        ),
        ({"occurred_at": ago(hours=-1)}, (422, "in_the_future", "/occurred_at")),
        ({"occurred_at": ago(days=31)}, (422, "too_long_ago", "/occurred_at")),
    ],
)
async def test_what_cannot_have_been_is_refused(
    grid: Running, facts: dict[str, Any], refused: tuple[Any, ...]
) -> None:
    assert refusal(await post(grid, DISTRICT, PATH, **patrol(**facts))) == refused


async def test_a_patrol_belongs_to_a_campaign_of_its_day(grid: Running) -> None:
    today = datetime.now(UTC).date()
    facts: dict[str, Any] = {"name": "烟花禁燃", "name_en": "Fireworks", "area_code": "330703"}
    for code, first, last in (("F-1", -3, 3), ("F-2", -9, -5)):
        days = [(today + timedelta(days)).isoformat() for days in (first, last)]
        await made(
            grid, DISTRICT, "campaigns", **facts, code=code, starts_on=days[0], ends_on=days[1]
        )
    receipt = await made(grid, DISTRICT, PATH, **patrol(campaign="F-1"))
    assert [line["id"] for line in await listed(grid, PATH, campaign="F-1")] == [receipt["id"]]
    answer = await post(grid, DISTRICT, PATH, **patrol(campaign="F-2"))
    assert refusal(answer) == (422, "outside_campaign", "/campaign")


async def test_nobody_is_on_two_patrols_at_a_time(grid: Running) -> None:
    (walker,) = somebody()
    running = await made(grid, DISTRICT, PATH, **patrol(participants=[walker]))
    taken = (409, "already_on_patrol", "/participants/1")
    again = patrol(participants=[*somebody(), walker], occurred_at=ago(hours=1))
    assert refusal(await post(grid, DISTRICT, PATH, **again)) == taken
    moved = caller(roles.FULL_TIME_GRID_MEMBER, OTHER_TOWN, subject=walker)
    elsewhere = again | {"area_code": OTHER_TOWN, "participants": [walker]}
    assert refusal(await post(grid, moved, PATH, **elsewhere)) == (*taken[:2], "/participants/0")
    before = again | {"occurred_at": ago(hours=4), "ended_at": ago(hours=3)}
    await made(grid, DISTRICT, PATH, **before)
    before |= {"occurred_at": ago(hours=3, minutes=30), "ended_at": ago(hours=2, minutes=30)}
    assert refusal(await post(grid, DISTRICT, PATH, **before)) == (
        409,
        "already_on_patrol",
        "/participants/0",
    )
    done = {"occurred_at": ago(hours=1, minutes=30)}
    await stepped(grid, DISTRICT, PATH, running, "finish", **done)
    await made(grid, DISTRICT, PATH, **again)


async def test_a_voided_patrol_occupies_nobody(grid: Running) -> None:
    walkers = somebody(2)
    facts = patrol(participants=walkers, ended_at=ago(hours=1))
    receipt = await made(grid, DISTRICT, PATH, **facts)
    assert refusal(await post(grid, DISTRICT, PATH, **facts))[:2] == (409, "already_on_patrol")
    receipt = await stepped(grid, TOWNSHIP, PATH, receipt, "void", reason="误录")
    told = await seen(grid, PATH, receipt)
    assert (told["status"], told["void_reason"]) == ("VOIDED", "误录")
    await made(grid, DISTRICT, PATH, **facts)


@pytest.mark.parametrize(
    ("facts", "doubts"),
    [
        ({}, []),
        ({"mock": True}, ["MOCK"]),
        ({"accuracy_m": 101}, ["INACCURATE"]),
        ({"captured_at": ago(hours=-3)}, ["FROM_THE_FUTURE"]),
    ],
)
async def test_a_doubtful_position_is_kept_and_covers_nothing(
    grid: Running, facts: dict[str, Any], doubts: list[str]
) -> None:
    told = patrol(ended_at=ago(hours=1), position=position(**facts))
    receipt = await made(grid, DISTRICT, PATH, **told)
    found = await seen(grid, PATH, receipt)
    assert found["suspicions"] == found["start_position"]["suspicions"] == doubts
    assert found["start_position"]["received_at"] is not None
    for suspicious in (True, False):
        ids = [line["id"] for line in await listed(grid, PATH, suspicious=suspicious, limit=200)]
        assert (receipt["id"] in ids) is (suspicious is bool(doubts))
    (row,) = await grid.fetch("select body from outbox where aggregate_id = $1", receipt["id"])
    assert json.loads(row["body"])["is_covering"] is not bool(doubts)


async def test_where_it_ends_may_be_doubtful_as_well(grid: Running) -> None:
    receipt = await made(grid, DISTRICT, PATH, **patrol(position=position(accuracy_m=300)))
    receipt = await stepped(grid, DISTRICT, PATH, receipt, "finish", position=position(mock=True))
    assert (await seen(grid, PATH, receipt))["suspicions"] == ["MOCK", "INACCURATE"]


async def test_members_enter_their_own_patrols_alone(grid: Running) -> None:
    assert refusal(await post(grid, MATE, PATH, **patrol())) == (403, "not_among_them")
    receipt = await made(grid, MATE, PATH, **patrol(participants=[MATE.subject, *somebody()]))
    assert refusal(await step(grid, FULL_TIME, PATH, receipt, "finish")) == (
        403,
        "not_among_them",
    )
    assert (await seen(grid, PATH, receipt, FULL_TIME))["allowed_actions"] == []
    moved = caller(roles.FULL_TIME_GRID_MEMBER, OTHER_TOWN, subject=MATE.subject)
    assert (await seen(grid, PATH, receipt, moved))["allowed_actions"] == ["finish_patrol"]
    await stepped(grid, moved, PATH, receipt, "finish")


@pytest.mark.parametrize("name", ["finish", "void"])
async def test_a_step_and_its_refusals(grid: Running, name: str) -> None:
    receipt = await made(grid, DISTRICT, PATH, **patrol())
    body = {"reason": "误录"} if name == "void" else {}

    async def tried(who: Any, receipt: dict[str, Any] = receipt, **more: Any) -> tuple[Any, ...]:
        return refusal(await step(grid, who, PATH, receipt, name, **body, **more))

    assert await tried(AUDITOR) == (403, "permission_missing")
    assert await tried(OTHER_TOWNSHIP) == (404, "not_found")
    assert await tried(DISTRICT, receipt | {"id": uuid4()}) == (404, "not_found")
    assert await tried(DISTRICT, receipt | {"version": 9}) == (412, "precondition_failed")
    assert await tried(DISTRICT, extra=1) == (422, "invalid_request", "/extra")
    path = f"/v1/grid/{PATH}/{receipt['id']}/{name}"
    assert refusal(await grid.call(DISTRICT, "POST", path, body)) == (428, "if_match_missing")
    done = await stepped(grid, TOWNSHIP, PATH, receipt, name, **body)
    assert await tried(DISTRICT, done) == (409, "step_not_allowed")


async def test_a_patrol_ends_after_it_has_started(grid: Running) -> None:
    receipt = await made(grid, DISTRICT, PATH, **patrol(occurred_at=ago(hours=60)))
    answer = await step(grid, DISTRICT, PATH, receipt, "finish", occurred_at=ago(hours=61))
    assert refusal(answer) == (422, "earlier_than_the_last_step", "/occurred_at")
    answer = await step(grid, DISTRICT, PATH, receipt, "finish", occurred_at=ago(hours=1))
    assert refusal(answer)[:2] == (422, "too_long")


async def test_a_patrol_is_voided_where_it_was(grid: Running) -> None:
    (walker,) = somebody()
    office = caller(roles.TOWNSHIP_OPERATOR, OTHER_TOWN, subject=walker)
    receipt = await made(grid, DISTRICT, PATH, **patrol(participants=[office.subject]))
    answer = await step(grid, office, PATH, receipt, "void", reason="误录")
    assert refusal(answer) == (403, "outside_scope", "/area_code")


async def test_two_townships_see_nothing_of_each_other(grid: Running) -> None:
    receipt = await made(grid, TOWNSHIP, PATH, **patrol())
    for who in (OTHER_TOWNSHIP, ELSEWHERE):
        answer = await grid.call(who, "GET", f"/v1/grid/{PATH}/{receipt['id']}")
        assert refusal(answer) == (404, "not_found")
        assert receipt["id"] not in [line["id"] for line in await listed(grid, PATH, who)]
        outside = (403, "outside_scope", "/area_code")
        assert refusal(await post(grid, who, PATH, **patrol())) == outside
    assert refusal(await grid.call(RESIDENT, "GET", f"/v1/grid/{PATH}")) == (
        403,
        "permission_missing",
    )
    assert receipt["id"] in [line["id"] for line in await listed(grid, PATH, RED_MEMBER)]
