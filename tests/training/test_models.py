from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.contracts.codes_training import AttendanceMethod, Audience, RevocationReason
from services.training.attendances.models import Attendance
from services.training.attendances.rules import AlreadyPassed, AssessorIsTrainee, NoAttemptLeft
from services.training.certificates.models import Certificate
from services.training.certificates.rules import RevokedOutsideValidity, expiry
from services.training.sessions.models import TrainingSession
from services.training.sessions.rules import SessionStepNotAllowed, StartedTooEarly
from services.training.trainees.models import Trainee

ID = UUID("0191d7a0-0000-7000-8000-000000000001")
NINE = datetime(2017, 9, 1, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
MIDNIGHT = datetime(2017, 9, 1, 16, tzinfo=UTC)


def make_session(**facts: Any) -> TrainingSession:
    known = {
        "id": ID,
        "area_code": "330703101",
        "course_code": "FIRE-01",
        "course_title": "消防安全体验",
        "venue_code": "hall",
        "starts_at": NINE,
        "ends_at": NINE + 3 * HOUR,
        "capacity": 60,
        "audiences": [Audience.EMPLOYEE],
        "theory_minutes": 60,
        "practice_minutes": 60,
        "opened_at": NINE,
    }
    return TrainingSession.open(**known | facts)[0]


def make_attendance(**facts: Any) -> Attendance:
    known = {
        "id": ID,
        "area_code": "330703101",
        "session_id": ID,
        "trainee_id": ID,
        "audience": Audience.EMPLOYEE,
        "in_at": NINE,
        "out_at": NINE + HOUR,
        "minutes": 60,
        "method": AttendanceMethod.QR,
    }
    return Attendance.record(NINE, **known | facts)[0]


def make_certificate(**facts: Any) -> Certificate:
    known = {
        "id": ID,
        "correlation_id": ID,
        "area_code": "330703101",
        "number": "CT",
        "trainee_id": ID,
        "session_id": ID,
        "attendance_id": ID,
        "audience": Audience.EMPLOYEE,
        "issued_at": NINE,
        "issued_on": date(2017, 9, 1),
        "valid_to": date(2018, 8, 31),
    }
    return Certificate.issue(**known | facts)[0]


def test_a_session_records_when_it_took_each_step() -> None:
    session = make_session()
    session.start(at=NINE)
    session.finish(at=NINE + 3 * HOUR)
    assert session.settle(at=NINE + 4 * HOUR).occurred_at == NINE + 4 * HOUR
    assert (session.status, session.started_at, session.finished_at, session.settled_at) == (
        "SETTLED",
        NINE,
        NINE + 3 * HOUR,
        NINE + 4 * HOUR,
    )


def test_a_session_that_is_not_due_stays_open() -> None:
    session = make_session(starts_at=NINE + 24 * HOUR, ends_at=NINE + 27 * HOUR)
    with pytest.raises(StartedTooEarly):
        session.start(at=NINE)
    assert (session.status, session.started_at) == ("OPEN", None)


def test_a_refused_step_leaves_the_session_as_it_was() -> None:
    session = make_session()
    before = session.model_dump()
    with pytest.raises(SessionStepNotAllowed):
        session.settle(at=NINE)
    assert session.model_dump() == before


def test_an_attendance_belongs_to_the_local_day_of_signing_in() -> None:
    assert make_attendance(in_at=MIDNIGHT).attended_on == date(2017, 9, 2)
    assert make_attendance(in_at=MIDNIGHT - HOUR).attended_on == date(2017, 9, 1)


def test_a_failed_assessment_may_be_repeated_twice() -> None:
    attendance = make_attendance()
    for attempt in (1, 2, 3):
        event = attendance.assess(79, True, 80, by="assessor", at=NINE)
        assert (event.passed, event.attempts) == (False, attempt)
    before = attendance.model_dump()
    with pytest.raises(NoAttemptLeft):
        attendance.assess(100, True, 80, by="assessor", at=NINE)
    assert attendance.model_dump() == before


def test_a_passed_assessment_stands() -> None:
    attendance = make_attendance()
    assert attendance.assess(60, True, 60, by="assessor", at=NINE).passed
    assert (attendance.status, attendance.assessor) == ("PASSED", "assessor")
    with pytest.raises(AlreadyPassed):
        attendance.assess(0, False, 60, by="assessor", at=NINE)


def test_nobody_assesses_themselves() -> None:
    attendance = make_attendance(account="me")
    with pytest.raises(AssessorIsTrainee):
        attendance.assess(100, True, 80, by="me", at=NINE)
    assert attendance.attempts == 0


def test_an_expired_certificate_has_a_stopped_life() -> None:
    certificate = make_certificate()
    over = expiry(certificate.valid_to)
    assert [tuple(clock) for clock in certificate.clocks()] == [("expiry", over, None, None)]
    event = certificate.expire(at=over)
    assert event is not None
    assert event.occurred_at == over
    assert [tuple(clock) for clock in certificate.clocks()] == [("expiry", over, None, over)]
    assert certificate.expire(at=over) is None


def test_a_certificate_is_revoked_only_while_it_is_valid() -> None:
    certificate = make_certificate()
    for at in (NINE - HOUR, expiry(certificate.valid_to)):
        with pytest.raises(RevokedOutsideValidity):
            certificate.revoke(RevocationReason.FRAUD, at=at)
    assert certificate.status == "VALID"
    certificate.revoke(RevocationReason.FRAUD, at=NINE + HOUR)
    assert certificate.status == "REVOKED"
    assert certificate.expire(at=expiry(certificate.valid_to)) is None


def test_a_trainee_is_told_to_nobody_by_name() -> None:
    facts = {"person": uuid4(), "mark": "15400000001", "unit": "91330703MA0000000X"}
    trainee, event = Trainee.register(
        NINE, id=ID, area_code="330703101", audience=Audience.EMPLOYEE, **facts
    )
    trainee.occurred_at = NINE
    assert trainee.people() == [facts["person"]]
    for told in (event, trainee.snapshot()):
        assert not [fact for fact in facts.values() if str(fact) in told.model_dump_json()]
