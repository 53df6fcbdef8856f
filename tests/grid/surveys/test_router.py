"""Surveys over HTTP: rounds, what is handed out, what comes back, what is told of it, and every refusal."""

import asyncio
import json
from typing import Any
from uuid import uuid4

import pytest

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
from tests.grid.surveys.papers import (
    ACTIVITIES,
    ISSUES,
    RETURNS,
    SURVEYS,
    back,
    day,
    handed_out,
    housed,
    issue,
    opened,
    returned,
    round_of,
    sheet,
    tokens,
)
from tests.support.grid import batch, refusal
from tests.support.people import DISTRICT, IMPORTER, OTHER_TOWNSHIP, TOWNSHIP
from tests.support.running import Running

QUESTIONS = {"activities": [*ACTIVITIES, {"code": "WATCH", "name": "平安巡逻", "name_en": "Watch"}]}


async def test_a_survey_is_opened_revised_and_closed(grid: Running) -> None:
    survey = await opened(grid)
    told = await seen(grid, SURVEYS, survey, DISTRICT)
    assert (told["status"], told["results"], told["closed_on"]) == ("OPEN", [], None)
    assert told["allowed_actions"] == ["revise_survey", "close_survey"]
    (asked,) = told["versions"]
    assert asked == {"version": 1, "activities": ACTIVITIES, "fewest_seconds": 30}
    survey = await stepped(grid, DISTRICT, SURVEYS, survey, "revise", **QUESTIONS)
    versions = (await seen(grid, SURVEYS, survey, RESIDENT))["versions"]
    assert [(v["version"], len(v["activities"])) for v in versions] == [(1, 2), (2, 3)]
    survey = await stepped(grid, DISTRICT, SURVEYS, survey, "close")
    told = await seen(grid, SURVEYS, survey, DISTRICT)
    assert (told["status"], told["closed_on"], told["allowed_actions"]) == ("CLOSED", day(0), [])


@pytest.mark.parametrize(
    ("facts", "refused"),
    [
        ({"activities": []}, (422, "invalid_request", "/activities")),
        ({"activities": [*ACTIVITIES, ACTIVITIES[0]]}, (422, "invalid_request", "/activities")),
        ({"activities": [{"code": "X"}]}, None),
        ({"fewest_seconds": -1}, (422, "invalid_request", "/fewest_seconds")),
        ({"name": "x"}, (422, "invalid_request", "/name")),
        ({"results": []}, (422, "invalid_request", "/results")),
        ({"ends_on": day(-9)}, (422, "campaign_backwards", "/ends_on")),
        ({"area_code": "330703105999"}, (422, "area_unknown", "/area_code")),
        ({"area_code": "330702"}, (403, "outside_scope", "/area_code")),
    ],
)
async def test_what_is_no_survey_is_refused(
    grid: Running, facts: dict[str, Any], refused: tuple[Any, ...] | None
) -> None:
    answer = refusal(await post(grid, DISTRICT, SURVEYS, **round_of(**facts)))
    assert answer == refused if refused else answer[:2] == (422, "invalid_request")


@pytest.mark.parametrize(("name", "body"), [("revise", QUESTIONS), ("close", {})])
async def test_a_step_and_its_refusals(grid: Running, name: str, body: dict[str, Any]) -> None:
    survey = await opened(grid)
    of_the_township = await made(grid, TOWNSHIP, SURVEYS, **round_of(area_code=TOWN))

    async def tried(who: Any, receipt: dict[str, Any] = survey, **more: Any) -> tuple[Any, ...]:
        return refusal(await step(grid, who, SURVEYS, receipt, name, **body, **more))

    assert await tried(MEMBER) == (403, "permission_missing")
    assert await tried(TOWNSHIP) == (403, "outside_scope", "/area_code")
    assert await tried(OTHER_TOWNSHIP, of_the_township) == (404, "not_found")
    assert await tried(DISTRICT, survey | {"id": uuid4()}) == (404, "not_found")
    assert await tried(DISTRICT, survey | {"version": 9}) == (412, "precondition_failed")
    assert await tried(DISTRICT, extra=1) == (422, "invalid_request", "/extra")
    path = f"/v1/grid/{SURVEYS}/{survey['id']}/{name}"
    assert refusal(await grid.call(DISTRICT, "POST", path, body)) == (428, "if_match_missing")
    closed = await stepped(grid, DISTRICT, SURVEYS, survey, "close")
    assert await tried(DISTRICT, closed) == (409, "step_not_allowed")


