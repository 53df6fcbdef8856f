"""A survey before, during and after its days, open and closed: its own steps, and what is handed out and comes back."""

from datetime import UTC, date, datetime, timedelta
from itertools import product
from typing import Any
from uuid import UUID

import pytest

from services.contracts.grid_outreach import (
    SurveyIssueSnapshot,
    SurveyReturnSnapshot,
    SurveySnapshot,
)
from services.grid.areas.rules import Validity
from services.grid.campaigns.queries import Ground
from services.grid.campaigns.rules import Campaigns
from services.grid.surveys import operations, schemas
from services.grid.surveys.models import Questions, Survey
from services.grid.surveys.queries import (
    ISSUES,
    RETURNS,
    SURVEYS,
    Issuing,
    Returning,
    Round,
    Rounds,
)
from services.grid.surveys.rules import Status, StepNotAllowed, SurveyNotRunning, digest_of
from tests.grid.field import GRID
from tests.grid.matrix import Outcome, Told, Try, steps, tried

ID = UUID(int=1)
FIRST, LAST = date(2026, 3, 9), date(2026, 3, 15)
DAY, SECOND = timedelta(days=1), timedelta(seconds=1)
MIDNIGHT = datetime(2026, 3, 8, 16, tzinfo=UTC)
"""In Asia/Shanghai the first day begins."""
TIMES = {
    "ahead": MIDNIGHT - SECOND,
    "its first moment": MIDNIGHT,
    "its last moment": MIDNIGHT + 7 * DAY - SECOND,
    "over": MIDNIGHT + 7 * DAY,
}
ACTIVITIES: list[Any] = [{"code": "PATROL", "name": "义务巡防", "name_en": "Patrols"}]
ASKED = Questions(version=1, activities=ACTIVITIES, fewest_seconds=30)
TOKEN = "0123456789abcdef"
SHEET = {"token": TOKEN, "feeling": "SAFE", "aware": [], "took_part": []}


def survey(status: Status) -> Survey:
    told: dict[str, Any] = {"id": ID, "correlation_id": ID, "area_code": "330703"}
    told |= {"name": "测评", "name_en": "Sample", "starts_on": FIRST, "ends_on": LAST}
    return Survey(**told, versions=[ASKED], status=status)


def rounds(status: Status) -> Rounds:
    here = Ground(Validity([(GRID, date(2016, 1, 1), None)]), Campaigns([]))
    return Rounds(here, {ID: Round("330703", status, FIRST, LAST, {1: ASKED})})


def issue(status: Status, at: datetime) -> Outcome:
    told = {
        "survey_id": ID,
        "area_code": GRID,
        "households": [UUID(int=n, version=4) for n in range(20)],
        "digests": [digest_of(str(n)) for n in range(20)],
    }
    body = schemas.IssueIn.model_validate(told)
    there = {UUID(int=n, version=4): [GRID] for n in range(20)}
    given = Issuing(rounds(status), set(), set(), there)
    return Try(operations.issue_questionnaires, body, given, at).on(None)


def come_back(status: Status, at: datetime) -> Outcome:
    told = {"survey_id": ID, "area_code": GRID, "channel": "PAPER", "sheets": [SHEET]}
    given = Returning(rounds(status), {(ID, GRID[:9], digest_of(TOKEN))})
    body = schemas.ReturnIn.model_validate(told)
    return Try(operations.return_questionnaires, body, given, at).on(None)


@pytest.mark.parametrize(("status", "time"), list(product(Status, TIMES)))
def test_it_takes_and_gives_on_its_own_days_while_it_is_open(status: Status, time: str) -> None:
    runs = status is Status.OPEN and time in {"its first moment", "its last moment"}
    issued, returned = issue(status, TIMES[time]), come_back(status, TIMES[time])
    if runs:
        assert issued == Told("ISSUED", SurveyIssueSnapshot)
        assert returned == Told("RETURNED", SurveyReturnSnapshot)
    else:
        assert (issued, returned) == (SurveyNotRunning, SurveyNotRunning)


WAYS = {
    "revise": Try(
        operations.revise_survey,
        schemas.RevisionIn(activities=ACTIVITIES, fewest_seconds=30),
    ),
    "close": Try(operations.close_survey, schemas.CloseIn(), {ID: []}),
}
MATRIX: dict[tuple[Status, str], Outcome] = {
    (Status.OPEN, "revise"): Told("OPEN", SurveySnapshot),
    (Status.OPEN, "close"): Told("CLOSED", SurveySnapshot),
    (Status.CLOSED, "revise"): StepNotAllowed,
    (Status.CLOSED, "close"): StepNotAllowed,
}


@pytest.mark.parametrize(("status", "way"), list(MATRIX))
def test_what_becomes_of_a_survey(status: Status, way: str) -> None:
    assert WAYS[way].on(survey(status)) == MATRIX[status, way]


def test_every_step_is_tried_in_every_state() -> None:
    assert tried(WAYS.values()) == steps(SURVEYS)
    assert MATRIX.keys() == set(product(Status, WAYS))
    assert steps(ISSUES) == steps(RETURNS) == set()
