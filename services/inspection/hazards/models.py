"""A hazard (隐患), its plan and reviews, and the limits that its clock keeps."""

from datetime import date, datetime
from typing import Any, Self
from uuid import UUID

from pydantic import BaseModel
from sqlmodel import Field, SQLModel

from services.chassis.aggregate import AggregateRow
from services.chassis.database import Instant, stored, stored_json
from services.chassis.operation import Clock
from services.contracts import inspection as contract
from services.contracts.codes_inspection import Domain, HazardSource, Level
from services.inspection.hazards.rules import (
    FIVE_ITEMS,
    REVIEWERS_NEEDED,
    REVIEWS,
    Standing,
    Status,
    Step,
    VoiderIsFinder,
    after,
    end_of,
    planned_due,
    require_plan,
    require_reviewer,
    require_standing,
)


class Plan(BaseModel):
    """整改方案（五落实）. `responsible`: who it is, sealed."""

    measures: str
    responsible: UUID
    funds: str | None = None
    deadline: date | None = None
    contingency: str | None = None

    @property
    def items(self) -> list[str]:
        return [item for item in FIVE_ITEMS if getattr(self, item)]


class Review(BaseModel):
    """What one reviewer found of a rectification (复查)."""

    round: int
    at: datetime
    reviewer: str
    passed: bool
    comment: str


