import asyncio
import json
from datetime import datetime, timedelta
from typing import Any

import pytest

from services.contracts import roles
from tests.grid.field import (
    GRID,
    MEMBER,
    OTHER_TOWN,
    TOWN,
    imported,
    listed,
    made,
    post,
    seen,
    step,
    stepped,
)
from tests.grid.people import AUDITOR, ELSEWHERE, RESIDENT
from tests.support.grid import batch, refusal
from tests.support.people import DISTRICT, IMPORTER, OTHER_TOWNSHIP, RED_MEMBER, TOWNSHIP, caller
from tests.support.running import Running

PATH = "campaigns"
CAMPAIGN: dict[str, Any] = {
    "area_code": "330703",
    "name": "护航党的十九大",
    "name_en": "19th Congress",
    "starts_on": "2017-09-01",
    "ends_on": "2017-10-31",
}
COUNT = iter(range(1000))


def campaign(**facts: Any) -> dict[str, Any]:
    return CAMPAIGN | {"code": f"TEST-{next(COUNT)}"} | facts


async def test_a_campaign_says_what_it_is_told(grid: Running) -> None:
    facts = campaign()
    receipt = await made(grid, DISTRICT, PATH, **facts)
    assert (receipt["number"], receipt["version"]) == (facts["code"], 1)
    assert facts.items() <= (await seen(grid, PATH, receipt)).items()
    (row,) = await grid.fetch("select body from outbox where aggregate_id = $1", receipt["id"])
    assert facts.items() <= json.loads(row["body"]).items()


async def test_a_campaign_is_extended_and_never_shortened(grid: Running) -> None:
    receipt = await made(grid, DISTRICT, PATH, **campaign())
    days = {"starts_on": "2017-09-01", "ends_on": "2017-11-10"}
    receipt = await stepped(grid, DISTRICT, PATH, receipt, "extend", **days)
    assert (await seen(grid, PATH, receipt))["ends_on"] == "2017-11-10"
    for shorter, field in (("2017-11-09", "ends_on"), ("2017-09-02", "starts_on")):
        answer = await step(grid, DISTRICT, PATH, receipt, "extend", **days | {field: shorter})
        assert refusal(answer) == (409, "only_extended", f"/{field}")
    days["ends_on"] = "2017-08-01"
    answer = await step(grid, DISTRICT, PATH, receipt, "extend", **days)
    assert refusal(answer) == (422, "campaign_backwards", "/ends_on")
    assert refusal(
        await step(grid, DISTRICT, PATH, receipt | {"version": 1}, "extend", **days)
    ) == (
        412,
        "precondition_failed",
    )


@pytest.mark.parametrize(
    ("facts", "pointer"),
    [
        ({"code": "lower-1"}, "/code"),
        ({"code": "NONE"}, "/code"),
        ({"code": "A-" + "1" * 40}, "/code"),
        ({"area_code": "3307"}, "/area_code"),
        ({"name": "短"}, "/name"),
        ({"name_en": "x" * 101}, "/name_en"),
        ({"starts_on": "2017-02-30"}, "/starts_on"),
        ({"status": "OPEN"}, "/status"),
    ],
)
async def test_what_does_not_fit_is_named(
    grid: Running, facts: dict[str, Any], pointer: str
) -> None:
    answer = await post(grid, DISTRICT, PATH, **campaign(**facts))
    assert refusal(answer) == (422, "invalid_request", pointer)


async def test_a_code_means_one_campaign(grid: Running) -> None:
    facts = campaign()
    await made(grid, DISTRICT, PATH, **facts)
    assert refusal(await post(grid, DISTRICT, PATH, **facts)) == (409, "already_exists", "/code")


