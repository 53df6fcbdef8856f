"""What counts as an attendance (签到), and what an assessment (考核) may say. Pure."""

from datetime import datetime, timedelta
from enum import StrEnum

from services.chassis.decision import AlreadyExists
from services.chassis.errors import Conflict, Forbidden, Invalid, Refusal
from services.training.sessions.rules import HELD
from services.training.sessions.rules import Status as SessionStatus


class Status(StrEnum):
    ATTENDED = "ATTENDED"  # 已参训
    PASSED = "PASSED"  # 考核合格
    FAILED = "FAILED"  # 考核不合格


class Step(StrEnum):
    ASSESS = "assess"


MAX_ATTEMPTS = 3
GRACE = timedelta(days=1)
"""How far signing in and out may lie from the session's announced times."""


class SessionUnknown(Invalid):
    def __init__(self) -> None:
        super().__init__("班次不存在。", "There is no such session.", pointer="/session_id")


class TraineeUnknown(Invalid):
    def __init__(self) -> None:
        super().__init__("学员不存在。", "There is no such trainee.", pointer="/trainee_id")


class AlreadyAttended(AlreadyExists):
    """One attendance per person and session; the database enforces it as well."""

    def __init__(self) -> None:
        Refusal.__init__(
            self, "该学员在本班次已签到。", "This trainee's attendance of this session is recorded."
        )


class SessionNotHeld(Conflict):
    """Attendance is recorded once a session has started, and until it is settled."""

    def __init__(self, status: SessionStatus) -> None:
        super().__init__(
            f"班次状态为 {status}，不能登记签到或考核。",
            f"The session is {status}: no attendance or assessment can be recorded.",
        )


class NotItsAudience(Invalid):
    def __init__(self) -> None:
        super().__init__(
            "该学员不属于本班次的培训对象。", "The session is not for this trainee's audience."
        )


class SessionFull(Conflict):
    def __init__(self, capacity: int) -> None:
        super().__init__(
            f"本班次 {capacity} 个名额已满。", f"All {capacity} places of the session are taken."
        )


class OutsideSession(Invalid):
    def __init__(self) -> None:
        super().__init__(
            "签到、签退时间与班次时间不符。",
            "The times in and out do not fit the session.",
            pointer="/in_at",
        )


class NotOverYet(Invalid):
    def __init__(self) -> None:
        super().__init__(
            "签退时间不能晚于当前时间。", "The time out lies ahead.", pointer="/out_at"
        )


class ReasonMissing(Invalid):
    def __init__(self) -> None:
        super().__init__(
            "人工登记签到须说明原因。",
            "An attendance entered by hand needs a reason.",
            pointer="/manual_reason",
        )


class AlreadyPassed(Conflict):
    def __init__(self) -> None:
        super().__init__("考核已合格，不再考核。", "The assessment has been passed already.")


class NoAttemptLeft(Conflict):
    def __init__(self) -> None:
        super().__init__(
            f"考核最多 {MAX_ATTEMPTS} 次。", f"There are at most {MAX_ATTEMPTS} attempts."
        )


class AssessorIsTrainee(Forbidden):
    def __init__(self) -> None:
        super().__init__("不能考核本人。", "Nobody assesses themselves.")


def require_held(status: SessionStatus) -> None:
    if status not in HELD:
        raise SessionNotHeld(status)


def require_times(
    in_at: datetime, out_at: datetime, starts_at: datetime, ends_at: datetime, known_at: datetime
) -> None:
    """In before out, both around the session, none after `known_at`."""
    if not (starts_at - GRACE <= in_at < out_at <= ends_at + GRACE and in_at < ends_at):
        raise OutsideSession
    if out_at > known_at:
        raise NotOverYet


def counted_minutes(in_at: datetime, out_at: datetime, course_minutes: int) -> int:
    """Whole minutes between in and out, no more than the course has."""
    return min(int((out_at - in_at).total_seconds() // 60), course_minutes)


def result(theory_score: int, practice_passed: bool, pass_mark: int) -> Status:
    """Both theory and practice must be passed."""
    return Status.PASSED if practice_passed and theory_score >= pass_mark else Status.FAILED