async def test_questionnaires_are_handed_out_with_a_token_each(grid: Running) -> None:
    survey, some = await opened(grid), tokens(25)
    body = await housed(grid, issue(survey, some))
    receipt = await made(grid, MEMBER, ISSUES, **body)
    told = await seen(grid, ISSUES, receipt, MEMBER)
    assert (told["questionnaires"], told["survey_id"]) == (25, survey["id"])
    assert not {"households", "digests"} & told.keys()
    (line,) = await listed(grid, ISSUES, survey_id=survey["id"])
    assert told.pop("occurred_at")
    assert told.items() <= line.items()
    again = issue(survey, tokens(25), households=[*body["households"][5:], *body["households"][:5]])
    assert refusal(await post(grid, MEMBER, ISSUES, **again)) == (
        409,
        "household_has_token",
        "/households/0",
    )
    again = await housed(grid, issue(survey, [*tokens(24), some[3]]))
    assert refusal(await post(grid, MEMBER, ISSUES, **again)) == (
        409,
        "token_in_use",
        "/digests/24",
    )
    other = await opened(grid)
    await made(
        grid,
        MEMBER,
        ISSUES,
        **await housed(grid, issue(other, tokens(25), households=body["households"])),
    )


@pytest.mark.parametrize(
    ("facts", "refused"),
    [
        ({"survey_id": str(uuid4())}, (422, "survey_unknown", "/survey_id")),
        (
            {"digests": issue({"id": ""}, tokens(21))["digests"]},
            (422, "one_token_each", "/digests"),
        ),
        ({"digests": ["a secret"] * 20}, None),
        ({"households": [str(uuid4())] * 19}, (422, "invalid_request", "/households")),
        ({"households": ["8e31b9e2-7b52-4d52-8b3b-0d1d3d4d5c6e"] * 20}, None),
        ({"households": ["张三"] * 20}, None),
        ({"area_code": "330703105291999"}, (422, "area_unknown", "/area_code")),
        ({"area_code": OTHER_TOWN}, (403, "outside_scope", "/area_code")),
    ],
)
async def test_what_cannot_be_handed_out_is_refused(
    grid: Running, facts: dict[str, Any], refused: tuple[Any, ...] | None
) -> None:
    body = issue(await opened(grid), tokens(20), **facts)
    answer = refusal(await post(grid, TOWNSHIP, ISSUES, **body))
    assert answer == refused if refused else answer[:2] == (422, "invalid_request")


async def test_what_comes_back_is_counted_and_not_told(grid: Running) -> None:
    survey = await opened(grid)
    some = await handed_out(grid, survey)
    sheets = [sheet(some[0]), sheet(some[1], feeling=None), sheet(some[2], seconds=3)]
    receipt = await returned(grid, survey, *sheets)
    told = await seen(grid, RETURNS, receipt, MEMBER)
    assert (told["questionnaires"], told["valid"], told["recorded_by"]) == (3, 1, MEMBER.subject)
    assert not {"sheets", "spent", "answers"} & told.keys()
    (line,) = await listed(grid, RETURNS, survey_id=survey["id"])
    assert told.pop("occurred_at")
    assert told.items() <= line.items()
    (row,) = await grid.fetch("select body from outbox where aggregate_id = $1", receipt["id"])
    assert json.loads(row["body"]).keys() == {
        *("area_code", "occurred_at", "correlation_id", "survey_id"),
        *("channel", "questionnaires", "valid"),
    }


async def test_a_token_is_spent_once(grid: Running) -> None:
    survey = await opened(grid)
    some = await handed_out(grid, survey)
    await returned(grid, survey, sheet(some[0]), who=RESIDENT, channel="WECHAT")
    answer = await post(grid, MEMBER, RETURNS, **back(survey, sheet(some[1]), sheet(some[0])))
    assert refusal(answer) == (409, "token_not_good", "/sheets/1/token")
    answer = await post(grid, MEMBER, RETURNS, **back(survey, sheet(some[1]), sheet(some[1])))
    assert refusal(answer) == (409, "token_not_good", "/sheets/1/token")
    await returned(grid, survey, sheet(some[1]))
    (row,) = await grid.fetch(
        "select count(*) from survey_answer where survey_id = $1", survey["id"]
    )
    assert row["count"] == 2


