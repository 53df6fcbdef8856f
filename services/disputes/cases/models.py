"""A case (纠纷案件), from REGISTERED to CLOSED."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Self
from uuid import UUID

from sqlmodel import Field

from services.chassis.aggregate import AggregateRow
from services.chassis.database import Instant, stored, stored_json
from services.chassis.operation import Clock
from services.contracts import disputes as contract
from services.contracts.codes_disputes import (
    CaseType,
    Form,
    Ground,
    ReportCancelReason,
    Route,
    Source,
)
from services.contracts.codes_grid import Finder
from services.disputes.cases import parties as consent
from services.disputes.cases import rules
from services.disputes.cases.parties import Party
from services.disputes.cases.rules import CaseStatus, Signature, Signer, Step, after


class Case(AggregateRow, table=True):
    """One dispute under mediation. Mediation is free: a case has no fee."""

    __tablename__ = "dispute_case"

    number: str = Field(unique=True)
    status: CaseStatus = Field(
        default=CaseStatus.REGISTERED, sa_type=stored(CaseStatus), index=True
    )
    case_type: CaseType = Field(sa_type=stored(CaseType))
    source: Source = Field(sa_type=stored(Source))
    finder: Finder = Field(sa_type=stored(Finder))
    report_id: UUID | None = Field(default=None, unique=True)
    title: str = ""
    description: str = ""
    parties: list[Party] = Field(default=[], sa_type=stored_json(list[Party]))
    registrar: str = Field(index=True)
    mediator: str | None = Field(default=None, index=True)
    form: Form | None = Field(default=None, sa_type=stored(Form))
    terms: str | None = None
    signatures: list[Signature] = Field(default=[], sa_type=stored_json(list[Signature]))
    ground: Ground | None = Field(default=None, sa_type=stored(Ground))
    routes: list[Route] = Field(default=[], sa_type=stored_json(list[Route]))
    reason: ReportCancelReason | None = Field(default=None, sa_type=stored(ReportCancelReason))
    registered_at: datetime = Field(sa_type=Instant)
    accepted_at: datetime | None = Field(default=None, sa_type=Instant)
    mediate_due_at: datetime | None = Field(default=None, sa_type=Instant)
    agreed_at: datetime | None = Field(default=None, sa_type=Instant)
    effective_at: datetime | None = Field(default=None, sa_type=Instant)
    performed_at: datetime | None = Field(default=None, sa_type=Instant)
    terminated_at: datetime | None = Field(default=None, sa_type=Instant)
    closed_at: datetime | None = Field(default=None, sa_type=Instant)
    overdue_at: datetime | None = Field(default=None, sa_type=Instant)

    @classmethod
    def register(cls, **facts: Any) -> tuple[Self, contract.CaseRegistered]:
        """A new case; `facts` are its fields."""
        new = cls(**{"correlation_id": facts["id"]} | facts)
        return new, contract.CaseRegistered(
            **new.facts(new.registered_at),
            number=new.number,
            case_type=new.case_type,
            source=new.source,
            finder=new.finder,
            report_id=new.report_id,
        )

    def check(self, step: Step, by: str) -> None:
        """A party takes no step in its case, except that it signs for itself."""
        if step is not Step.SIGN and consent.places_of(self.parties, by):
            raise consent.OwnCase
        after(self.status, step)
        if step is Step.ACCEPT:
            consent.require_consent(self.parties)
        if step is Step.SET_PARTIES and consent.refuses(self.parties):
            raise consent.PartyHasRefused
        if step is Step.TERMINATE and not (self.accepted_at or consent.refuses(self.parties)):
            raise rules.NobodyRefuses
        if step is Step.SIGN and self.form is Form.ORAL:
            raise rules.OralIsNotSigned
        if step is Step.PERFORM and self.effective_at is None:
            raise rules.NotEffectiveYet

    def describe(
        self, case_type: CaseType, title: str, description: str, *, by: str, at: datetime
    ) -> contract.CaseDescribed:
        """Facts can be put down and corrected until there is an agreement; then they stay."""
        self._move(Step.DESCRIBE, by)
        self.case_type, self.title, self.description = case_type, title, description
        return contract.CaseDescribed(**self.facts(at), case_type=case_type)

    def set_parties(
        self, parties: list[Party], *, by: str, at: datetime
    ) -> contract.CasePartiesSet:
        self._move(Step.SET_PARTIES, by)
        self.parties = parties
        return contract.CasePartiesSet(
            **self.facts(at), parties=len(parties), refused=consent.refuses(parties)
        )

    def accept(
        self, mediate_due_at: datetime | None, *, by: str, at: datetime
    ) -> contract.CaseAccepted:
        """受理: fixes the day by which the mediation must end."""
        self.check(Step.ACCEPT, by)
        consent.require_consent_by(self.parties, at)
        self._move(Step.ACCEPT, by)
        self.accepted_at, self.mediate_due_at = at, mediate_due_at
        return contract.CaseAccepted(**self.facts(at), mediate_due_at=mediate_due_at)

    def start(self, mediator: str, *, by: str, at: datetime) -> contract.CaseMediationStarted:
        self.check(Step.START, by)
        if consent.places_of(self.parties, mediator):
            raise consent.MediatorIsParty
        self._move(Step.START, by)
        self.mediator = mediator
        return contract.CaseMediationStarted(**self.facts(at))

    def agree(
        self, form: Form, terms: str, signed_by: Sequence[Signer], *, by: str, at: datetime
    ) -> contract.CaseAgreed:
        """An oral agreement takes effect when reached, a written one with its last signature."""
        self.check(Step.AGREE, by)
        if form is Form.ORAL and signed_by:
            raise rules.OralIsNotSigned
        signatures = self._signed((), signed_by, at)
        self._move(Step.AGREE, by)
        self.form, self.terms, self.agreed_at, self.signatures = form, terms, at, signatures
        self.effective_at = at if form is Form.ORAL else self._all_signed()
        return contract.CaseAgreed(**self.facts(at), form=form, effective_at=self.effective_at)

    def sign(self, signer: Signer, *, by: str, at: datetime) -> contract.CaseAgreementSigned:
        self.check(Step.SIGN, by)
        own = consent.places_of(self.parties, by)
        if own and signer.party not in own:
            raise consent.OwnCase
        signatures = self._signed(self.signatures, [signer], at)
        self._move(Step.SIGN, by)
        self.signatures = signatures
        self.effective_at = self._all_signed()
        return contract.CaseAgreementSigned(**self.facts(at), effective_at=self.effective_at)

    def perform(self, *, by: str, at: datetime) -> contract.CasePerformed:
        self._move(Step.PERFORM, by)
        self.performed_at = at
        return contract.CasePerformed(**self.facts(at))

    def terminate(
        self, ground: Ground, routes: list[Route], *, by: str, at: datetime
    ) -> contract.CaseTerminated:
        """终止: with the routes that the parties were told of."""
        self.check(Step.TERMINATE, by)
        if consent.refuses(self.parties) and ground is not Ground.PARTY_REFUSES:
            raise rules.GroundIsRefusal
        return self._end(Step.TERMINATE, ground, routes, by=by, at=at)

    def withdraw(
        self, reason: ReportCancelReason, *, by: str, at: datetime
    ) -> contract.CaseTerminated | None:
        """The report that it came from was cancelled. What is agreed, or ended already, stays so."""
        if (self.status, Step.WITHDRAW) not in rules.STEPS:
            return None
        self.reason = reason
        return self._end(Step.WITHDRAW, Ground.REPORT_CANCELLED, [], by=by, at=at)

    def close(self, routes: list[Route], *, by: str, at: datetime) -> contract.CaseEnded:
        """结案. `routes` where they were not told at the termination."""
        self.check(Step.CLOSE, by)
        if routes and not self.terminated_at:
            raise rules.RoutesAreForTheTerminated
        told = self.routes or routes
        if self.terminated_at and self.parties and not told:
            raise rules.RoutesNotTold
        self._move(Step.CLOSE, by)
        self.closed_at, self.routes = at, told
        return contract.CaseEnded(**self.facts(at), report_id=self.report_id)

    def overdue(self, clock: str, *, at: datetime) -> contract.CaseOverdue | None:
        """The clock `clock` has run out, unless it was stopped meanwhile."""
        if not any(c.kind == clock and not (c.stopped_at or c.fired_at) for c in self.clocks()):
            return None
        self.overdue_at = at
        return contract.CaseOverdue(**self.facts(at), clock=clock)

    def set_deadline(
        self, clock: str, due_at: datetime | None, *, at: datetime
    ) -> contract.CaseDeadlineSet | None:
        """The calendar now reaches to the deadline of `clock`, which waited for it."""
        if due_at is None or not any(
            c.kind == clock and not (c.due_at or c.stopped_at) for c in self.clocks()
        ):
            return None
        self.mediate_due_at = due_at
        return contract.CaseDeadlineSet(**self.facts(at), clock=clock, mediate_due_at=due_at)

    def people(self) -> list[UUID]:
        return [party.person for party in self.parties]

    def clocks(self) -> list[Clock]:
        if self.accepted_at is None:
            return []
        stopped = self.agreed_at or self.terminated_at
        return [Clock("mediate", self.mediate_due_at, stopped, self.overdue_at)]

    @property
    def shown_status(self) -> str:
        return self.status

    @property
    def shown_number(self) -> str | None:
        return self.number

    def snapshot(self) -> contract.CaseSnapshot:
        return contract.CaseSnapshot.model_validate(self, from_attributes=True)

    def _move(self, step: Step, by: str) -> None:
        self.check(step, by)
        self.status = after(self.status, step)

    def _end(
        self, step: Step, ground: Ground, routes: list[Route], *, by: str, at: datetime
    ) -> contract.CaseTerminated:
        self._move(step, by)
        self.ground, self.routes, self.terminated_at = ground, routes, at
        return contract.CaseTerminated(
            **self.facts(at), ground=ground, routes=routes, reason=self.reason
        )

    def _signed(
        self, have: Sequence[Signature], new: Sequence[Signer], at: datetime
    ) -> list[Signature]:
        signatures = list(have)
        for signer in new:
            if signer not in rules.signers(len(self.parties)):
                raise rules.NoSuchSigner
            if any(signature.signer == signer for signature in signatures):
                raise rules.AlreadySigned
            signatures.append(Signature(signer=signer, signed_at=at))
        return signatures

    def _all_signed(self) -> datetime | None:
        return rules.effective_at(len(self.parties), self.signatures)
