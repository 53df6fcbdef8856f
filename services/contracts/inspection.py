"""What the inspection service tells: enterprises (企业), hazards (隐患), check-up reports (体检报告).

A snapshot event is the aggregate as it is; it is what the gateway keeps as the card. Enterprises go by
their id alone: the code and name of a sole proprietor would name a person.
"""

from datetime import datetime
from typing import ClassVar
from uuid import UUID, uuid5

from pydantic import BaseModel

from services.contracts.audit import HeadAnchored
from services.contracts.codes_inspection import (
    Colour,
    Domain,
    EnterpriseStatus,
    HazardSource,
    Level,
    RatingMethod,
)
from services.contracts.event import Event
from services.contracts.privacy import ErasureConfirmed as _ErasureConfirmed

HAZARDS_OF_REPORTS = UUID("0191d7a0-0000-7000-8000-000000330704")


def hazard_id_of(report_id: UUID) -> UUID:
    """The id of the hazard that an accepted grid report opens: the same however often it is told."""
    return uuid5(HAZARDS_OF_REPORTS, str(report_id))


class StatusFact(BaseModel):
    """The enterprise is `status` from `at` until the next fact."""

    status: EnterpriseStatus
    at: datetime


class RatingFact(BaseModel):
    """The enterprise has `colour` from `at` until the next fact; None: not rated."""

    colour: Colour | None
    at: datetime


class EnterpriseFact(Event):
    topic: ClassVar[str] = "jinding.inspection.enterprise.v1"


class EnterpriseRegistered(EnterpriseFact):
    """An enterprise came into view, in operation. It has no safety file yet."""

    type: ClassVar[str] = "jinding.inspection.enterprise.registered.v1"
    industry_code: str
    is_industrial: bool


class SafetyFileOpened(EnterpriseFact):
    """一企一档: its one safety file is kept from now on."""

    type: ClassVar[str] = "jinding.inspection.enterprise.file_opened.v1"


class EnterpriseStatusChanged(EnterpriseFact):
    """`unrated`: it left while it was rated, so that its rating is withdrawn at the same time."""

    type: ClassVar[str] = "jinding.inspection.enterprise.status_changed.v1"
    status: EnterpriseStatus
    unrated: bool


class EnterpriseRated(EnterpriseFact):
    """A colour from now on, or None: unrated. Training opens obligations when it is RED."""

    type: ClassVar[str] = "jinding.inspection.enterprise.rated.v1"
    colour: Colour | None
    method: RatingMethod


class EnterpriseSnapshot(EnterpriseFact):
    """An enterprise as it is, with the whole history of its status and colour, oldest first."""

    type: ClassVar[str] = "jinding.inspection.enterprise.snapshot.v1"
    industry_code: str
    is_industrial: bool
    registered_at: datetime
    file_opened_at: datetime | None
    status: EnterpriseStatus
    statuses: list[StatusFact]
    colour: Colour | None
    ratings: list[RatingFact]


class HazardFact(Event):
    topic: ClassVar[str] = "jinding.inspection.hazard.v1"


class HazardFound(HazardFact):
    """Somebody found a hazard at an enterprise. Training opens obligations for one of the FIRE domain.
    `report_id`: the grid report that it came from, if it did."""

    type: ClassVar[str] = "jinding.inspection.hazard.found.v1"
    number: str
    enterprise_id: UUID
    level: Level
    domain: Domain
    source: HazardSource
    report_id: UUID | None


class HazardNotified(HazardFact):
    """The notice was served; the enterprise has until `rectify_due_at`."""

    type: ClassVar[str] = "jinding.inspection.hazard.notified.v1"
    rectify_due_at: datetime | None


class RectificationPlanned(HazardFact):
    """The deadline may be another than the notice's. `rectify_overdue_at`: the one that had passed already."""

    type: ClassVar[str] = "jinding.inspection.hazard.planned.v1"
    rectify_due_at: datetime | None
    rectify_overdue_at: datetime | None