async def test_racing_returns_of_one_token_end_with_one_answer(grid: Running) -> None:
    survey = await opened(grid)
    some = await handed_out(grid, survey)
    answers = await asyncio.gather(
        *(
            post(grid, MEMBER, RETURNS, **back(survey, sheet(some[n % 2]), sheet(some[2 + n])))
            for n in range(10)
        )
    )
    assert sorted(answer.status_code for answer in answers) == [201, 201, *[409] * 8]
    (row,) = await grid.fetch(
        "select count(*) from survey_answer where survey_id = $1", survey["id"]
    )
    assert row["count"] == 4


async def test_racing_issues_give_a_household_one_token(grid: Running) -> None:
    survey = await opened(grid)
    body = await housed(grid, issue(survey, tokens(20)))
    again = [issue(survey, tokens(20), households=body["households"][::n]) for n in (1, -1) * 3]
    answers = await asyncio.gather(*(post(grid, MEMBER, ISSUES, **some) for some in again))
    assert sorted(answer.status_code for answer in answers) == [201, *[409] * 5]
    (row,) = await grid.fetch(
        "select count(*) from survey_token where survey_id = $1", survey["id"]
    )
    assert row["count"] == 20


async def test_an_equal_return_is_answered_alike_and_counts_once(grid: Running) -> None:
    survey = await opened(grid)
    some = await handed_out(grid, survey)
    body = back(survey, sheet(some[0])) | {"id": str(uuid4())}
    first = await post(grid, MEMBER, RETURNS, **body)
    assert (await post(grid, MEMBER, RETURNS, **body)).json() == first.json()
    (row,) = await grid.fetch(
        "select count(*) from survey_answer where survey_id = $1", survey["id"]
    )
    assert row["count"] == 1


@pytest.mark.parametrize(
    ("facts", "refused"),
    [
        ({"token": "not-one-of-those-issued"}, (409, "token_not_good", "/sheets/0/token")),
        ({"token": "短"}, (422, "invalid_request", "/sheets/0/token")),
        ({"version": 2}, (422, "no_such_version", "/sheets/0/version")),
        ({"aware": ["DANCE"]}, (422, "not_asked", "/sheets/0/aware")),
        ({"took_part": ["PATROL", "DANCE"]}, (422, "not_asked", "/sheets/0/took_part")),
        ({"feeling": "HAPPY"}, (422, "invalid_request", "/sheets/0/feeling")),
        ({"age_band": "37"}, (422, "invalid_request", "/sheets/0/age_band")),
        ({"name": "张三"}, (422, "invalid_request", "/sheets/0/name")),
        ({"seconds": -1}, (422, "invalid_request", "/sheets/0/seconds")),
    ],
)
async def test_a_sheet_that_is_not_good_is_named(
    grid: Running, facts: dict[str, Any], refused: tuple[Any, ...]
) -> None:
    survey = await opened(grid)
    (token, *_) = await handed_out(grid, survey)
    answer = await post(grid, MEMBER, RETURNS, **back(survey, sheet(token) | facts))
    assert refusal(answer) == refused


async def test_a_token_is_good_for_its_survey_and_township(grid: Running) -> None:
    survey, other = await opened(grid), await opened(grid)
    (token, *_) = await handed_out(grid, survey)
    not_good = (409, "token_not_good", "/sheets/0/token")
    for body in (back(other, sheet(token)), back(survey, sheet(token), area_code=OTHER_TOWN)):
        assert refusal(await post(grid, DISTRICT, RETURNS, **body)) == not_good
    await returned(grid, survey, sheet(token), area_code=TOWN, who=TOWNSHIP)


@pytest.mark.parametrize("days", [(2, 9), (-9, -2)])
async def test_outside_its_days_a_survey_takes_nothing(
    grid: Running, days: tuple[int, int]
) -> None:
    survey = await opened(grid, starts_on=day(days[0]), ends_on=day(days[1]))
    answer = await post(grid, DISTRICT, ISSUES, **await housed(grid, issue(survey, tokens(20))))
    assert refusal(answer) == (409, "survey_not_running", "/survey_id")


