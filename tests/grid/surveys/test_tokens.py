"""A token at every stage of its life, in a survey at every stage of its own: what is done with it."""

from itertools import product
from typing import Any

import pytest

from tests.grid.field import MEMBER, OTHER_TOWN, post, stepped
from tests.grid.surveys.papers import (
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
    sheet,
    tokens,
)
from tests.support.grid import refusal
from tests.support.people import DISTRICT
from tests.support.running import Running

TOKENS = ("never issued", "issued", "spent", "of another survey", "of another township")
ROUNDS = ("running", "closed")
ACTS = ("spend", "issue")
Told = tuple[Any, ...]
DONE: Told = ()


def expected(token: str, round_: str, act: str) -> Told:
    """A spent token is handed out no more than one that is not: nobody learns of it by trying."""
    if round_ == "closed":
        return 409, "survey_not_running", "/survey_id"
    if act == "issue":
        return DONE if token == "never issued" else (409, "token_in_use", "/digests/0")
    return DONE if token == "issued" else (409, "token_not_good", "/sheets/0/token")


async def brought_to(grid: Running, token: str) -> tuple[dict[str, Any], str]:
    """A running survey, and a token at that stage."""
    survey = await opened(grid)
    if token == "never issued":
        return survey, tokens(1)[0]
    elsewhere = {"area_code": OTHER_TOWN}
    at: dict[str, Any] = elsewhere if token == "of another township" else {}
    other = await opened(grid) if token == "of another survey" else survey
    first, *_ = await handed_out(grid, other, **at)
    if token == "spent":
        await returned(grid, survey, sheet(first))
    return survey, first


@pytest.mark.parametrize(("token", "round_", "act"), list(product(TOKENS, ROUNDS, ACTS)))
async def test_a_token_is_good_once_for_its_survey_and_township(
    grid: Running, token: str, round_: str, act: str
) -> None:
    survey, told = await brought_to(grid, token)
    if round_ == "closed":
        await stepped(grid, DISTRICT, SURVEYS, survey, "close")
    if act == "spend":
        answer = await post(grid, MEMBER, RETURNS, **back(survey, sheet(told)))
    else:
        some = [told, *tokens(19)]
        answer = await post(grid, DISTRICT, ISSUES, **await housed(grid, issue(survey, some)))
    promised = expected(token, round_, act)
    assert (DONE if answer.status_code == 201 else refusal(answer)) == promised
    if act == "spend":
        again = await post(grid, MEMBER, RETURNS, **back(survey, sheet(told)))
        assert again.status_code == 409


@pytest.mark.parametrize(("first", "last"), [(1, 5), (-5, -1)])
async def test_a_survey_that_does_not_run_on_the_day_takes_nothing(
    grid: Running, first: int, last: int
) -> None:
    survey = await opened(grid, starts_on=day(first), ends_on=day(last))
    not_running = (409, "survey_not_running", "/survey_id")
    answer = await post(grid, DISTRICT, ISSUES, **await housed(grid, issue(survey, tokens(20))))
    assert refusal(answer) == not_running
    answer = await post(grid, MEMBER, RETURNS, **back(survey, sheet(tokens(1)[0])))
    assert refusal(answer) == not_running
