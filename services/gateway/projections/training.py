"""The training service's figures: attendances, distinct persons, valid certificates."""

from collections.abc import Iterator
from datetime import timedelta

from services.contracts import training
from services.contracts.training import (
    AttendanceSnapshot,
    CertificateSnapshot,
    SessionSnapshot,
    TraineeSnapshot,
)
from services.gateway.projections.cards import Entry, Projection, by_clock, day_of, evolved, nothing


def apply_session(card: SessionSnapshot | None, event: training.SessionFact) -> SessionSnapshot:
    at = event.occurred_at
    match event:
        case SessionSnapshot():
            return event
        case training.SessionOpened():
            ends = dict.fromkeys(("started_at", "finished_at", "settled_at", "cancelled_at"))
            return SessionSnapshot(**event.model_dump(), **ends, status="OPEN", opened_at=at)
        case training.SessionStarted():
            return evolved(card, event, status="STARTED", started_at=at)
        case training.SessionFinished():
            return evolved(card, event, status="FINISHED", finished_at=at)
        case training.SessionSettled():
            return evolved(card, event, status="SETTLED", settled_at=at)
        case training.SessionCancelled():
            return evolved(card, event, status="CANCELLED", cancelled_at=at)
    raise ValueError(f"no such event of a session: {event.type}")


def apply_trainee(card: TraineeSnapshot | None, event: training.TraineeFact) -> TraineeSnapshot:
    match event:
        case TraineeSnapshot():
            return event
        case training.TraineeRegistered():
            return TraineeSnapshot(**event.model_dump())
    raise ValueError(f"no such event of a trainee: {event.type}")


def apply_attendance(
    card: AttendanceSnapshot | None, event: training.AttendanceFact
) -> AttendanceSnapshot:
    match event:
        case AttendanceSnapshot():
            return event
        case training.AttendanceRecorded():
            return AttendanceSnapshot(
                **event.model_dump(), status="ATTENDED", attempts=0, assessed_at=None
            )
        case training.AttendanceAssessed():
            status = "PASSED" if event.passed else "FAILED"
            at = event.occurred_at
            return evolved(card, event, status=status, attempts=event.attempts, assessed_at=at)
    raise ValueError(f"no such event of an attendance: {event.type}")


def apply_certificate(
    card: CertificateSnapshot | None, event: training.CertificateFact
) -> CertificateSnapshot:
    at = event.occurred_at
    match event:
        case CertificateSnapshot():
            return event
        case training.CertificateIssued():
            ends = dict.fromkeys(("expired_at", "revoked_at", "revoke_reason"))
            return CertificateSnapshot(**event.model_dump(), **ends, status="VALID")
        case training.CertificateExpired():
            return by_clock(card, event, status="EXPIRED", expired_at=at)
        case training.CertificateRevoked():
            reason = event.reason
            return evolved(card, event, status="REVOKED", revoked_at=at, revoke_reason=reason)
    raise ValueError(f"no such event of a certificate: {event.type}")


def attendance_entries(card: AttendanceSnapshot) -> Iterator[Entry]:
    area, day = card.area_code, card.attended_on
    yield Entry("attendances", area, day, dimension=card.audience)
    yield Entry("attendances_of_person", area, day, dimension=str(card.trainee_id))


def certificate_entries(card: CertificateSnapshot) -> Iterator[Entry]:
    """Valid from its day of issue; no more on the day of its revocation or after its last day."""
    over = day_of(card.revoked_at) if card.revoked_at else card.valid_to + timedelta(days=1)
    yield Entry("certificates_valid", card.area_code, card.issued_on)
    yield Entry("certificates_valid", card.area_code, over, -1)


PROJECTIONS = (
    Projection("training", "training_session", SessionSnapshot, apply_session, nothing),
    Projection("training", "trainee", TraineeSnapshot, apply_trainee, nothing),
    Projection("training", "attendance", AttendanceSnapshot, apply_attendance, attendance_entries),
    Projection(
        "training", "certificate", CertificateSnapshot, apply_certificate, certificate_entries
    ),
)
