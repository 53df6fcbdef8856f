"""An errand (代办): what somebody needs, who runs for it, at which windows, with which papers."""

from datetime import datetime
from typing import Any, Self
from uuid import UUID

from sqlalchemy import Index
from sqlmodel import Field

from services.chassis.aggregate import AggregateRow
from services.chassis.database import Instant, stored, stored_json
from services.chassis.operation import Clock
from services.contracts import grid_errands as contract
from services.contracts.codes_errands import (
    Authoriser,
    ErrandOutcome,
    ErrandRoute,
    ImpossibleReason,
    MatterKind,
    SignedBy,
    WindowResult,
)
from services.contracts.codes_grid import Finder
from services.grid.errands.papers import Authorisation, Paper, Trips, Window, joined, replaced
from services.grid.errands.rules import (
    AlreadyAuthorised,
    PaperUnknown,
    Status,
    Step,
    after,
    require_authorised,
    require_authoriser,
    require_papers_back,
)
from services.grid.errands.windows import open_window, require_answered, require_granted

Told = contract.ErrandSnapshot


class Errand(AggregateRow, table=True):
    """`applicant`, `guardian`: who they are, sealed. `departments`: those of its windows. `handler`: who accepted it;
    `purge_due_at`: when the copies of papers go, once it has ended."""

    __tablename__ = "errand"
    __table_args__ = (
        Index("ix_errand_departments", "departments", postgresql_using="gin"),
        Index("ix_errand_status_created", "status", "created_at", "id"),
    )

    number: str = Field(unique=True)
    status: Status = Field(default=Status.SUBMITTED, sa_type=stored(Status))
    matter: MatterKind = Field(sa_type=stored(MatterKind))
    finder: Finder = Field(sa_type=stored(Finder))
    title: str
    description: str
    applicant: UUID
    guardian: UUID | None = None
    under_14: bool = False
    submitted_by: str = Field(index=True)
    handler: str | None = Field(default=None, index=True)
    authorisation: Authorisation | None = Field(
        default=None, sa_type=stored_json(Authorisation | None)
    )
    windows: list[Window] = Field(default=[], sa_type=stored_json(list[Window]))
    departments: list[str] = Field(default=[], sa_type=stored_json(list[str]))
    papers: list[Paper] = Field(default=[], sa_type=stored_json(list[Paper]))
    document: str | None = None
    note: str | None = None
    outcome: ErrandOutcome | None = Field(default=None, sa_type=stored(ErrandOutcome))
    impossible_reason: ImpossibleReason | None = Field(
        default=None, sa_type=stored(ImpossibleReason)
    )
    route: ErrandRoute | None = Field(default=None, sa_type=stored(ErrandRoute))
    delivery_signed: SignedBy | None = Field(default=None, sa_type=stored(SignedBy))
    resident_trips: int | None = None
    member_trips: int | None = None
    submitted_at: datetime = Field(sa_type=Instant)
    accepted_at: datetime | None = Field(default=None, sa_type=Instant)
    promised_by: datetime | None = Field(default=None, sa_type=Instant)
    obtained_at: datetime | None = Field(default=None, sa_type=Instant)
    delivered_at: datetime | None = Field(default=None, sa_type=Instant)
    closed_at: datetime | None = Field(default=None, sa_type=Instant)
    ended_at: datetime | None = Field(default=None, sa_type=Instant)
    overdue_at: datetime | None = Field(default=None, sa_type=Instant)
    purge_due_at: datetime | None = Field(default=None, sa_type=Instant)
    purged_at: datetime | None = Field(default=None, sa_type=Instant)

    @classmethod
    def submit(cls, **facts: Any) -> tuple[Self, Told]:
        """A new one; `facts` are its fields."""
        new = cls(correlation_id=facts["id"], **facts)
        return new, new._told(new.submitted_at)

    def check(self, step: Step, by: str) -> None:
        after(self.status, step)
        if step is Step.AUTHORISE and self.authorisation:
            raise AlreadyAuthorised

    def accept(self, promised_by: datetime | None, *, by: str, at: datetime) -> Told:
        return self._moved(Step.ACCEPT, at, handler=by, accepted_at=at, promised_by=promised_by)

    def authorise(
        self, by: Authoriser, signed: SignedBy, *, recorded_by: str, at: datetime
    ) -> Told:
        """The applicant, or the guardian of one who is not yet 14, has authorised it; once."""
        self.check(Step.AUTHORISE, recorded_by)
        require_authoriser(by, under_14=self.under_14, has_guardian=self.guardian is not None)
        told = Authorisation(by=by, signed=signed, recorded_by=recorded_by, at=at)
        return self._moved(Step.AUTHORISE, at, authorisation=told)

    def start(self, *, at: datetime) -> Told:
        return self._moved(Step.START, at)

    def file(self, department: str, window: str, matter: str, *, at: datetime) -> Told:
        """Filed at a window of one department; others may be waited for at the same time."""
        after(self.status, Step.FILE)
        require_authorised(self.authorisation)
        filed = Window(department=department, window=window, matter=matter, submitted_at=at)
        told = {"departments": sorted({*self.departments, department})}
        return self._moved(Step.FILE, at, windows=joined(self.windows, filed), **told)

    def answer(self, number: int, result: WindowResult, note: str, *, at: datetime) -> Told:
        after(self.status, Step.ANSWER)
        told = {"result": result, "note": note, "answered_at": at}
        answered = open_window(self.windows, number).model_copy(update=told)
        return self._moved(Step.ANSWER, at, windows=replaced(self.windows, number, answered))

    def take(self, paper: Paper, *, at: datetime) -> Told:
        after(self.status, Step.TAKE_PAPER)
        require_authorised(self.authorisation, paper.form)
        return self._moved(Step.TAKE_PAPER, at, papers=joined(self.papers, paper))

    def give_back(self, number: int, signed: SignedBy, *, at: datetime) -> Told:
        after(self.status, Step.RETURN_PAPER)
        if number > len(self.papers) or self.papers[number - 1].returned_at:
            raise PaperUnknown
        back = {"returned_at": at, "signed": signed}
        returned = self.papers[number - 1].model_copy(update=back)
        return self._moved(Step.RETURN_PAPER, at, papers=replaced(self.papers, number, returned))

    def obtain(self, document: str, *, at: datetime) -> Told:
        after(self.status, Step.OBTAIN)
        require_granted(self.windows)
        return self._moved(Step.OBTAIN, at, document=document, obtained_at=at)

    def deliver(self, signed: SignedBy, trips: Trips, *, at: datetime) -> Told:
        return self._moved(
            Step.DELIVER, at, delivery_signed=signed, delivered_at=at, **trips.model_dump()
        )

    def close(self, purge_at: datetime | None, *, at: datetime) -> Told:
        return self._ended(Step.CLOSE, purge_at, at, closed_at=at, outcome=ErrandOutcome.OBTAINED)

    def settle(
        self,
        outcome: ErrandOutcome,
        note: str,
        trips: Trips,
        purge_at: datetime | None,
        at: datetime,
    ) -> Told:
        """Without a document: the difficulty is gone, or the way was told. No department is left waiting."""
        after(self.status, Step.SETTLE)
        require_answered(self.windows)
        facts = {"closed_at": at, "outcome": outcome, "note": note, **trips.model_dump()}
        return self._ended(Step.SETTLE, purge_at, at, **facts)

    def withdraw(self, purge_at: datetime | None, *, at: datetime) -> Told:
        return self._ended(Step.WITHDRAW, purge_at, at)

    def give_up(
        self,
        reason: ImpossibleReason,
        route: ErrandRoute,
        note: str,
        purge_at: datetime | None,
        at: datetime,
    ) -> Told:
        """Impossible: why, and which way was told."""
        facts = {"impossible_reason": reason, "route": route, "note": note}
        return self._ended(Step.GIVE_UP, purge_at, at, **facts)

    def overdue(self, *, at: datetime) -> contract.ErrandOverdue:
        self.overdue_at = at
        return contract.ErrandOverdue(**self.facts(at))

    def set_promise(self, due: datetime, *, at: datetime) -> contract.ErrandDeadlineSet:
        self.promised_by = due
        return contract.ErrandDeadlineSet(**self.facts(at), promised_by=due)

    def purge(self, *, at: datetime) -> contract.ErrandCopiesPurged:
        """The copies are gone; that there were some stays on record."""
        gone = {"files": [], "purged_at": at}
        self.papers = [p.model_copy(update=gone) if p.is_copy else p for p in self.papers]
        self.purged_at = at
        return contract.ErrandCopiesPurged(**self.facts(at))

    def runs(self, kind: str) -> bool:
        """Whether the clock `kind` runs: it was neither stopped nor has it fired."""
        return any(c.kind == kind and not (c.stopped_at or c.fired_at) for c in self.clocks())

    def clocks(self) -> list[Clock]:
        clocks: list[Clock] = []
        if self.accepted_at:
            stopped = self.delivered_at or self.ended_at
            clocks.append(Clock("promise", self.promised_by, stopped, self.overdue_at))
        if self.purge_due_at:
            clocks.append(Clock("purge", self.purge_due_at, None, self.purged_at))
        return clocks

    def people(self) -> list[UUID]:
        return [person for person in (self.applicant, self.guardian) if person]

    @property
    def shown_status(self) -> str:
        return self.status

    @property
    def shown_number(self) -> str | None:
        return self.number

    def snapshot(self) -> Told:
        told = {name: getattr(self, name) for name in Told.model_fields}
        return Told(**told | {"windows": len(self.windows)})

    def _ended(self, step: Step, purge_at: datetime | None, at: datetime, **facts: Any) -> Told:
        after(self.status, step)
        require_papers_back(self.papers)
        due = purge_at if any(paper.is_copy for paper in self.papers) else None
        return self._moved(step, at, ended_at=at, purge_due_at=due, **facts)

    def _moved(self, step: Step, at: datetime, **facts: Any) -> Told:
        self.status = after(self.status, step)
        for name, value in facts.items():
            setattr(self, name, value)
        return self._told(at)

    def _told(self, at: datetime) -> Told:
        self.occurred_at = at
        return self.snapshot()
