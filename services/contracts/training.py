"""What the training service tells: sessions (班次), trainees (学员), attendances (签到), certificates (合格证明).

A snapshot event is the aggregate as it is; it is what the gateway keeps as the card. A trainee is an opaque
id here: name, telephone, account and unit stay in the training service, and so do scores.
"""

from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from services.contracts.audit import HeadAnchored
from services.contracts.codes_training import AttendanceMethod, Audience, RevocationReason
from services.contracts.event import Event
from services.contracts.privacy import ErasureConfirmed as _ErasureConfirmed


class SessionFact(Event):
    topic: ClassVar[str] = "jinding.training.session.v1"


class SessionOpened(SessionFact):
    """A session is announced: course, venue, time and whom it is for."""

    type: ClassVar[str] = "jinding.training.session.opened.v1"
    course_code: str
    venue_code: str
    starts_at: datetime
    ends_at: datetime
    capacity: int
    audiences: list[Audience]
    theory_minutes: int
    practice_minutes: int


class SessionStarted(SessionFact):
    type: ClassVar[str] = "jinding.training.session.started.v1"


class SessionFinished(SessionFact):
    type: ClassVar[str] = "jinding.training.session.finished.v1"


class SessionSettled(SessionFact):
    """Its attendance is final; from now on certificates may be issued."""

    type: ClassVar[str] = "jinding.training.session.settled.v1"


class SessionCancelled(SessionFact):
    type: ClassVar[str] = "jinding.training.session.cancelled.v1"


class SessionSnapshot(SessionFact):
    """A session as it is; `occurred_at` is when it last changed."""

    type: ClassVar[str] = "jinding.training.session.snapshot.v1"
    status: str
    course_code: str
    venue_code: str
    starts_at: datetime
    ends_at: datetime
    capacity: int
    audiences: list[Audience]
    theory_minutes: int
    practice_minutes: int
    opened_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    settled_at: datetime | None
    cancelled_at: datetime | None


class TraineeFact(Event):
    topic: ClassVar[str] = "jinding.training.trainee.v1"


class TraineeRegistered(TraineeFact):
    type: ClassVar[str] = "jinding.training.trainee.registered.v1"
    audience: Audience


class TraineeSnapshot(TraineeFact):
    type: ClassVar[str] = "jinding.training.trainee.snapshot.v1"
    audience: Audience


class AttendanceFact(Event):
    """Its area is the session's."""

    topic: ClassVar[str] = "jinding.training.attendance.v1"


class AttendanceRecorded(AttendanceFact):
    """Somebody took part. `attended_on` is the local day of signing in, `minutes` what counts of the course."""

    type: ClassVar[str] = "jinding.training.attendance.recorded.v1"
    session_id: UUID
    trainee_id: UUID
    audience: Audience
    attended_on: date
    minutes: int
    method: AttendanceMethod


class AttendanceAssessed(AttendanceFact):
    """One attempt at the assessment; `attempts` counts it."""

    type: ClassVar[str] = "jinding.training.attendance.assessed.v1"
    passed: bool
    attempts: int


class AttendanceSnapshot(AttendanceFact):
    """An attendance as it is. Distinct persons are counted from `trainee_id` and `attended_on`."""

    type: ClassVar[str] = "jinding.training.attendance.snapshot.v1"
    status: str
    session_id: UUID
    trainee_id: UUID
    audience: Audience
    attended_on: date
    minutes: int
    method: AttendanceMethod
    attempts: int
    assessed_at: datetime | None


class CertificateFact(Event):
    """Its area is the session's."""

    topic: ClassVar[str] = "jinding.training.certificate.v1"


class CertificateIssued(CertificateFact):
    """A proof of completion, no statutory licence. `valid_to` is its last day."""

    type: ClassVar[str] = "jinding.training.certificate.issued.v1"
    number: str
    trainee_id: UUID
    session_id: UUID
    attendance_id: UUID
    audience: Audience
    issued_on: date
    valid_to: date


class CertificateExpired(CertificateFact):
    """Its validity is over: `occurred_at` is the first instant after its last day."""

    type: ClassVar[str] = "jinding.training.certificate.expired.v1"


class CertificateRevoked(CertificateFact):
    type: ClassVar[str] = "jinding.training.certificate.revoked.v1"
    reason: RevocationReason


class CertificateSnapshot(CertificateFact):
    type: ClassVar[str] = "jinding.training.certificate.snapshot.v1"
    number: str
    status: str
    trainee_id: UUID
    session_id: UUID
    attendance_id: UUID
    audience: Audience
    issued_on: date
    valid_to: date
    expired_at: datetime | None
    revoked_at: datetime | None
    revoke_reason: RevocationReason | None


class ErasureConfirmed(_ErasureConfirmed):
    topic: ClassVar[str] = "jinding.training.erasure.v1"
    type: ClassVar[str] = "jinding.training.erasure.confirmed.v1"


class AuditHeadAnchored(HeadAnchored):
    topic: ClassVar[str] = "jinding.training.audit.v1"
    type: ClassVar[str] = "jinding.training.audit.head_anchored.v1"