class RectificationSubmitted(HazardFact):
    type: ClassVar[str] = "jinding.inspection.hazard.submitted.v1"
    round: int


class HazardReviewConfirmed(HazardFact):
    """The first of two officers found a MAJOR hazard rectified; it passes with the second."""

    type: ClassVar[str] = "jinding.inspection.hazard.review_confirmed.v1"
    round: int


class HazardReviewPassed(HazardFact):
    type: ClassVar[str] = "jinding.inspection.hazard.passed.v1"
    round: int


class HazardReviewFailed(HazardFact):
    """The review was not passed: the next round begins and its clock starts afresh."""

    type: ClassVar[str] = "jinding.inspection.hazard.failed.v1"
    round: int
    rectify_due_at: datetime | None


class HazardClosed(HazardFact):
    """销号. `report_id`: the grid report that it came from, if it did."""

    type: ClassVar[str] = "jinding.inspection.hazard.closed.v1"
    report_id: UUID | None


class HazardVoided(HazardFact):
    """The record was wrong (撤销): it counts nowhere, not even as found."""

    type: ClassVar[str] = "jinding.inspection.hazard.voided.v1"
    report_id: UUID | None


class HazardDeadlineSet(HazardFact):
    """The working calendar reaches the end of the limit now: a deadline that was not known is. Told by time
    alone; `occurred_at` is when."""

    type: ClassVar[str] = "jinding.inspection.hazard.deadline_set.v1"
    rectify_due_at: datetime


class HazardOverdue(HazardFact):
    """Not submitted in time: `occurred_at` is the deadline."""

    type: ClassVar[str] = "jinding.inspection.hazard.overdue.v1"


class HazardSnapshot(HazardFact):
    """A hazard as it is; `round` is the round of rectification that it is in, or was in last."""

    type: ClassVar[str] = "jinding.inspection.hazard.snapshot.v1"
    number: str
    status: str
    enterprise_id: UUID
    level: Level
    domain: Domain
    source: HazardSource
    report_id: UUID | None
    round: int
    found_at: datetime
    notified_at: datetime | None
    planned_at: datetime | None
    rectify_due_at: datetime | None
    submitted_at: datetime | None
    passed_at: datetime | None
    closed_at: datetime | None
    voided_at: datetime | None
    rectify_overdue_at: datetime | None


class CheckupReportFact(Event):
    topic: ClassVar[str] = "jinding.inspection.checkup_report.v1"


class CheckupReportIssued(CheckupReportFact):
    """The station issued its report on an enterprise. What is in it stays in the inspection service."""

    type: ClassVar[str] = "jinding.inspection.checkup_report.issued.v1"
    number: str
    enterprise_id: UUID
    hazards: int
    colour_after: Colour | None


class CheckupReportSuperseded(CheckupReportFact):
    """A corrected edition takes the place of the one before, which is kept. It is still one report."""

    type: ClassVar[str] = "jinding.inspection.checkup_report.superseded.v1"
    edition: int
    hazards: int
    colour_after: Colour | None


class CheckupReportSnapshot(CheckupReportFact):
    """A check-up report in its edition in force. `issued_at` is that of the first edition."""

    type: ClassVar[str] = "jinding.inspection.checkup_report.snapshot.v1"
    number: str
    enterprise_id: UUID
    edition: int
    issued_at: datetime
    corrected_at: datetime | None
    hazards: int
    colour_after: Colour | None


class ErasureConfirmed(_ErasureConfirmed):
    topic: ClassVar[str] = "jinding.inspection.erasure.v1"
    type: ClassVar[str] = "jinding.inspection.erasure.confirmed.v1"


class AuditHeadAnchored(HeadAnchored):
    topic: ClassVar[str] = "jinding.inspection.audit.v1"
    type: ClassVar[str] = "jinding.inspection.audit.head_anchored.v1"
