"""What the disputes service tells: cases, receptions, service groups (矛盾纠纷化解).

Who the parties are, what the dispute is about and what was agreed stays in that service.
"""

from datetime import date, datetime
from typing import ClassVar
from uuid import UUID, uuid5

from services.contracts.audit import HeadAnchored
from services.contracts.codes_disputes import (
    Agency,
    CaseType,
    Form,
    Ground,
    Outcome,
    ReportCancelReason,
    Route,
    Source,
    Topic,
)
from services.contracts.codes_grid import Finder
from services.contracts.event import Event
from services.contracts.privacy import ErasureConfirmed as _ErasureConfirmed

CASES_OF_REPORTS = UUID("0191d7a0-0000-7000-8000-000000000004")


def case_id_of(report_id: UUID) -> UUID:
    """The case that the grid report of category DISPUTE becomes: one and the same, however often told."""
    return uuid5(CASES_OF_REPORTS, str(report_id))


class CaseFact(Event):
    topic: ClassVar[str] = "jinding.disputes.case.v1"


class CaseRegistered(CaseFact):
    """登记. `report_id`: the grid report that it came from, if it did."""

    type: ClassVar[str] = "jinding.disputes.case.registered.v1"
    number: str
    case_type: CaseType
    source: Source
    finder: Finder
    report_id: UUID | None


class CaseDescribed(CaseFact):
    """What it is about was put down or corrected, before any agreement. The words stay at home."""

    type: ClassVar[str] = "jinding.disputes.case.described.v1"
    case_type: CaseType


class CasePartiesSet(CaseFact):
    """How many parties, and whether one refuses; who they are stays at home."""

    type: ClassVar[str] = "jinding.disputes.case.parties_set.v1"
    parties: int
    refused: bool


class CaseAccepted(CaseFact):
    """受理: every party has consented. The mediation limit runs."""

    type: ClassVar[str] = "jinding.disputes.case.accepted.v1"
    mediate_due_at: datetime | None


class CaseDeadlineSet(CaseFact):
    """The deadline of `clock`, which waited for its year of the working calendar, is known now."""

    type: ClassVar[str] = "jinding.disputes.case.deadline_set.v1"
    clock: str
    mediate_due_at: datetime


class CaseMediationStarted(CaseFact):
    type: ClassVar[str] = "jinding.disputes.case.mediation_started.v1"


class CaseAgreed(CaseFact):
    """达成协议. `effective_at` is null while a written agreement lacks a signature or the seal."""

    type: ClassVar[str] = "jinding.disputes.case.agreed.v1"
    form: Form
    effective_at: datetime | None


class CaseAgreementSigned(CaseFact):
    """One more signature or the seal; with the last one the agreement takes effect: the dispute is settled."""

    type: ClassVar[str] = "jinding.disputes.case.agreement_signed.v1"
    effective_at: datetime | None


class CasePerformed(CaseFact):
    type: ClassVar[str] = "jinding.disputes.case.performed.v1"


class CaseTerminated(CaseFact):
    """终止. `reason`: why the grid report that it came from was cancelled, where that ended it. The case of
    one that was a DUPLICATE or INVALID counts nowhere, like the report."""

    type: ClassVar[str] = "jinding.disputes.case.terminated.v1"
    ground: Ground
    routes: list[Route]
    reason: ReportCancelReason | None = None


class CaseEnded(CaseFact):
    """The case is closed (结案), settled or terminated. Grid resolves the report `report_id` that it came
    from, if it did."""

    type: ClassVar[str] = "jinding.disputes.case.closed.v1"
    report_id: UUID | None


class CaseOverdue(CaseFact):
    """The mediation limit passed without agreement or termination: `occurred_at` is the deadline."""

    type: ClassVar[str] = "jinding.disputes.case.overdue.v1"
    clock: str


class CaseSnapshot(CaseFact):
    """A case as it is; `occurred_at` is when it last changed. Settled at `effective_at`."""

    type: ClassVar[str] = "jinding.disputes.case.snapshot.v1"
    number: str
    status: str
    case_type: CaseType
    source: Source
    finder: Finder
    report_id: UUID | None
    registered_at: datetime
    accepted_at: datetime | None
    mediate_due_at: datetime | None
    agreed_at: datetime | None
    effective_at: datetime | None
    performed_at: datetime | None
    terminated_at: datetime | None
    ground: Ground | None
    reason: ReportCancelReason | None = None
    closed_at: datetime | None
    overdue_at: datetime | None


class ReceptionFact(Event):
    topic: ClassVar[str] = "jinding.disputes.reception.v1"


class ReceptionRecorded(ReceptionFact):
    """One batch (接待批次): people received together on one matter at one time."""

    type: ClassVar[str] = "jinding.disputes.reception.recorded.v1"
    number: str
    group_id: UUID
    heads: int
    topic_code: Topic
    outcome: Outcome
    case_id: UUID | None


class ReceptionCaseLinked(ReceptionFact):
    """What was received has become, or belongs to, a case."""

    type: ClassVar[str] = "jinding.disputes.reception.case_linked.v1"
    case_id: UUID


class ReceptionSnapshot(ReceptionFact):
    type: ClassVar[str] = "jinding.disputes.reception.snapshot.v1"
    number: str
    group_id: UUID
    received_at: datetime
    heads: int
    topic_code: Topic
    outcome: Outcome
    case_id: UUID | None


class ServiceGroupFact(Event):
    topic: ClassVar[str] = "jinding.disputes.service_group.v1"


class ServiceGroupFormed(ServiceGroupFact):
    """A township's service group (服务小组); its members are told by agency only."""

    type: ClassVar[str] = "jinding.disputes.service_group.formed.v1"
    agencies: list[Agency]


class ServiceGroupMembersChanged(ServiceGroupFact):
    type: ClassVar[str] = "jinding.disputes.service_group.members_changed.v1"
    agencies: list[Agency]


class ServiceGroupDissolved(ServiceGroupFact):
    type: ClassVar[str] = "jinding.disputes.service_group.dissolved.v1"


class ServiceGroupSnapshot(ServiceGroupFact):
    type: ClassVar[str] = "jinding.disputes.service_group.snapshot.v1"
    status: str
    agencies: list[Agency]
    formed_on: date
    dissolved_on: date | None


class ErasureConfirmed(_ErasureConfirmed):
    topic: ClassVar[str] = "jinding.disputes.erasure.v1"
    type: ClassVar[str] = "jinding.disputes.erasure.confirmed.v1"


class AuditHeadAnchored(HeadAnchored):
    topic: ClassVar[str] = "jinding.disputes.audit.v1"
    type: ClassVar[str] = "jinding.disputes.audit.head_anchored.v1"