async def test_a_closed_survey_takes_nothing_and_tells_its_results(grid: Running) -> None:
    survey = await opened(grid)
    some = await handed_out(grid, survey)
    feelings = ["SAFE", "SAFE", "BASICALLY_SAFE", "NOT_VERY_SAFE", "UNSAFE", "DONT_KNOW"]
    sheets = [sheet(some[n], feeling=feeling) for n, feeling in enumerate(feelings)]
    sheets += [sheet(some[6], aware=[], took_part=["DRILL"]), sheet(some[7], took_part=None)]
    await returned(grid, survey, *sheets)
    few = await handed_out(grid, survey, area_code=OTHER_TOWN)
    await returned(grid, survey, sheet(few[0]), area_code=OTHER_TOWN, who=DISTRICT)
    survey = await stepped(grid, DISTRICT, SURVEYS, survey, "close")
    here, there = (await seen(grid, SURVEYS, survey))["results"][::-1]
    assert here == {
        "area_code": TOWN,
        "handed_out": 20,
        "returned": 8,
        "valid": 7,
        "unsure": 1,
        "safe": 4,
        "strictly_safe": 3,
        "aware": 6,
        "took_part": 1,
    }
    assert (there["area_code"], there["returned"], there["valid"]) == (OTHER_TOWN, 1, 0)
    refused = (409, "survey_not_running", "/survey_id")
    assert refusal(await post(grid, MEMBER, RETURNS, **back(survey, sheet(some[9])))) == refused
    assert (
        refusal(await post(grid, MEMBER, ISSUES, **await housed(grid, issue(survey, tokens(20)))))
        == refused
    )


async def test_an_answer_of_an_older_version_stays_good(grid: Running) -> None:
    survey = await opened(grid)
    some = await handed_out(grid, survey)
    await stepped(grid, DISTRICT, SURVEYS, survey, "revise", **QUESTIONS)
    await returned(grid, survey, sheet(some[0]), sheet(some[1], version=2, aware=["WATCH"]))
    answer = await post(grid, MEMBER, RETURNS, **back(survey, sheet(some[2], aware=["WATCH"])))
    assert refusal(answer) == (422, "not_asked", "/sheets/0/aware")


async def test_two_townships_see_nothing_of_each_other(grid: Running) -> None:
    survey = await made(grid, TOWNSHIP, SURVEYS, **round_of(area_code=TOWN))
    some = tokens(20)
    handed = await made(grid, TOWNSHIP, ISSUES, **await housed(grid, issue(survey, some)))
    came = await returned(grid, survey, sheet(some[0]))
    assert refusal(await post(grid, OTHER_TOWNSHIP, RETURNS, **back(survey, sheet(some[1])))) == (
        403,
        "outside_scope",
        "/area_code",
    )
    elsewhere = back(survey, sheet(some[1]), area_code=OTHER_TOWN)
    assert refusal(await post(grid, OTHER_TOWNSHIP, RETURNS, **elsewhere)) == (
        422,
        "survey_unknown",
        "/survey_id",
    )
    for who in (OTHER_TOWNSHIP, ELSEWHERE):
        for path, receipt in ((SURVEYS, survey), (ISSUES, handed), (RETURNS, came)):
            answer = await grid.call(who, "GET", f"/v1/grid/{path}/{receipt['id']}")
            assert refusal(answer) == (404, "not_found")
            assert receipt["id"] not in [line["id"] for line in await listed(grid, path, who)]
    for path, receipt in ((SURVEYS, survey), (ISSUES, handed), (RETURNS, came)):
        assert receipt["id"] in [line["id"] for line in await listed(grid, path, AUDITOR)]
    assert [line["area_code"] for line in await listed(grid, RETURNS, MEMBER, area=GRID)]


async def test_questionnaires_go_to_households_of_the_area_alone(grid: Running) -> None:
    """Else who hands them out could answer for households that nobody lives in."""
    survey = await opened(grid)
    nobody = issue(survey, tokens(20))
    answer = await post(grid, MEMBER, ISSUES, **nobody)
    assert refusal(answer) == (422, "household_not_there", "/households/0")
    elsewhere = await housed(grid, issue(survey, tokens(1), area_code=OTHER_TOWN))
    here = await housed(grid, issue(survey, tokens(20)))
    told = here | {"households": [*here["households"][:19], *elsewhere["households"]]}
    answer = await post(grid, DISTRICT, ISSUES, **told)
    assert refusal(answer) == (422, "household_not_there", "/households/19")
    whole = told | {"area_code": GRID[:9]}
    answer = await post(grid, DISTRICT, ISSUES, **whole)
    assert refusal(answer) == (422, "household_not_there", "/households/19")
    await made(grid, MEMBER, ISSUES, **here)


async def test_history_may_name_households_that_are_not_registered(grid: Running) -> None:
    survey = await opened(grid)
    batch_id = await imported(grid)
    item: dict[str, Any] = {"operation": "issue_questionnaires", "key": "history"}
    item |= {"id": str(uuid4()), "body": issue(survey, tokens(20))}
    (result,) = await batch(grid, IMPORTER, item, import_batch=batch_id)
    assert result["outcome"] == "applied", result
