"""Every step at every status of a survey."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from itertools import product
from typing import Any
from uuid import UUID

import pytest

from services.contracts.grid_outreach import SurveyResult
from services.grid.surveys.models import Activity, Questions, Survey
from services.grid.surveys.rules import Status, Step, StepNotAllowed, told_of
from tests.grid.matrix import Table, moved

AT = datetime(2026, 3, 2, 1, tzinfo=UTC)
DAY = date(2026, 3, 2)
ASKED = [Activity(code="PATROL", name="义务巡防", name_en="Patrols")]
TOLD: list[SurveyResult] = [told_of("330703105", 40, (30, 5, 1, 4, 2, 5, 3))]
LIFE: Table = {
    Status.OPEN: {"revise": Status.OPEN, "close": Status.CLOSED},
    Status.CLOSED: {},
}
ACTS: dict[Step, Callable[[Survey], Any]] = {
    Step.REVISE: lambda s: s.revise(ASKED, 20, at=AT),
    Step.CLOSE: lambda s: s.close(TOLD, DAY, at=AT),
}


@pytest.mark.parametrize(("status", "step"), list(product(Status, Step)))
def test_a_survey_takes_the_steps_of_its_life_and_no_others(status: Status, step: Step) -> None:
    first = Questions(version=1, activities=ASKED, fewest_seconds=30)
    survey = Survey(
        id=UUID(int=1),
        correlation_id=UUID(int=1),
        area_code="330703",
        occurred_at=AT,
        status=status,
        name="三率测评",
        name_en="Three rates",
        starts_on=DAY,
        ends_on=DAY,
        versions=[first],
    )
    assert moved(survey, ACTS[step]) == LIFE[status].get(step, StepNotAllowed)
    revised = status is Status.OPEN and step is Step.REVISE
    assert [questions.version for questions in survey.versions] == [1, 2][: 1 + revised]
    closed = status is Status.OPEN and step is Step.CLOSE
    assert (survey.closed_on, survey.results) == ((DAY, TOLD) if closed else (None, []))
