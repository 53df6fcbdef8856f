from datetime import date
from itertools import product

import pytest

from services.contracts.codes_inspection import Level
from services.inspection.hazards.rules import (
    FIVE_ITEMS,
    STEPS,
    DeadlinePassed,
    PlanIncomplete,
    ReviewerIsSubmitter,
    Status,
    Step,
    StepNotAllowed,
    TooFewReviewers,
    after,
    require_ahead,
    require_plan,
    require_reviewers,
)


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


def test_a_major_hazard_needs_two_different_reviewers() -> None:
    require_reviewers(Level.GENERAL, ["a"], "s")
    require_reviewers(Level.MAJOR, ["a", "b"], "s")
    with pytest.raises(TooFewReviewers):
        require_reviewers(Level.MAJOR, ["a", "a"], "s")


@pytest.mark.parametrize("level", list(Level))
def test_nobody_reviews_their_own_rectification(level: Level) -> None:
    with pytest.raises(ReviewerIsSubmitter):
        require_reviewers(level, ["a", "s"], "s")


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
