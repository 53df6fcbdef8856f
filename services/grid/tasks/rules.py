"""Tasks (任务派发): what may be asked of grids, how far one is, and what its form takes. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

from services.chassis.deadlines.calendar import SHANGHAI, add_months, local_day
from services.chassis.errors import Conflict, Forbidden, Invalid
from services.contracts.codes_tasks import FieldKind, Period

Answer = str | int | float | bool


class Status(StrEnum):
    PENDING = "PENDING"  # 待签收
    READ = "READ"  # 已签收
    DOING = "DOING"  # 办理中
    SUBMITTED = "SUBMITTED"  # 已提交
    ACCEPTED = "ACCEPTED"  # 已通过
    REJECTED = "REJECTED"  # 已退回


class Step(StrEnum):
    READ = "read"
    START = "start"
    SUBMIT = "submit"
    ACCEPT = "accept"
    REJECT = "reject"


STEPS: dict[tuple[Status, Step], Status] = {
    (Status.PENDING, Step.READ): Status.READ,
    (Status.READ, Step.START): Status.DOING,
    (Status.REJECTED, Step.START): Status.DOING,
    (Status.DOING, Step.SUBMIT): Status.SUBMITTED,
    (Status.SUBMITTED, Step.ACCEPT): Status.ACCEPTED,
    (Status.SUBMITTED, Step.REJECT): Status.REJECTED,
}


class StepNotAllowed(Conflict):
    def __init__(self, status: Status, step: Step) -> None:
        super().__init__(
            f"当前状态 {status} 不允许执行 {step}。", f"Cannot {step} a task that is {status}."
        )


class OffTheList(Invalid):
    """网格事项准入: grids are asked for nothing that is not on the list."""

    zh = "该事项当日不在准入清单内，不得派发。"
    en = "That is not on the list of what may be asked of grids on that day."
    pointer = "/admission_item"


class DueTooEarly(Invalid):
    zh = "截止时间须晚于派发时间。"
    en = "A task is due after it was issued."
    pointer = "/due_at"


class ReminderOutOfTime(Invalid):
    zh = "提醒时间须在派发与截止之间。"
    en = "A reminder lies between the issue and the deadline."
    pointer = "/remind_at"


class TargetUnknown(Invalid):
    def __init__(self, place: int) -> None:
        super().__init__(
            "该对象所在区域当日不存在。",
            "The area of this target is not there on that day.",
            pointer=f"/targets/{place}/area_code",
        )


class TargetNotThere(Invalid):
    def __init__(self, place: int) -> None:
        super().__init__(
            "没有该网格员或该户。",
            "There is no such member or household.",
            pointer=f"/targets/{place}/id",
        )


class TargetNotYours(Forbidden):
    def __init__(self, place: int) -> None:
        super().__init__(
            "该对象不在您的职责范围内。",
            "This target is outside your scope.",
            pointer=f"/targets/{place}/area_code",
        )


class OrderUnknown(Invalid):
    zh = "没有该任务，或其对象不存在。"
    en = "There is no such task, or no such target of it."
    pointer = "/order_id"


class NotRecurring(Conflict):
    zh = "该任务不是周期任务。"
    en = "This task does not come again."


class RoundIssued(Conflict):
    zh = "该周期任务的下一期已派发。"
    en = "The next round of this task was issued already."


class SeriesEnded(Conflict):
    zh = "该周期任务已结束。"
    en = "This task comes no more."


class NoSuchEnd(Invalid):
    zh = "结束日期仅用于周期任务，且不早于截止日期。"
    en = "Only a task that comes again has a last day, which is not before its deadline."
    pointer = "/repeats_until"


class NotTheirs(Forbidden):
    zh = "该任务指定由他人完成。"
    en = "Somebody else is named for this task."


class AnswerMissing(Invalid):
    def __init__(self, code: str) -> None:
        super().__init__("必填项未填。", "This must be answered.", pointer=f"/answers/{code}")


class AnswerUnknown(Invalid):
    def __init__(self, code: str) -> None:
        super().__init__(
            "表单没有该项。", "The form has no such field.", pointer=f"/answers/{code}"
        )


class AnswerDoesNotFit(Invalid):
    def __init__(self, code: str, kind: FieldKind) -> None:
        super().__init__(
            f"该项应为 {kind}。", f"This field takes {kind}.", pointer=f"/answers/{code}"
        )


class Admitted(NamedTuple):
    """One entry of the list: from `valid_from` until the day before `valid_to` (None: open)."""

    code: str
    area_code: str
    valid_from: date
    valid_to: date | None


def after(status: Status, step: Step) -> Status:
    """The status that `step` leads to, or `StepNotAllowed`."""
    try:
        return STEPS[status, step]
    except KeyError:
        raise StepNotAllowed(status, step) from None


def is_admitted(entries: Iterable[Admitted], code: str, area: str, day: date) -> bool:
    """Whether it is on the list for that area on that day."""
    return any(
        entry.code == code
        and area.startswith(entry.area_code)
        and entry.valid_from <= day < (entry.valid_to or date.max)
        for entry in entries
    )


def require_admitted(entries: Iterable[Admitted], code: str, area: str, day: date) -> None:
    if not is_admitted(entries, code, area, day):
        raise OffTheList


def require_times(issued: datetime, due: datetime, remind: datetime | None) -> None:
    if due <= issued:
        raise DueTooEarly
    if remind and not issued < remind < due:
        raise ReminderOutOfTime


def require_series(period: Period | None, until: date | None, due: datetime) -> None:
    if until and (period is None or until < local_day(due)):
        raise NoSuchEnd


def next_due(first: datetime, last: datetime, period: Period, now: datetime) -> datetime:
    """When the round after the one due at `last` is due: a week or a month (as in China) after it by the day and time of
    the `first` one, which a short month does not change, and after `now`. Rounds that were missed are not made up for."""
    start = first.astimezone(SHANGHAI)
    rounds, due = 0, start
    while due <= max(last, now):
        rounds += 1
        day = add_months(start.date(), rounds)
        weekly = start + timedelta(weeks=rounds)
        due = weekly if period is Period.WEEKLY else datetime.combine(day, start.timetz())
    return due.astimezone(first.tzinfo)


def require_answers(form: Sequence[Any], answers: Mapping[str, Answer]) -> None:
    """Refuse what the form does not ask, or not so, and what it asks and is not told."""
    fields = {field.code: field for field in form}
    for code, told in answers.items():
        if code not in fields:
            raise AnswerUnknown(code)
        if not _fits(fields[code], told):
            raise AnswerDoesNotFit(code, fields[code].kind)
    for code, field in fields.items():
        if field.required and code not in answers:
            raise AnswerMissing(code)


def _fits(field: Any, told: Answer) -> bool:
    match field.kind:
        case FieldKind.TEXT:
            return isinstance(told, str) and bool(told)
        case FieldKind.NUMBER:
            return isinstance(told, int | float) and not isinstance(told, bool)
        case FieldKind.YES_NO:
            return isinstance(told, bool)
        case FieldKind.CHOICE:
            return told in field.choices
    return isinstance(told, str) and _is_day(told)


def _is_day(text: str) -> bool:
    try:
        return len(text) == 10 and bool(date.fromisoformat(text))
    except ValueError:
        return False
