"""A hazard (隐患), its plan and reviews, and the limits that its clock keeps."""

from collections.abc import Sequence
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
    OfficersOnly,
    ReviewerIsSubmitter,
    Status,
    Step,
    VoiderIsFinder,
    after,
    require_plan,
    require_reviewers,
)


class Plan(BaseModel):
    """整改方案（五落实）. `responsible` names a person: shown masked, never published."""

    measures: str
    responsible: str
    funds: str | None = None
    deadline: date | None = None
    contingency: str | None = None

    @property
    def items(self) -> list[str]:
        return [item for item in FIVE_ITEMS if getattr(self, item)]


class Review(BaseModel):
    """One review of a rectification (复查)."""

    round: int
    at: datetime
    reviewers: list[str]
    passed: bool
    comment: str


class Hazard(AggregateRow, table=True):
    """One hazard at one enterprise, from FOUND to CLOSED or VOID."""

    __tablename__ = "hazard"

    number: str = Field(unique=True)
    status: Status = Field(default=Status.FOUND, sa_type=stored(Status), index=True)
    enterprise_id: UUID = Field(index=True)
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
        if step in (Step.APPROVE, Step.REJECT) and by == self.submitter:
            raise ReviewerIsSubmitter
        if step is Step.VOID and by == self.finder:
            raise VoiderIsFinder

    def check_officer(self, step: Step, is_officer: bool) -> None:
        """An expert alone neither passes nor closes a MAJOR hazard."""
        if step in (Step.APPROVE, Step.CLOSE) and self.level is Level.MAJOR and not is_officer:
            raise OfficersOnly

    def notify(
        self, rectify_due_at: datetime | None, *, by: str, at: datetime
    ) -> contract.HazardNotified:
        """The notice is served: the clock starts."""
        self._move(Step.NOTIFY, by)
        self.notified_at, self.rectify_due_at = at, rectify_due_at
        return contract.HazardNotified(**self.facts(at), rectify_due_at=rectify_due_at)

    def plan_with(
        self, plan: Plan, rectify_due_at: datetime | None, *, by: str, at: datetime
    ) -> contract.RectificationPlanned:
        """The plan's deadline takes the place of the notice's."""
        self.check(Step.PLAN, by)
        require_plan(self.level, plan.items)
        self._move(Step.PLAN, by)
        self.plan, self.planned_at = plan, at
        self._restart(rectify_due_at)
        return contract.RectificationPlanned(**self.facts(at), rectify_due_at=rectify_due_at)

    def submit(self, what: str, *, by: str, at: datetime) -> contract.RectificationSubmitted:
        """Rectified, says the enterprise: the clock stops."""
        self._move(Step.SUBMIT, by)
        self.rectification, self.submitter, self.submitted_at = what, by, at
        return contract.RectificationSubmitted(**self.facts(at), round=self.round)

    def pass_review(
        self, comment: str, others: Sequence[str], *, by: str, is_officer: bool, at: datetime
    ) -> contract.HazardReviewPassed:
        """复查通过, by somebody who did not submit it."""
        self.check(Step.APPROVE, by)
        self.check_officer(Step.APPROVE, is_officer)
        reviewers = sorted({by, *others})
        require_reviewers(self.level, reviewers, self.submitter)
        self._move(Step.APPROVE, by)
        self.passed_at = at
        self._keep_review(reviewers, at, passed=True, comment=comment)
        return contract.HazardReviewPassed(**self.facts(at), round=self.round)

    def fail_review(
        self, comment: str, rectify_due_at: datetime | None, *, by: str, at: datetime
    ) -> contract.HazardReviewFailed:
        """复查不通过: the next round of rectification, with a deadline of its own."""
        self._move(Step.REJECT, by)
        self._keep_review([by], at, passed=False, comment=comment)
        self.round += 1
        self.submitter = self.rectification = self.submitted_at = None
        self.rectify_due_at, self.rectify_overdue_at = rectify_due_at, None
        return contract.HazardReviewFailed(
            **self.facts(at), round=self.round, rectify_due_at=rectify_due_at
        )

    def close(self, *, by: str, is_officer: bool, at: datetime) -> contract.HazardClosed:
        self.check(Step.CLOSE, by)
        self.check_officer(Step.CLOSE, is_officer)
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

    def _restart(self, due_at: datetime | None) -> None:
        if due_at != self.rectify_due_at:
            self.rectify_due_at, self.rectify_overdue_at = due_at, None

    def _keep_review(
        self, reviewers: list[str], at: datetime, *, passed: bool, comment: str
    ) -> None:
        review = Review(
            round=self.round, at=at, reviewers=reviewers, passed=passed, comment=comment
        )
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
