from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from services.chassis.errors import Refusal
from services.contracts.codes_inspection import Domain, HazardSource, Level
from services.inspection.hazards.models import Hazard, Plan
from services.inspection.hazards.rules import (
    OfficersOnly,
    PlanIncomplete,
    ReviewerIsOfTheEnterprise,
    ReviewerIsSubmitter,
    SecondReviewerNeeded,
    Standing,
    Status,
    StepNotAllowed,
    VoiderIsFinder,
    end_of,
)

START = datetime(2017, 3, 1, 2, tzinfo=UTC)
LAST = date(2017, 3, 16)
DUE = end_of(LAST)
EXPERT, OFFICER, FIRM = Standing(), Standing(is_officer=True), Standing(of_enterprise=True)
PLAN = Plan(measures="清理", responsible=UUID(int=3))
Refused = Callable[[Hazard], Any]


def make_hazard(level: Level = Level.GENERAL, until: Status = Status.FOUND) -> Hazard:
    hazard, _ = Hazard.find(
        id=UUID(int=1),
        number="HZ",
        area_code="330703105",
        enterprise_id=UUID(int=2),
        uscc="91330703MA00000157",
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
            deadline=LAST,
            contingency="停用",
        )
        hazard.plan_with(plan, FIRM, by="contact", at=START)
    if until in (Status.SUBMITTED, Status.PASSED):
        hazard.submit("已清理", by="contact", at=START)
    if until is Status.PASSED:
        hazard.pass_review("", OFFICER, by="officer", at=START)
    if until is Status.PASSED and level is Level.MAJOR:
        hazard.pass_review("", OFFICER, by="second-officer", at=START)
    return hazard


@pytest.mark.parametrize(
    ("level", "status", "act", "refusal"),
    [
        (
            Level.GENERAL,
            Status.SUBMITTED,
            lambda h: h.pass_review("", OFFICER, by="contact", at=START),
            ReviewerIsSubmitter,
        ),
        (
            Level.GENERAL,
            Status.SUBMITTED,
            lambda h: h.pass_review("", FIRM, by="expert", at=START),
            ReviewerIsOfTheEnterprise,
        ),
        (
            Level.GENERAL,
            Status.SUBMITTED,
            lambda h: h.fail_review("未清", DUE, OFFICER, by="contact", at=START),
            ReviewerIsSubmitter,
        ),
        (
            Level.MAJOR,
            Status.SUBMITTED,
            lambda h: h.pass_review("", EXPERT, by="expert", at=START),
            OfficersOnly,
        ),
        (
            Level.MAJOR,
            Status.PASSED,
            lambda h: h.close(EXPERT, by="expert", at=START),
            OfficersOnly,
        ),
        (
            Level.MAJOR,
            Status.NOTIFIED,
            lambda h: h.plan_with(PLAN, FIRM, by="contact", at=START),
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
    event = hazard.fail_review("未清", later, OFFICER, by="officer", at=START + timedelta(days=1))
    assert (hazard.status, hazard.round, event.round) == (Status.RECTIFYING, 2, 2)
    assert (hazard.submitter, hazard.submitted_at) == (None, None)
    assert [(clock.due_at, clock.stopped_at) for clock in hazard.clocks()] == [(later, None)]
    hazard.submit("再次清理", by="contact", at=START + timedelta(days=2))
    hazard.pass_review("", EXPERT, by="expert", at=START + timedelta(days=3))
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


def planned(hazard: Hazard, standing: Standing, last: date | None, at: datetime) -> Any:
    plan = PLAN.model_copy(update={"deadline": last})
    return hazard.plan_with(plan, standing, by="somebody", at=at)


def test_an_overdue_hazard_is_told_once_and_stays_overdue() -> None:
    hazard = make_hazard(until=Status.NOTIFIED)
    assert hazard.overdue(at=DUE) is not None
    assert hazard.overdue(at=DUE) is None
    event = planned(hazard, FIRM, date(2099, 12, 31), DUE + timedelta(days=1))
    assert (event.rectify_due_at, event.rectify_overdue_at) == (DUE, DUE)
    assert hazard.clocks() == [("rectify", DUE, None, DUE)]


@pytest.mark.parametrize(("at", "overdue"), [(DUE - timedelta(hours=1), None), (DUE, DUE)])
def test_an_extension_leaves_no_passed_deadline_behind(at: datetime, overdue: Any) -> None:
    hazard = make_hazard(until=Status.NOTIFIED)
    event = planned(hazard, OFFICER, LAST + timedelta(days=5), at)
    assert event.rectify_due_at == hazard.rectify_due_at == DUE + timedelta(days=5)
    assert event.rectify_overdue_at == hazard.rectify_overdue_at == overdue


def test_a_major_hazard_passes_with_the_second_officers_own_confirmation() -> None:
    hazard = make_hazard(Level.MAJOR, Status.SUBMITTED)
    first = hazard.pass_review("现场查看", OFFICER, by="officer", at=START)
    assert (hazard.status, first.type.split(".")[-2]) == (Status.SUBMITTED, "review_confirmed")
    before = hazard.model_copy(deep=True)
    with pytest.raises(SecondReviewerNeeded):
        hazard.pass_review("", OFFICER, by="officer", at=START)
    assert hazard == before
    second = hazard.pass_review("", OFFICER, by="second-officer", at=START)
    assert (hazard.status, second.type.split(".")[-2]) == (Status.PASSED, "passed")
    assert [r.reviewer for r in hazard.reviews] == ["officer", "second-officer"]


def test_a_confirmation_does_not_outlive_its_round() -> None:
    hazard = make_hazard(Level.MAJOR, Status.SUBMITTED)
    hazard.pass_review("", OFFICER, by="officer", at=START)
    hazard.fail_review("未清", DUE, OFFICER, by="second-officer", at=START)
    hazard.submit("再次清理", by="contact", at=START)
    hazard.pass_review("", OFFICER, by="officer", at=START)
    assert hazard.status is Status.SUBMITTED


def test_a_deadline_that_waits_for_the_calendar_is_set_once() -> None:
    hazard = make_hazard()
    assert hazard.limit_from is None
    hazard.notify(None, by="officer", at=START)
    assert hazard.clocks() == [("rectify", None, None, None)]
    assert hazard.limit_from == START
    event = hazard.set_deadline(DUE, at=START + timedelta(days=9))
    assert (event.rectify_due_at, hazard.rectify_due_at, hazard.limit_from) == (DUE, DUE, None)


def test_what_a_plan_promised_holds_once_the_calendar_is_known() -> None:
    hazard = make_hazard()
    hazard.notify(None, by="officer", at=START)
    assert planned(hazard, FIRM, date(2017, 3, 10), START).rectify_due_at is None
    assert hazard.limit_from == START
    assert hazard.set_deadline(DUE, at=START).rectify_due_at == end_of(date(2017, 3, 10))


def test_the_next_rounds_limit_runs_from_its_review() -> None:
    hazard = make_hazard(until=Status.SUBMITTED)
    failed = START + timedelta(days=2)
    hazard.fail_review("未清", None, OFFICER, by="officer", at=failed)
    assert hazard.limit_from == failed
    later = DUE + timedelta(days=9)
    assert hazard.set_deadline(later, at=failed).rectify_due_at == later
    hazard.submit("再次清理", by="contact", at=failed)
    assert hazard.limit_from is None


def test_a_void_hazard_owes_nothing() -> None:
    hazard = make_hazard(until=Status.NOTIFIED)
    hazard.void("重复登记", by="officer", at=START)
    assert hazard.overdue(at=DUE) is None