async def test_of_rivals_for_a_code_one_wins_and_the_field_is_named(grid: Running) -> None:
    facts = campaign()
    answers = await asyncio.gather(*(post(grid, DISTRICT, PATH, **facts) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]
    refused = {refusal(answer) for answer in answers if answer.status_code == 409}
    assert refused == {(409, "already_exists", "/code")}


@pytest.mark.parametrize(
    ("facts", "refused"),
    [
        ({"area_code": "330703105999"}, (422, "area_unknown", "/area_code")),
        (
            {"starts_on": "2000-12-01", "ends_on": "2000-12-30"},
            (422, "area_unknown", "/area_code"),
        ),
        ({"starts_on": "2000-12-01", "ends_on": "2000-12-31"}, None),
        ({"starts_on": "2017-10-31", "ends_on": "2017-10-31"}, None),
        (
            {"starts_on": "2017-10-31", "ends_on": "2017-10-30"},
            (422, "campaign_backwards", "/ends_on"),
        ),
    ],
)
async def test_a_campaign_has_a_day_on_which_its_area_is_there(
    grid: Running, facts: dict[str, Any], refused: tuple[Any, ...] | None
) -> None:
    answer = await post(grid, DISTRICT, PATH, **campaign(**facts))
    assert (refusal(answer) if refused else answer.status_code) == (refused or 201)


async def patrolled(grid: Running, occurred_at: str, campaign: str) -> dict[str, Any]:
    """A patrol of history, as a batch answers it."""
    body = {"area_code": GRID, "participants": [f"walker-{next(COUNT)}"], "campaign": campaign}
    ended = datetime.fromisoformat(occurred_at) + timedelta(hours=1)
    body |= {"occurred_at": occurred_at, "ended_at": ended.isoformat()}
    item = {"operation": "record_patrol", "key": f"{campaign}-{next(COUNT)}", "body": body}
    (told,) = await batch(grid, IMPORTER, item, import_batch=await imported(grid))
    return dict(told)


@pytest.mark.parametrize(
    ("occurred_at", "taken"),
    [
        ("2017-08-31T23:59:59+08:00", False),
        ("2017-09-01T00:00:00+08:00", True),
        ("2017-10-31T23:59:59+08:00", True),
        ("2017-11-01T00:00:00+08:00", False),
        ("2017-08-31T16:00:00Z", True),
        ("2017-10-31T16:00:00Z", False),
    ],
)
async def test_what_belongs_to_a_campaign_is_of_its_days_in_china(
    grid: Running, occurred_at: str, taken: bool
) -> None:
    """Of two that overlap each takes it on the days of its own."""
    one, other = campaign(), campaign(starts_on="2017-08-01", ends_on="2017-12-31")
    for each in (one, other):
        await made(grid, DISTRICT, PATH, **each)
    for code, fits in ((one["code"], taken), (other["code"], True)):
        answer = await patrolled(grid, occurred_at, code)
        assert answer["outcome"] == ("applied" if fits else "rejected"), answer
        if not fits:
            told = [(error["code"], error["pointer"]) for error in answer["errors"]]
            assert (answer["code"], told) == (
                "outside_campaign",
                [("outside_campaign", "/body/campaign")],
            )


async def test_a_campaign_is_planned_for_ones_own_area(grid: Running) -> None:
    receipt = await made(grid, TOWNSHIP, PATH, **campaign(area_code=TOWN))
    outside = (403, "outside_scope", "/area_code")
    assert refusal(await post(grid, TOWNSHIP, PATH, **campaign(area_code=OTHER_TOWN))) == outside
    assert refusal(await post(grid, TOWNSHIP, PATH, **campaign())) == outside
    days = {"starts_on": "2017-08-01", "ends_on": "2017-11-10"}
    of_the_district = await made(grid, DISTRICT, PATH, **campaign())
    assert refusal(await step(grid, TOWNSHIP, PATH, of_the_district, "extend", **days)) == outside
    assert (await seen(grid, PATH, of_the_district, TOWNSHIP))["allowed_actions"] == []
    assert (await seen(grid, PATH, receipt, TOWNSHIP))["allowed_actions"] == ["extend_campaign"]
    answer = await step(grid, OTHER_TOWNSHIP, PATH, receipt, "extend", **days)
    assert refusal(answer) == (404, "not_found")


async def test_whoever_works_below_or_above_sees_a_campaign(grid: Running) -> None:
    names = {
        (await made(grid, DISTRICT, PATH, **campaign(area_code=area)))["id"]: area
        for area in ("330703", TOWN, OTHER_TOWN, GRID)
    }
    neighbour = caller(roles.RED_GRID_MEMBER, "330703105291002", subject="next-door")
    for who, seen_areas in (
        (DISTRICT, set(names.values())),
        (AUDITOR, set(names.values())),
        (TOWNSHIP, {"330703", TOWN, GRID}),
        (MEMBER, {"330703", TOWN, GRID}),
        (neighbour, {"330703", TOWN}),
        (ELSEWHERE, {"330703", OTHER_TOWN}),
        (caller(roles.TOWNSHIP_OPERATOR, "330702001", subject="far"), set()),
    ):
        ids = {line["id"] for line in await listed(grid, PATH, who, limit=200)}
        assert {names[id_] for id_ in ids & names.keys()} == seen_areas
        for id_, area in names.items():
            answer = await grid.call(who, "GET", f"/v1/grid/{PATH}/{id_}")
            assert answer.status_code == (200 if area in seen_areas else 404)
    answer = await grid.call(RESIDENT, "GET", f"/v1/grid/{PATH}")
    assert refusal(answer) == (403, "permission_missing")


async def test_a_list_tells_what_runs_on_a_day(grid: Running) -> None:
    days = {"starts_on": "2009-02-01", "ends_on": "2009-02-03"}
    receipt = await made(grid, DISTRICT, PATH, **campaign(**days))
    on = {"01-31": [], "02-01": [receipt["id"]], "02-03": [receipt["id"]], "02-04": []}
    for day, found in ((f"2009-{day}", found) for day, found in on.items()):
        assert [line["id"] for line in await listed(grid, PATH, RED_MEMBER, on=day)] == found
