from datetime import UTC, date, datetime, timedelta
from itertools import product

import pytest

from services.contracts.codes_inspection import Level
from services.inspection.hazards.rules import (
    FIVE_ITEMS,
    STEPS,
    DeadlinePassed,
    ExtensionByOfficersOnly,
    OfficersOnly,
    PlanIncomplete,
    ReviewerIsOfTheEnterprise,
    ReviewerIsSubmitter,
    SecondReviewerNeeded,
    Standing,
    Status,
    Step,
    StepNotAllowed,
    after,
    planned_due,
    require_ahead,
    require_plan,
    require_reviewer,
    require_standing,
)

NOW = datetime(2026, 11, 24, 2, tzinfo=UTC)
OFFICER, FIRM = Standing(is_officer=True), Standing(of_enterprise=True)


def day(days: int | None) -> datetime | None:
    """So many days from now; none, where there is none."""
    return None if days is None else NOW + timedelta(days=days)


@pytest.mark.parametrize(("status", "step"), list(product(Status, Step)))
def test_a_step_is_taken_only_where_the_table_allows_it(status: Status, step: Step) -> None:
    if (status, step) in STEPS:
        assert after(status, step) is STEPS[status, step]
    else:
        with pytest.raises(StepNotAllowed, match=f"{step} a hazard that is {status}"):
            after(status, step)


def test_closed_and_void_are_final() -> None:
    assert set(Status) - {status for status, _ in STEPS} == {Status.CLOSED, Status.VOID}


def test_nothing_is_closed_without_a_passed_review() -> None:
    assert [status for (status, _), to in STEPS.items() if to is Status.CLOSED] == [Status.PASSED]
    assert [step for (_, step), to in STEPS.items() if to is Status.PASSED] == [Step.APPROVE]


def test_nobody_is_two_reviewers_or_reviews_their_own_rectification() -> None:
    require_reviewer("a", "s", ["b"])
    with pytest.raises(ReviewerIsSubmitter):
        require_reviewer("s", "s", [])
    with pytest.raises(SecondReviewerNeeded):
        require_reviewer("a", "s", ["a"])


@pytest.mark.parametrize("level", list(Level))
def test_nobody_reviews_their_own_enterprise(level: Level) -> None:
    for step in (Step.APPROVE, Step.REJECT):
        with pytest.raises(ReviewerIsOfTheEnterprise):
            require_standing(level, step, Standing(is_officer=True, of_enterprise=True))


def test_a_major_hazard_is_passed_and_closed_by_officers() -> None:
    for step in (Step.APPROVE, Step.CLOSE):
        require_standing(Level.GENERAL, step, Standing())
        require_standing(Level.MAJOR, step, OFFICER)
        with pytest.raises(OfficersOnly):
            require_standing(Level.MAJOR, step, Standing())


@pytest.mark.parametrize(
    ("level", "who", "notice", "wanted", "due"),
    [
        (Level.MAJOR, FIRM, 10, None, 10),
        (Level.MAJOR, FIRM, 10, 5, 5),
        (Level.MAJOR, FIRM, 10, 10, 10),
        (Level.MAJOR, OFFICER, 10, 15, 15),
        (Level.MAJOR, FIRM, None, 15, None),
        (Level.MAJOR, OFFICER, None, 15, 15),
        (Level.MAJOR, FIRM, -1, 15, -1),
        (Level.MAJOR, OFFICER, -1, 15, -1),
        (Level.MAJOR, OFFICER, 0, 15, 0),
        (Level.GENERAL, FIRM, -1, 15, -1),
        (Level.GENERAL, OFFICER, -1, 15, 15),
    ],
)
def test_a_plan_shortens_the_deadline_and_only_an_officer_extends_it(
    level: Level, who: Standing, notice: int | None, wanted: int | None, due: int | None
) -> None:
    assert planned_due(level, day(notice), day(wanted), who, NOW) == day(due)


def test_an_enterprise_does_not_extend_its_own_deadline() -> None:
    with pytest.raises(ExtensionByOfficersOnly):
        planned_due(Level.GENERAL, day(10), day(11), FIRM, NOW)


@pytest.mark.parametrize("missing", FIVE_ITEMS)
def test_the_plan_for_a_major_hazard_has_all_five_items(missing: str) -> None:
    items = [item for item in FIVE_ITEMS if item != missing]
    require_plan(Level.GENERAL, items)
    require_plan(Level.MAJOR, FIVE_ITEMS)
    with pytest.raises(PlanIncomplete) as refusal:
        require_plan(Level.MAJOR, items)
    assert refusal.value.pointer == f"/{missing}"


def test_a_deadline_is_not_in_the_past() -> None:
    require_ahead(None, date(2026, 11, 24))
    require_ahead(date(2026, 11, 24), date(2026, 11, 24))
    with pytest.raises(DeadlinePassed):
        require_ahead(date(2026, 11, 23), date(2026, 11, 24))
