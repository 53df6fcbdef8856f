"""The lifecycle of a session (班次): what may follow what. Pure."""

from datetime import date, datetime, timedelta
from enum import StrEnum

from services.chassis.deadlines.calendar import local_day
from services.chassis.errors import Conflict, Invalid


class Status(StrEnum):
    OPEN = "OPEN"  # 开放报名
    STARTED = "STARTED"  # 进行中
    FINISHED = "FINISHED"  # 已结束
    SETTLED = "SETTLED"  # 已结算
    CANCELLED = "CANCELLED"  # 已取消


class Step(StrEnum):
    START = "start"
    FINISH = "finish"
    SETTLE = "settle"
    CANCEL = "cancel"


STEPS: dict[tuple[Status, Step], Status] = {
    (Status.OPEN, Step.START): Status.STARTED,
    (Status.OPEN, Step.CANCEL): Status.CANCELLED,
    (Status.STARTED, Step.FINISH): Status.FINISHED,
    (Status.FINISHED, Step.SETTLE): Status.SETTLED,
}
HELD = frozenset({Status.STARTED, Status.FINISHED})
"""While attendances and assessments may be recorded: it takes or took place and is not settled."""

FURTHEST_AHEAD = timedelta(days=366)
LONGEST = timedelta(days=31)


class SessionStepNotAllowed(Conflict):
    def __init__(self, status: Status, step: Step) -> None:
        super().__init__(
            f"班次当前状态 {status} 不允许执行 {step}。",
            f"Cannot {step} a session that is {status}.",
        )


class OpenedAfterStart(Invalid):
    """What is entered later says by `occurred_at` when it was announced, so late entry stays visible."""

    def __init__(self) -> None:
        super().__init__(
            "班次的开始时间不能早于发布时间（occurred_at）。",
            "A session cannot start before it is opened (occurred_at).",
            pointer="/starts_at",
        )


class TooShortForCourse(Invalid):
    def __init__(self, minutes: int) -> None:
        super().__init__(
            f"班次时长不足课程所需的 {minutes} 分钟。",
            f"The session is shorter than the {minutes} minutes of its course.",
            pointer="/ends_at",
        )


class StartedTooEarly(Conflict):
    def __init__(self, day: date) -> None:
        super().__init__(
            f"班次定于 {day} 举行，不能提前开班。",
            f"The session is planned for {day}: it does not start before that day.",
        )


class OutOfReach(Invalid):
    def __init__(self) -> None:
        super().__init__(
            "班次应在发布后一年内开始，且不超过 31 天。",
            "A session starts within a year of its opening and lasts at most 31 days.",
            pointer="/ends_at",
        )


def after(status: Status, step: Step) -> Status:
    """The status that `step` leads to, or `SessionStepNotAllowed`."""
    try:
        return STEPS[status, step]
    except KeyError:
        raise SessionStepNotAllowed(status, step) from None


def require_day(at: datetime, starts_at: datetime) -> None:
    """A session starts on the day for which it was announced, or later."""
    planned = local_day(starts_at)
    if local_day(at) < planned:
        raise StartedTooEarly(planned)


def require_time(opened_at: datetime, starts_at: datetime, ends_at: datetime, minutes: int) -> None:
    """A session lies after its opening and leaves room for the `minutes` of its course."""
    if starts_at < opened_at:
        raise OpenedAfterStart
    if (ends_at - starts_at).total_seconds() < minutes * 60:
        raise TooShortForCourse(minutes)
    if starts_at - opened_at > FURTHEST_AHEAD or ends_at - starts_at > LONGEST:
        raise OutOfReach