class Hazard(AggregateRow, table=True):
    """One hazard at one enterprise, from FOUND to CLOSED or VOID. A running clock without a deadline waits
    for the calendar. `rectify_overdue_at` stands for the round, however the deadline is moved."""

    __tablename__ = "hazard"

    number: str = Field(unique=True)
    status: Status = Field(default=Status.FOUND, sa_type=stored(Status), index=True)
    enterprise_id: UUID = Field(index=True)
    uscc: str = Field(index=True, max_length=18)
    level: Level = Field(sa_type=stored(Level))
    domain: Domain = Field(sa_type=stored(Domain))
    source: HazardSource = Field(sa_type=stored(HazardSource))
    report_id: UUID | None = None
    description: str
    clause: str | None = None
    finder: str = Field(index=True)
    found_at: datetime = Field(sa_type=Instant)
    notified_at: datetime | None = Field(default=None, sa_type=Instant)
    plan: Plan | None = Field(default=None, sa_type=stored_json(Plan))
    planned_at: datetime | None = Field(default=None, sa_type=Instant)
    rectify_due_at: datetime | None = Field(default=None, sa_type=Instant)
    round: int = 1
    submitter: str | None = None
    rectification: str | None = None
    submitted_at: datetime | None = Field(default=None, sa_type=Instant)
    reviews: list[Review] = Field(default=[], sa_type=stored_json(list[Review]))
    passed_at: datetime | None = Field(default=None, sa_type=Instant)
    closed_at: datetime | None = Field(default=None, sa_type=Instant)
    voided_at: datetime | None = Field(default=None, sa_type=Instant)
    void_reason: str | None = None
    rectify_overdue_at: datetime | None = Field(default=None, sa_type=Instant)

    @classmethod
    def find(cls, **facts: Any) -> tuple[Self, contract.HazardFound]:
        """A new hazard; `facts` are its fields."""
        new = cls(**{"correlation_id": facts["id"]} | facts)
        return new, contract.HazardFound(
            **new.facts(new.found_at),
            number=new.number,
            enterprise_id=new.enterprise_id,
            level=new.level,
            domain=new.domain,
            source=new.source,
            report_id=new.report_id,
        )

    def check(self, step: Step, by: str) -> None:
        after(self.status, step)
        if step in REVIEWS:
            confirmed = self._confirmed_by if step is Step.APPROVE else []
            require_reviewer(by, self.submitter, confirmed)
        if step is Step.VOID and by == self.finder:
            raise VoiderIsFinder

    def notify(
        self, rectify_due_at: datetime | None, *, by: str, at: datetime
    ) -> contract.HazardNotified:
        """The notice is served: the clock starts."""
        self._move(Step.NOTIFY, by)
        self.notified_at, self.rectify_due_at = at, rectify_due_at
        return contract.HazardNotified(**self.facts(at), rectify_due_at=rectify_due_at)

    def plan_with(
        self, plan: Plan, standing: Standing, *, by: str, at: datetime
    ) -> contract.RectificationPlanned:
        """The plan's deadline takes the place of the notice's, as far as it may."""
        self.check(Step.PLAN, by)
        require_plan(self.level, plan.items)
        was, wanted = self.rectify_due_at, end_of(plan.deadline) if plan.deadline else None
        due = planned_due(self.level, was, wanted, standing, at)
        self._move(Step.PLAN, by)
        self.plan, self.planned_at, self.rectify_due_at = plan, at, due
        if was and was <= at and due != was:
            self.rectify_overdue_at = was
        return contract.RectificationPlanned(
            **self.facts(at), rectify_due_at=due, rectify_overdue_at=self.rectify_overdue_at
        )

    def submit(self, what: str, *, by: str, at: datetime) -> contract.RectificationSubmitted:
        """Rectified, says the enterprise: the clock stops."""
        self._move(Step.SUBMIT, by)
        self.rectification, self.submitter, self.submitted_at = what, by, at
        return contract.RectificationSubmitted(**self.facts(at), round=self.round)

    def pass_review(
        self, comment: str, standing: Standing, *, by: str, at: datetime
    ) -> contract.HazardReviewConfirmed | contract.HazardReviewPassed:
        """复查通过, by somebody who did not submit it; of a MAJOR hazard by two officers, each by a call of
        their own: the first confirms, the second passes it."""
        self.check(Step.APPROVE, by)
        require_standing(self.level, Step.APPROVE, standing)
        self._keep_review(by, at, passed=True, comment=comment)
        if len(self._confirmed_by) < REVIEWERS_NEEDED[self.level]:
            return contract.HazardReviewConfirmed(**self.facts(at), round=self.round)
        self.status, self.passed_at = after(self.status, Step.APPROVE), at
        return contract.HazardReviewPassed(**self.facts(at), round=self.round)

    def fail_review(
        self,
        comment: str,
        rectify_due_at: datetime | None,
        standing: Standing,
        *,
        by: str,
        at: datetime,
    ) -> contract.HazardReviewFailed:
        """复查不通过: the next round of rectification, with a deadline of its own."""
        require_standing(self.level, Step.REJECT, standing)
        self._move(Step.REJECT, by)
        self._keep_review(by, at, passed=False, comment=comment)
        self.round += 1
        self.submitter = self.rectification = self.submitted_at = None
        self.rectify_due_at, self.rectify_overdue_at = rectify_due_at, None
        return contract.HazardReviewFailed(
            **self.facts(at), round=self.round, rectify_due_at=rectify_due_at
        )

    def close(self, standing: Standing, *, by: str, at: datetime) -> contract.HazardClosed:
        require_standing(self.level, Step.CLOSE, standing)
        self._move(Step.CLOSE, by)
        self.closed_at = at
        return contract.HazardClosed(**self.facts(at), report_id=self.report_id)

    def void(self, reason: str, *, by: str, at: datetime) -> contract.HazardVoided:
        """撤销: a wrong record, seen by a second person. It counts nowhere."""
        self._move(Step.VOID, by)
        self.voided_at, self.void_reason = at, reason
        return contract.HazardVoided(**self.facts(at), report_id=self.report_id)

    def overdue(self, *, at: datetime) -> contract.HazardOverdue | None:
        """The deadline has passed, unless the clock was stopped meanwhile."""
        if not any(clock.stopped_at is None and not clock.fired_at for clock in self.clocks()):
            return None
        self.rectify_overdue_at = at
        return contract.HazardOverdue(**self.facts(at))

    @property
    def limit_from(self) -> datetime | None:
        """Since when the configured limit runs, where its end is not known yet."""
        waits = any(clock.due_at is None and clock.stopped_at is None for clock in self.clocks())
        if not waits:
            return None
        return self.notified_at if self.round == 1 else self.reviews[-1].at

    def set_deadline(self, limit_end: datetime, *, at: datetime) -> contract.HazardDeadlineSet:
        """The calendar reaches the end of the limit now; a plan of this round may have promised less."""
        promised = self.plan.deadline if self.plan and self.round == 1 else None
        self.rectify_due_at = min(limit_end, end_of(promised)) if promised else limit_end
        return contract.HazardDeadlineSet(**self.facts(at), rectify_due_at=self.rectify_due_at)

    def people(self) -> list[UUID]:
        return [self.plan.responsible] if self.plan else []

    def clocks(self) -> list[Clock]:
        if self.notified_at is None:
            return []
        stopped = self.submitted_at or self.voided_at
        return [Clock("rectify", self.rectify_due_at, stopped, self.rectify_overdue_at)]

    @property
    def shown_status(self) -> str:
        return self.status

    @property
    def shown_number(self) -> str | None:
        return self.number

    def snapshot(self) -> contract.HazardSnapshot:
        return contract.HazardSnapshot.model_validate(self, from_attributes=True)

    @property
    def _confirmed_by(self) -> list[str]:
        """Who has found this round's rectification done."""
        return [r.reviewer for r in self.reviews if r.passed and r.round == self.round]

    def _keep_review(self, by: str, at: datetime, *, passed: bool, comment: str) -> None:
        review = Review(round=self.round, at=at, reviewer=by, passed=passed, comment=comment)
        self.reviews = [*self.reviews, review]

    def _move(self, step: Step, by: str) -> None:
        self.check(step, by)
        self.status = after(self.status, step)


class RectificationLimit(SQLModel, table=True):
    """整改时限: how long an enterprise has after the notice, by level, in force from a day on, for the areas
    that begin with `area_code` (longest match wins). Configuration, not law."""

    __tablename__ = "rectification_limit"

    level: Level = Field(sa_type=stored(Level), primary_key=True)
    area_code: str = Field(default="", primary_key=True)
    valid_from: date = Field(primary_key=True)
    allowed: str
