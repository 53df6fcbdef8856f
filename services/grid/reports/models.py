"""A report (网格事件) and the limits that its clocks keep."""

from datetime import date, datetime
from typing import Any, Self
from uuid import UUID

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from services.chassis.aggregate import AggregateRow
from services.chassis.database import Instant, stored, stored_json
from services.chassis.identity.caller import Caller
from services.chassis.operation import Clock
from services.contracts import grid as contract
from services.contracts.codes_grid import Category, Finder, Urgency
from services.grid.reports.rules import (
    OF_THE_REPORTER,
    HandledByCase,
    NotTheReporter,
    OnlyWithdrawal,
    Status,
    Step,
    VerifierIsHandler,
    after,
    is_office,
    require_place,
)


class Report(AggregateRow, table=True):
    """One matter that somebody reported, from REPORTED to CLOSED or CANCELLED. `handlers`: who started and
    who resolved it; none of them verifies it."""

    __tablename__ = "report"
    __table_args__ = (
        Index("ix_report_handlers", "handlers", postgresql_using="gin"),
        Index("ix_report_status_created", "status", "created_at", "id"),
    )

    number: str = Field(unique=True)
    status: Status = Field(default=Status.REPORTED, sa_type=stored(Status))
    category: Category = Field(sa_type=stored(Category))
    urgency: Urgency = Field(sa_type=stored(Urgency))
    finder: Finder = Field(sa_type=stored(Finder))
    title: str
    description: str
    place: str
    enterprise_id: UUID | None = None
    household_id: UUID | None = None
    reporter: str = Field(index=True)
    organisation: str | None = Field(default=None, index=True)
    handlers: list[str] = Field(default=[], sa_type=stored_json(list[str]))
    opinion: str | None = None
    reported_at: datetime = Field(sa_type=Instant)
    accept_due_at: datetime | None = Field(default=None, sa_type=Instant)
    returned_at: datetime | None = Field(default=None, sa_type=Instant)
    accepted_at: datetime | None = Field(default=None, sa_type=Instant)
    resolve_due_at: datetime | None = Field(default=None, sa_type=Instant)
    resolved_at: datetime | None = Field(default=None, sa_type=Instant)
    verified_at: datetime | None = Field(default=None, sa_type=Instant)
    closed_at: datetime | None = Field(default=None, sa_type=Instant)
    cancelled_at: datetime | None = Field(default=None, sa_type=Instant)
    cancel_reason: str | None = None
    accept_overdue_at: datetime | None = Field(default=None, sa_type=Instant)
    resolve_overdue_at: datetime | None = Field(default=None, sa_type=Instant)

    @classmethod
    def report(cls, **facts: Any) -> tuple[Self, contract.ReportReported]:
        """A new report; `facts` are its fields."""
        new = cls(correlation_id=facts["id"], **facts)
        return new, contract.ReportReported(
            **new.facts(new.reported_at),
            number=new.number,
            category=new.category,
            urgency=new.urgency,
            finder=new.finder,
            enterprise_id=new.enterprise_id,
            household_id=new.household_id,
            accept_due_at=new.accept_due_at,
        )

    def check(self, step: Step, by: str) -> None:
        after(self.status, step)
        if step in OF_THE_REPORTER and by != self.reporter:
            raise NotTheReporter
        if step is Step.VERIFY and by in self.handlers:
            raise VerifierIsHandler
        if step is Step.ASSIGN and self.category is Category.DISPUTE:
            raise HandledByCase

    def require(self, step: Step, caller: Caller) -> None:
        """Raise the refusal that `caller` meets where it is somebody else's step: that of another area or
        organisation, or the reporter's."""
        if step is Step.CANCEL and self.cancelling(caller) is Step.WITHDRAW:
            self.check(Step.WITHDRAW, caller.subject)
        else:
            require_place(step, caller, self.area_code, self.organisation)

    def cancelling(self, caller: Caller) -> Step:
        """An office of its area cancels a report; its reporter withdraws it."""
        own = caller.subject == self.reporter and not is_office(caller, self.area_code)
        return Step.WITHDRAW if own else Step.CANCEL

    def return_(self, reason: str, *, by: str, at: datetime) -> contract.ReportReturned:
        """退回补正: the accept clock stops, and starts afresh when it is resubmitted."""
        self._move(Step.RETURN, by)
        self.opinion, self.returned_at = reason, at
        return contract.ReportReturned(**self.facts(at))

    def resubmit(
        self, description: str, accept_due_at: datetime | None, *, by: str, at: datetime
    ) -> contract.ReportResubmitted:
        self._move(Step.RESUBMIT, by)
        self.description, self.accept_due_at = description, accept_due_at
        self.returned_at = self.accept_overdue_at = None
        return contract.ReportResubmitted(**self.facts(at), accept_due_at=accept_due_at)

    def accept(
        self, resolve_due_at: datetime | None, *, by: str, at: datetime
    ) -> contract.ReportAccepted:
        """受理: fixes the resolve deadline."""
        self._move(Step.ACCEPT, by)
        self.accepted_at, self.resolve_due_at = at, resolve_due_at
        return contract.ReportAccepted(
            **self.facts(at),
            category=self.category,
            urgency=self.urgency,
            finder=self.finder,
            enterprise_id=self.enterprise_id,
            resolve_due_at=resolve_due_at,
        )

    def assign(self, organisation: str, *, by: str, at: datetime) -> contract.ReportAssigned:
        """交办 to an organisation, which signs by starting."""
        self._move(Step.ASSIGN, by)
        self.organisation = organisation
        return contract.ReportAssigned(**self.facts(at), organisation=organisation)

    def start(self, *, by: str, at: datetime) -> contract.ReportProcessingStarted:
        """签收: whoever starts it is its handler."""
        self._move(Step.START, by)
        self._handled(by)
        return contract.ReportProcessingStarted(**self.facts(at))

    def resolve(self, opinion: str, *, by: str, at: datetime) -> contract.ReportResolved:
        self._move(Step.RESOLVE, by)
        self._handled(by)
        self.opinion, self.resolved_at = opinion, at
        return contract.ReportResolved(**self.facts(at), by_case=False)

    def resolve_by_case(self, *, by: str, at: datetime) -> contract.ReportResolved:
        """The dispute case that came from this report has ended."""
        self._move(Step.RESOLVE_BY_CASE, by)
        self._handled(by)
        self.resolved_at = at
        return contract.ReportResolved(**self.facts(at), by_case=True)

    def verify(self, *, by: str, at: datetime) -> contract.ReportVerified:
        """核查: by somebody who had no part in handling it."""
        self._move(Step.VERIFY, by)
        self.verified_at = at
        return contract.ReportVerified(**self.facts(at))

    def close(self, *, by: str, at: datetime) -> contract.ReportClosed:
        self._move(Step.CLOSE, by)
        self.closed_at = at
        return contract.ReportClosed(**self.facts(at))

    def cancel(
        self, reason: str, *, by: str, at: datetime, step: Step = Step.CANCEL
    ) -> contract.ReportCancelled:
        """注销, or 撤回 by its reporter until it is accepted: out of every rate, but counted."""
        if step is Step.WITHDRAW and reason != "WITHDRAWN":
            raise OnlyWithdrawal
        self._move(step, by)
        self.cancelled_at, self.cancel_reason = at, reason
        return contract.ReportCancelled(**self.facts(at), category=self.category, reason=reason)

    def overdue(self, clock: str, *, at: datetime) -> contract.ReportOverdue | None:
        """The clock `clock` has run out, unless it was stopped meanwhile."""
        if not any(c.kind == clock and not (c.stopped_at or c.fired_at) for c in self.clocks()):
            return None
        if clock == "accept":
            self.accept_overdue_at = at
        else:
            self.resolve_overdue_at = at
        return contract.ReportOverdue(**self.facts(at), clock=clock)

    def undated_since(self, clock: str) -> datetime | None:
        """Since when the clock `clock` has run without a deadline; None if it does not."""
        if not any(c.kind == clock and not (c.due_at or c.stopped_at) for c in self.clocks()):
            return None
        # while it waits to be accepted, its last step was to be reported, or reported again
        return self.accepted_at if clock == "resolve" else self.occurred_at

    def set_deadline(
        self, clock: str, due_at: datetime, *, at: datetime
    ) -> contract.ReportDeadlineSet:
        """The calendar has reached the deadline that was not known."""
        if clock == "accept":
            self.accept_due_at = due_at
        else:
            self.resolve_due_at = due_at
        return contract.ReportDeadlineSet(**self.facts(at), clock=clock, due_at=due_at)

    def clocks(self) -> list[Clock]:
        stopped = self.accepted_at or self.cancelled_at or self.returned_at
        clocks = [Clock("accept", self.accept_due_at, stopped, self.accept_overdue_at)]
        if self.accepted_at:
            stopped = self.closed_at or self.cancelled_at
            clocks.append(Clock("resolve", self.resolve_due_at, stopped, self.resolve_overdue_at))
        return clocks

    @property
    def shown_status(self) -> str:
        return self.status

    @property
    def shown_number(self) -> str | None:
        return self.number

    def snapshot(self) -> contract.ReportSnapshot:
        return contract.ReportSnapshot.model_validate(self, from_attributes=True)

    def _handled(self, by: str) -> None:
        if by not in self.handlers:
            self.handlers = [*self.handlers, by]

    def _move(self, step: Step, by: str) -> None:
        self.check(step, by)
        self.status = after(self.status, step)


class TimeLimit(SQLModel, table=True):
    """时限: how long a clock may run, by urgency, in force from a day on, for the areas that begin with
    `area_code` (longest match wins). `allowed` as `Limit.parse` reads it. Configuration, not law."""

    __tablename__ = "time_limit"

    urgency: Urgency = Field(sa_type=stored(Urgency), primary_key=True)
    clock: str = Field(primary_key=True)
    area_code: str = Field(default="", primary_key=True)
    valid_from: date = Field(primary_key=True)
    allowed: str
