"""What a report holds: its columns, and its children, which live and change with it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Field

from services.chassis.database import Instant, stored, stored_json
from services.chassis.errors import Conflict
from services.contracts.codes_grid import (
    CloseKind,
    DeliveryState,
    EvaluatedBy,
    Finder,
    Level,
    RequestKind,
    RequestState,
    SelfCheck,
    Urgency,
)
from services.contracts.grid import Suspension
from services.grid.reports.clocks.ledger import Entry
from services.grid.reports.content.row import ReportContent
from services.grid.reports.handling.children import (
    Delivery,
    Evaluation,
    Request,
    Said,
    Supervision,
)
from services.grid.reports.lifecycle import Status


class NothingRequested(Conflict):
    zh = "没有待决定的该类申请。"
    en = "No such request waits for a decision."


class ReportColumns(ReportContent):
    """`handlers`: who had a part in handling it; none of them verifies it. `level`: who deals with it now, and owns
    its deadline; `escalated_from`: who had it before, the last one last. `organisation` leads (主办), `assisting`
    help (协办) and own no clock. `ledger`: what happened to its clocks, from which every deadline follows.
    `warned`: when each clock last told that its deadline comes near. `reopen_until`: when it is closed for good;
    `archive_due_at`: when it is archived, unless something holds that."""

    area_code: str = Field(max_length=15)  # found by `ix_report_near`
    number: str = Field(unique=True)
    status: Status = Field(default=Status.REPORTED, sa_type=stored(Status))
    urgency: Urgency = Field(sa_type=stored(Urgency))
    finder: Finder = Field(sa_type=stored(Finder))
    title: str
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

    ledger: list[Entry] = Field(default=[], sa_type=stored_json(list[Entry]))
    warned: dict[str, datetime] = Field(default={}, sa_type=stored_json(dict[str, datetime]))
    sign_due_at: datetime | None = Field(default=None, sa_type=Instant)
    sign_overdue_at: datetime | None = Field(default=None, sa_type=Instant)
    verify_due_at: datetime | None = Field(default=None, sa_type=Instant)
    verify_overdue_at: datetime | None = Field(default=None, sa_type=Instant)
    level: Level = Field(default=Level.TOWNSHIP, sa_type=stored(Level))
    escalated_from: list[Level] = Field(default=[], sa_type=stored_json(list[Level]))
    escalations: int = 0
    assisting: list[str] = Field(default=[], sa_type=stored_json(list[str]))
    deliveries: list[Delivery] = Field(default=[], sa_type=stored_json(list[Delivery]))
    requests: list[Request] = Field(default=[], sa_type=stored_json(list[Request]))
    suspensions: list[Suspension] = Field(default=[], sa_type=stored_json(list[Suspension]))
    supervisions: list[Supervision] = Field(default=[], sa_type=stored_json(list[Supervision]))
    supervise_due_at: datetime | None = Field(default=None, sa_type=Instant)
    rework_count: int = 0
    reopenings: int = 0
    close_kind: CloseKind | None = Field(default=None, sa_type=stored(CloseKind))
    self_check: SelfCheck | None = Field(default=None, sa_type=stored(SelfCheck))
    reopen_until: datetime | None = Field(default=None, sa_type=Instant)
    archive_due_at: datetime | None = Field(default=None, sa_type=Instant)
    evaluations: list[Evaluation] = Field(default=[], sa_type=stored_json(list[Evaluation]))
    satisfied: bool | None = None
    evaluated_by: EvaluatedBy | None = Field(default=None, sa_type=stored(EvaluatedBy))
    evaluated_at: datetime | None = Field(default=None, sa_type=Instant)
    called_back_at: datetime | None = Field(default=None, sa_type=Instant)
    archived_at: datetime | None = Field(default=None, sa_type=Instant)
    said: list[Said] = Field(default=[], sa_type=stored_json(list[Said]))

    def pending(self, kind: RequestKind) -> Request | None:
        """The request of that kind that waits for a decision."""
        found = (r for r in self.requests if (r.kind, r.state) == (kind, RequestState.PENDING))
        return next(found, None)

    def asked(self, kind: RequestKind) -> Request:
        found = self.pending(kind)
        if found is None:
            raise NothingRequested
        return found

    def lapse(self, at: datetime) -> None:
        """What nobody has decided is asked for no more: it has served its turn."""
        lapsed = {"state": RequestState.LAPSED, "decided_at": at}
        self.requests = [
            request.model_copy(update=lapsed) if request.state is RequestState.PENDING else request
            for request in self.requests
        ]

    def delivery(self, organisation: str | None) -> Delivery | None:
        """What was last delivered to `organisation`."""
        found = (d for d in reversed(self.deliveries) if d.organisation == organisation)
        return next(found, None)

    def delivered(self, delivery: Delivery, state: DeliveryState, **facts: Any) -> None:
        new = delivery.model_copy(update={"state": state, **facts})
        self.deliveries = [new if d is delivery else d for d in self.deliveries]

    @property
    def extensions(self) -> int:
        granted = (RequestKind.EXTENSION, RequestState.GRANTED)
        return sum((request.kind, request.state) == granted for request in self.requests)

    def say(self, step: str, text: str, *, by: str, at: datetime) -> None:
        self.said = [*self.said, Said(step=step, by=by, at=at, text=text)]
