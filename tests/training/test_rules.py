from datetime import UTC, date, datetime, timedelta
from itertools import product

import pytest

from services.chassis.deadlines.calendar import local_day
from services.training.attendances import rules as attendances
from services.training.certificates import rules as certificates
from services.training.sessions import rules as sessions

NINE = datetime(2017, 9, 1, 1, tzinfo=UTC)  # 9:00 local
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(("status", "step"), list(product(sessions.Status, sessions.Step)))
def test_a_session_takes_a_step_only_where_the_table_allows_it(
    status: sessions.Status, step: sessions.Step
) -> None:
    if (status, step) in sessions.STEPS:
        assert sessions.after(status, step) is sessions.STEPS[status, step]
    else:
        with pytest.raises(
            sessions.SessionStepNotAllowed, match=f"{step} a session that is {status}"
        ):
            sessions.after(status, step)


@pytest.mark.parametrize(("status", "step"), list(product(certificates.Status, certificates.Step)))
def test_a_certificate_ends_once(status: certificates.Status, step: certificates.Step) -> None:
    if status is certificates.Status.VALID:
        assert certificates.after(status, step) is certificates.STEPS[status, step]
    else:
        with pytest.raises(certificates.CertificateStepNotAllowed):
            certificates.after(status, step)


def test_settled_and_cancelled_sessions_are_final() -> None:
    ends = set(sessions.Status) - {status for status, _ in sessions.STEPS}
    assert ends == {sessions.Status.SETTLED, sessions.Status.CANCELLED}


@pytest.mark.parametrize("status", list(sessions.Status))
def test_attendance_is_recorded_from_the_start_until_the_settlement(
    status: sessions.Status,
) -> None:
    if status in {sessions.Status.STARTED, sessions.Status.FINISHED}:
        attendances.require_held(status)
    else:
        with pytest.raises(attendances.SessionNotHeld, match=status):
            attendances.require_held(status)


def test_a_session_lies_after_its_opening_and_is_long_enough() -> None:
    sessions.require_time(NINE, NINE, NINE + HOUR, 60)
    with pytest.raises(sessions.OpenedAfterStart):
        sessions.require_time(NINE + HOUR, NINE, NINE + HOUR, 60)
    with pytest.raises(sessions.TooShortForCourse):
        sessions.require_time(NINE, NINE, NINE + HOUR, 61)
    with pytest.raises(sessions.OutOfReach):
        sessions.require_time(NINE, NINE + timedelta(days=367), NINE + timedelta(days=368), 60)
    with pytest.raises(sessions.OutOfReach):
        sessions.require_time(NINE, NINE, NINE + timedelta(days=32), 60)


def test_a_session_does_not_start_before_its_day() -> None:
    sessions.require_day(NINE - 9 * HOUR, NINE)
    sessions.require_day(NINE + 100 * HOUR, NINE)
    with pytest.raises(sessions.StartedTooEarly, match="2017-09-01"):
        sessions.require_day(NINE - 10 * HOUR, NINE)


@pytest.mark.parametrize(
    ("in_hours", "out_hours"),
    [(2, 2), (2, 1), (-25, 2), (3, 4), (0, 28)],
    ids=["no time", "out before in", "a day early", "after its end", "out a day late"],
)
def test_times_must_fit_the_session(in_hours: int, out_hours: int) -> None:
    times = (NINE + in_hours * HOUR, NINE + out_hours * HOUR)
    with pytest.raises(attendances.OutsideSession):
        attendances.require_times(*times, NINE, NINE + 3 * HOUR, NINE + 100 * HOUR)


def test_nobody_has_left_before_it_is_so_late() -> None:
    with pytest.raises(attendances.NotOverYet):
        attendances.require_times(NINE, NINE + 2 * HOUR, NINE, NINE + 3 * HOUR, NINE + HOUR)


@pytest.mark.parametrize(
    ("stay", "counted"),
    [(timedelta(minutes=89, seconds=59), 89), (timedelta(minutes=90), 90), (3 * HOUR, 100)],
)
def test_whole_minutes_count_up_to_the_course(stay: timedelta, counted: int) -> None:
    assert attendances.counted_minutes(NINE, NINE + stay, 100) == counted


@pytest.mark.parametrize(
    ("score", "practice", "status"),
    [(80, True, "PASSED"), (79, True, "FAILED"), (100, False, "FAILED")],
)
def test_theory_and_practice_must_both_be_passed(score: int, practice: bool, status: str) -> None:
    assert attendances.result(score, practice, 80) == status


def earned(**facts: object) -> None:
    times = {"at": NINE, "settled_at": NINE, "passed_at": NINE}
    known = {**times, "minutes": 90, "course_minutes": 100}
    certificates.require_earned(**known | facts)  # type: ignore[arg-type]


def test_a_certificate_is_earned_by_nine_tenths_of_the_course_and_the_assessment() -> None:
    earned()
    with pytest.raises(certificates.SessionNotSettled):
        earned(settled_at=None)
    with pytest.raises(certificates.SessionNotSettled):
        earned(at=NINE - HOUR)
    with pytest.raises(certificates.AttendanceTooShort):
        earned(minutes=89)
    with pytest.raises(certificates.AssessmentNotPassed):
        earned(passed_at=None)
    with pytest.raises(certificates.AssessmentNotPassed):
        earned(passed_at=NINE + HOUR)


@pytest.mark.parametrize(
    ("issued_on", "months", "valid_to"),
    [
        (date(2017, 9, 1), 12, date(2018, 8, 31)),
        (date(2017, 8, 31), 6, date(2018, 2, 27)),
        (date(2016, 2, 29), 12, date(2017, 2, 27)),
    ],
)
def test_validity_counts_in_months(issued_on: date, months: int, valid_to: date) -> None:
    assert certificates.last_valid_day(issued_on, months) == valid_to


def test_a_certificate_expires_with_the_local_midnight_after_its_last_day() -> None:
    expiry = certificates.expiry(date(2018, 8, 31))
    assert expiry == datetime(2018, 8, 31, 16, tzinfo=UTC)
    assert local_day(expiry) == date(2018, 9, 1)


def test_a_verify_code_has_twelve_characters_that_nobody_confuses() -> None:
    codes = {certificates.verify_code() for _ in range(100)}
    assert len(codes) == 100
    assert {len(code) for code in codes} == {12}
    assert not set("01IO") & set("".join(codes))
