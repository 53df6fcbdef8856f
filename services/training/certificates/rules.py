"""When a certificate (合格证明) is due to somebody, and how it ends. Pure."""

import secrets
from datetime import date, datetime, timedelta
from enum import StrEnum

from services.chassis.deadlines.calendar import add_months, day_start
from services.chassis.decision import AlreadyExists
from services.chassis.errors import Conflict, Invalid, Refusal


class Status(StrEnum):
    VALID = "VALID"  # 有效
    EXPIRED = "EXPIRED"  # 已到期
    REVOKED = "REVOKED"  # 已撤销


class Step(StrEnum):
    EXPIRE = "expire"
    REVOKE = "revoke"


STEPS: dict[tuple[Status, Step], Status] = {
    (Status.VALID, Step.EXPIRE): Status.EXPIRED,
    (Status.VALID, Step.REVOKE): Status.REVOKED,
}
REQUIRED_PERCENT = 90
CODE_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
CODE_LENGTH = 12


class CertificateStepNotAllowed(Conflict):
    def __init__(self, status: Status, step: Step) -> None:
        super().__init__(
            f"合格证明当前状态 {status} 不允许执行 {step}。",
            f"Cannot {step} a certificate that is {status}.",
        )


class AttendanceUnknown(Invalid):
    def __init__(self) -> None:
        super().__init__(
            "签到记录不存在。", "There is no such attendance.", pointer="/attendance_id"
        )


class AlreadyCertified(AlreadyExists):
    """An attendance earns one certificate, unless that was revoked; after expiry people train again."""

    def __init__(self) -> None:
        Refusal.__init__(
            self,
            "该签到记录已发放合格证明。",
            "A certificate has been issued for this attendance.",
        )


class SessionNotSettled(Conflict):
    def __init__(self) -> None:
        super().__init__(
            "班次在发证时尚未结算。", "The session was not settled when this was to be issued."
        )


class AttendanceTooShort(Conflict):
    def __init__(self) -> None:
        super().__init__(
            f"参训时长不足课程的 {REQUIRED_PERCENT}%。",
            f"Less than {REQUIRED_PERCENT} % of the course was attended.",
        )


class AssessmentNotPassed(Conflict):
    def __init__(self) -> None:
        super().__init__("考核未合格。", "The assessment was not passed.")


class RevokedOutsideValidity(Conflict):
    def __init__(self) -> None:
        super().__init__(
            "撤销时间不在合格证明有效期内。",
            "A certificate can be revoked only while it is valid.",
        )


def after(status: Status, step: Step) -> Status:
    """The status that `step` leads to, or `CertificateStepNotAllowed`."""
    try:
        return STEPS[status, step]
    except KeyError:
        raise CertificateStepNotAllowed(status, step) from None


def require_earned(
    *,
    at: datetime,
    settled_at: datetime | None,
    passed_at: datetime | None,
    minutes: int,
    course_minutes: int,
) -> None:
    """By `at` the session was settled and the assessment passed; enough of the course was attended."""
    if settled_at is None or at < settled_at:
        raise SessionNotSettled
    if minutes * 100 < course_minutes * REQUIRED_PERCENT:
        raise AttendanceTooShort
    if passed_at is None or at < passed_at:
        raise AssessmentNotPassed


def last_valid_day(issued_on: date, months: int) -> date:
    return add_months(issued_on, months) - timedelta(days=1)


def expiry(valid_to: date) -> datetime:
    """The first instant after the last valid day, local."""
    return day_start(valid_to + timedelta(days=1))


def verify_code() -> str:
    """By which the public may look a certificate up; says nothing and cannot be guessed."""
    return "".join(secrets.choice(CODE_ALPHABET) for _ in range(CODE_LENGTH))
