"""A report (网格事件): its way from REPORTED to CLOSED or CANCELLED. `handling` and `outcome` have the other steps."""

from datetime import datetime
from typing import Any, Self

from sqlalchemy import Index, text

from services.chassis.identity.caller import Caller
from services.contracts import grid as contract
from services.contracts.codes_grid import Category, CloseKind, DeliveryState, Finder, Part
from services.grid.categories.rules import require_course
from services.grid.reports.clocks.archive import Ending
from services.grid.reports.clocks.ledger import Started
from services.grid.reports.clocks.row import CLOCKS, ClockedReport
from services.grid.reports.conditions import require_conditions
from services.grid.reports.handling.children import Delivery
from services.grid.reports.handling.rules import require_unsettled
from services.grid.reports.lifecycle import (
    BY_ANOTHER,
    OF_DELIVERIES,
    OF_THE_REPORTER,
    OF_WHO_MAY_ASK_AGAIN,
    Step,
    after,
)
from services.grid.reports.rules import (
    CASE,
    HandledByCase,
    NotTheReporter,
    OnlyWithdrawal,
    OutsideYourArea,
    VerifierIsHandler,
    is_office,
    require_hand_in_it,
    require_place,
)


class Report(ClockedReport, table=True):
    """One matter that somebody reported."""

    __tablename__ = "report"
    __table_args__ = (
        Index("ix_report_handlers", "handlers", postgresql_using="gin"),
        Index("ix_report_assisting", "assisting", postgresql_using="gin"),
        Index("ix_report_status_created", "status", "created_at", "id"),
        Index("ix_report_near", "area_code", "category", "reported_at"),
        Index("ix_report_external", "source", "external_id", unique=True),
        Index(
            "ix_report_merged", "duplicate_of", postgresql_where=text("duplicate_of is not null")
        ),
    )

    @classmethod
    def report(cls, clock: Started, **facts: Any) -> tuple[Self, contract.ReportReported]:
        """A new report; `facts` are its fields, `clock` that of its acceptance."""
        new = cls(correlation_id=facts["id"], **facts)
        new.require_content(is_clue=False)
        require_course(new.category, new.description)
        new.start_clock(clock)
        return new, contract.ReportReported(
            **new.facts(new.reported_at),
            number=new.number,
            category=new.category,
            urgency=new.urgency,
            finder=new.finder,
            enterprise_id=new.enterprise_id,
            household_id=new.household_id,
            accept_due_at=new.accept_due_at,
            level=new.level,
            subcategory=new.told_subcategory,
            told_apart=new.told_apart,
        )

    def check(self, step: Step, by: str) -> None:
        after(self.status, step)
        if step in OF_THE_REPORTER and by != self.reporter:
            raise NotTheReporter
        if step in BY_ANOTHER and by in self.handlers:
            raise VerifierIsHandler
        if step in (Step.ASSIGN, Step.SELF_HANDLE) and self.category is Category.DISPUTE:
            raise HandledByCase
        require_conditions(self, step, by)

    def require(self, step: Step, caller: Caller) -> None:
        """Raise the refusal that `caller` meets where it is somebody else's step: that of another area, level or
        organisation, or the reporter's."""
        if step is Step.CANCEL and self.cancelling(caller) is Step.WITHDRAW:
            self.check(Step.WITHDRAW, caller.subject)
        elif step is Step.MERGE and not is_office(caller, self.area_code):
            raise OutsideYourArea(self.area_code)
        elif step is Step.DESCRIBE:
            require_hand_in_it(caller, self.area_code, {self.reporter, *self.handlers})
        elif step in OF_WHO_MAY_ASK_AGAIN:
            if caller.subject != self.reporter and not is_office(caller, self.area_code):
                raise NotTheReporter
        else:
            told = self.area_code, self.organisation, self.level, self.assisting
            require_place(step, caller, *told)
            if step in OF_DELIVERIES:
                require_unsettled(self.delivery(caller.organisation), step)

    def cancelling(self, caller: Caller) -> Step:
        """An office of its area cancels a report; its reporter withdraws it."""
        own = caller.subject == self.reporter and not is_office(caller, self.area_code)
        return Step.WITHDRAW if own else Step.CANCEL

    def take(self, step: Step, by: str) -> None:
        """Take `step`, or raise the refusal that it meets."""
        self.check(step, by)
        self.status = after(self.status, step)

    def handled(self, by: str) -> None:
        """`by` had a part in handling it."""
        if by not in self.handlers:
            self.handlers = [*self.handlers, by]

    def return_(self, reason: str, *, by: str, at: datetime) -> contract.ReportReturned:
        """退回补正: the accept clock stops, and starts afresh when it is resubmitted."""
        self.take(Step.RETURN, by)
        self.stop_clocks("accept", at=at)
        self.opinion, self.returned_at = reason, at
        return contract.ReportReturned(**self.facts(at))

    def resubmit(
        self, description: str, clock: Started, *, by: str, at: datetime
    ) -> contract.ReportResubmitted:
        self.check(Step.RESUBMIT, by)
        require_course(self.category, description)
        self.take(Step.RESUBMIT, by)
        self.start_clock(clock)
        self.description, self.returned_at = description, None
        return contract.ReportResubmitted(**self.facts(at), accept_due_at=self.accept_due_at)

    def accept(self, clock: Started, *, by: str, at: datetime) -> contract.ReportAccepted:
        """受理: fixes the resolve deadline."""
        self.take(Step.ACCEPT, by)
        self.stop_clocks("accept", at=at)
        self.start_clock(clock)
        self.accepted_at = at
        return contract.ReportAccepted(
            **self.facts(at),
            category=self.category,
            urgency=self.urgency,
            finder=Finder.OTHER if self.sensitive else self.finder,
            enterprise_id=self.enterprise_id,
            resolve_due_at=self.resolve_due_at,
        )

    def assign(
        self,
        organisation: str,
        clock: Started,
        assisting: tuple[str, ...] = (),
        *,
        by: str,
        at: datetime,
    ) -> contract.ReportAssigned:
        """交办 to an organisation that leads, which signs by starting, and to those that assist it."""
        self.take(Step.ASSIGN, by)
        self.deliver(organisation, clock, at=at)
        assist = [Delivery(organisation=o, part=Part.ASSIST, sent_at=at) for o in assisting]
        self.assisting, self.deliveries = [*assisting], [*self.deliveries, *assist]
        told = {"organisation": organisation, "assisting": self.assisting}
        return contract.ReportAssigned(**self.facts(at), **told, sign_due_at=self.sign_due_at)

    def deliver(self, organisation: str, clock: Started, *, at: datetime) -> None:
        """`organisation` leads from now on; its time to sign begins."""
        self.organisation = organisation
        self.start_clock(clock)
        new = Delivery(organisation=organisation, part=Part.LEAD, sent_at=at)
        self.deliveries = [*self.deliveries, new]

    def start(self, *, by: str, at: datetime) -> contract.ReportProcessingStarted:
        """签收: whoever starts it is its handler."""
        self.take(Step.START, by)
        self.stop_clocks("sign", at=at)
        if lead := self.delivery(self.organisation):
            self.delivered(lead, DeliveryState.SIGNED, signed_at=at)
        self.handled(by)
        return contract.ReportProcessingStarted(**self.facts(at))

    def resolve(
        self, opinion: str, clock: Started, *, by: str, at: datetime
    ) -> contract.ReportResolved:
        """处置完毕: the clock of verifying starts."""
        self.take(Step.RESOLVE, by)
        self.handled(by)
        self.lapse(at)
        self.start_clock(clock)
        self.opinion, self.resolved_at = opinion, at
        return self._resolved(False, at)

    def resolve_by_case(self, clock: Started, *, by: str, at: datetime) -> contract.ReportResolved:
        """The dispute case that came from this report has ended."""
        self.take(Step.RESOLVE_BY_CASE, by)
        self.handled(by)
        self.start_clock(clock)
        self.resolved_at = at
        return self._resolved(True, at)

    def _resolved(self, by_case: bool, at: datetime) -> contract.ReportResolved:
        return contract.ReportResolved(
            **self.facts(at),
            by_case=by_case,
            verify_due_at=self.verify_due_at,
            handling_minutes=self.handling_minutes,
        )

    def verify(self, *, by: str, at: datetime) -> contract.ReportVerified:
        """核查: by somebody who had no part in handling it."""
        self.take(Step.VERIFY, by)
        self.stop_clocks("verify", at=at)
        self.verified_at = at
        return contract.ReportVerified(**self.facts(at))

    def close(self, ending: Ending, *, by: str, at: datetime) -> contract.ReportClosed:
        self.check(Step.CLOSE, by)
        self.require_closable(has_result=bool(self.opinion or CASE in self.handlers))
        self.take(Step.CLOSE, by)
        self.stop_clocks("resolve", at=at)
        self.close_kind = CloseKind.DEPARTMENT if self.organisation else CloseKind.CENTRE
        self.over(ending, at=at)
        return contract.ReportClosed(**self.facts(at), close_kind=self.close_kind)

    def cancel(
        self, reason: str, *, by: str, at: datetime, step: Step = Step.CANCEL
    ) -> contract.ReportCancelled:
        """注销, or 撤回 by its reporter until it is accepted: out of every rate, but counted."""
        if step is Step.WITHDRAW and reason != "WITHDRAWN":
            raise OnlyWithdrawal
        self.take(step, by)
        self.stop_clocks(*CLOCKS, at=at)
        self.lapse(at)
        self.cancelled_at, self.cancel_reason = at, reason
        return contract.ReportCancelled(**self.facts(at), category=self.category, reason=reason)

    @property
    def shown_status(self) -> str:
        return self.status

    @property
    def shown_number(self) -> str | None:
        return self.number

    def snapshot(self) -> contract.ReportSnapshot:
        told = contract.ReportSnapshot.model_validate(self, from_attributes=True)
        return told.model_copy(update={"subcategory": self.told_subcategory})
