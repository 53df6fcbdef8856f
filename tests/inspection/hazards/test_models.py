from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from services.chassis.errors import Refusal
from services.contracts.codes_inspection import Domain, HazardSource, Level
from services.inspection.hazards.models import Hazard, Plan
from services.inspection.hazards.rules import (
    OfficersOnly,
    PlanIncomplete,
    ReviewerIsSubmitter,
    Status,
    StepNotAllowed,
    TooFewReviewers,
    VoiderIsFinder,
)

START = datetime(2017, 3, 1, 2, tzinfo=UTC)
DUE = START + timedelta(days=15)
PLAN = Plan(measures="清理", responsible="王小明")
Refused = Callable[[Hazard], Any]


def make_hazard(level: Level = Level.GENERAL, until: Status = Status.FOUND) -> Hazard:
    hazard, _ = Hazard.find(
        id=UUID(int=1),
        number="HZ",
        area_code="330703105",
        enterprise_id=UUID(int=2),
        level=level,
        domain=Domain.FIRE,
        source=HazardSource.STATION,
        description="疏散通道堆放杂物",
        finder="expert",
        found_at=START,
    )
    if until is not Status.FOUND:
        hazard.notify(DUE, by="officer", at=START)
    if until in (Status.RECTIFYING, Status.SUBMITTED, Status.PASSED):
        plan = Plan(
            **PLAN.model_dump(exclude_none=True),
            funds="2000",
            deadline=DUE.date(),
            contingency="停用",
        )
        hazard.plan_with(plan, DUE, by="contact", at=START)
    if until in (Status.SUBMITTED, Status.PASSED):
        hazard.submit("已清理", by="contact", at=START)
    if until is Status.PASSED:
        hazard.pass_review("", ["b"], by="officer", is_officer=True, at=START)
    return hazard


@pytest.mark.parametrize(
    ("level", "status", "act", "refusal"),
    [
        (
            Level.GENERAL,
            Status.SUBMITTED,
            lambda h: h.pass_review("", [], by="contact", is_officer=True, at=START),
            ReviewerIsSubmitter,
        ),
        (
            Level.GENERAL,
            Status.SUBMITTED,
            lambda h: h.pass_review("", ["contact"], by="officer", is_officer=True, at=START),
            ReviewerIsSubmitter,
        ),
        (
            Level.GENERAL,
            Status.SUBMITTED,
            lambda h: h.fail_review("未清", DUE, by="contact", at=START),
            ReviewerIsSubmitter,
        ),
        (
            Level.MAJOR,
            Status.SUBMITTED,
            lambda h: h.pass_review("", ["officer"], by="officer", is_officer=True, at=START),
            TooFewReviewers,
        ),
        (
            Level.MAJOR,
            Status.SUBMITTED,
            lambda h: h.pass_review("", ["b"], by="expert", is_officer=False, at=START),
            OfficersOnly,
        ),
        (
            Level.MAJOR,
            Status.PASSED,
            lambda h: h.close(by="expert", is_officer=False, at=START),
            OfficersOnly,
        ),
        (
            Level.MAJOR,
            Status.NOTIFIED,
            lambda h: h.plan_with(PLAN, DUE, by="contact", at=START),
            PlanIncomplete,
        ),
        (
            Level.GENERAL,
            Status.FOUND,
            lambda h: h.void("重复", by="expert", at=START),
            VoiderIsFinder,
        ),
        (
            Level.GENERAL,
            Status.RECTIFYING,
            lambda h: h.void("重复", by="officer", at=START),
            StepNotAllowed,
        ),
    ],
)
def test_a_refusal_changes_nothing(
    level: Level, status: Status, act: Refused, refusal: type[Refusal]
) -> None:
    hazard = make_hazard(level, status)
    before = hazard.model_copy(deep=True)
    with pytest.raises(refusal):
        act(hazard)
    assert hazard == before


def test_a_failed_review_begins_another_round_with_its_own_deadline() -> None:
    hazard = make_hazard(until=Status.SUBMITTED)
    later = DUE + timedelta(days=15)
    event = hazard.fail_review("未清", later, by="officer", at=START + timedelta(days=1))
    assert (hazard.status, hazard.round, event.round) == (Status.RECTIFYING, 2, 2)
    assert (hazard.submitter, hazard.submitted_at) == (None, None)
    assert [(clock.due_at, clock.stopped_at) for clock in hazard.clocks()] == [(later, None)]
    hazard.submit("再次清理", by="contact", at=START + timedelta(days=2))
    hazard.pass_review("", [], by="expert", is_officer=False, at=START + timedelta(days=3))
    assert [(r.round, r.passed) for r in hazard.reviews] == [(1, False), (2, True)]


def test_the_clock_runs_from_the_notice_to_the_submission() -> None:
    hazard = make_hazard()
    assert hazard.clocks() == []
    hazard.notify(DUE, by="officer", at=START)
    assert hazard.clocks() == [("rectify", DUE, None, None)]
    hazard = make_hazard(until=Status.SUBMITTED)
    assert hazard.clocks() == [("rectify", DUE, START, None)]
    assert hazard.overdue(at=DUE) is None
    assert hazard.rectify_overdue_at is None


def test_an_overdue_hazard_is_told_once_and_afresh_for_a_new_deadline() -> None:
    hazard = make_hazard(until=Status.NOTIFIED)
    assert hazard.overdue(at=DUE) is not None
    assert hazard.overdue(at=DUE) is None
    assert hazard.rectify_overdue_at == DUE
    hazard.plan_with(PLAN, DUE + timedelta(days=5), by="contact", at=DUE)
    assert hazard.rectify_overdue_at is None
    assert hazard.overdue(at=DUE + timedelta(days=5)) is not None


def test_a_void_hazard_owes_nothing() -> None:
    hazard = make_hazard(until=Status.NOTIFIED)
    hazard.void("重复登记", by="officer", at=START)
    assert hazard.overdue(at=DUE) is None
