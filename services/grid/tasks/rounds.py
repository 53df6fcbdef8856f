"""Tasks that come again (周期任务): each round calls for the next one when it is due, and it is issued once."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from services.chassis.deadlines.calendar import local_day
from services.chassis.deadlines.sweeper import Passed
from services.chassis.decision import OutsideScope
from services.chassis.operation import Call, Done, operation
from services.contracts.codes_tasks import SeriesEnd
from services.grid.tasks import schemas
from services.grid.tasks.models import TaskItem, TaskOrder
from services.grid.tasks.operations import given_part, issued_order
from services.grid.tasks.queries import ITEMS, ORDERS
from services.grid.tasks.rules import NotRecurring, SeriesEnded, is_admitted, next_due
from services.grid.tasks.setting import Orders, Setting, given, setting

KEPT = (
    "area_code",
    "admission_item",
    "title",
    "description",
    "targets",
    "form",
    "series",
    "period",
    "repeats_until",
)


def next_id(order: UUID) -> UUID:
    """Of the round that follows `order` by itself: there is one."""
    return uuid5(order, "next round")


@operation(ORDERS, permission="task.issue", creates=True, given=setting, locks=True)
def repeat_task_order(
    _: None, body: schemas.RepeatIn, known: Setting, call: Call
) -> Done[TaskOrder]:
    """Issue the next round of a task that comes again before it comes by itself: for the same targets, with new
    items."""
    last = known.orders.require(body.order_id)
    if last.period is None:
        raise NotRecurring
    known.require_next(last)
    if last.ended_at or is_last(last, known, call):
        raise SeriesEnded
    return _next(last, known, call)


@operation(ORDERS, permission="task.issue", step="end", given=setting)
def end_task_order(
    order: TaskOrder, body: schemas.StepIn, known: Setting, call: Call
) -> Done[TaskOrder]:
    """Have a task come no more (停止周期). The newest round is ended; what was issued goes on."""
    if not call.caller.covers(order.area_code):
        raise OutsideScope(order.area_code)
    order.check("end", call.subject)
    known.require_next(order)
    return Done(order, order.end_series(SeriesEnd.STOPPED, at=call.at))


@operation(ORDERS, permission="clock.fire", overdue=True, given=setting)
def call_next_round(
    order: TaskOrder, body: Passed, known: Setting, call: Call
) -> Done[TaskOrder] | None:
    """A round is over: the next one is called for, or there is none. Only the sweeper does this."""
    if order.repeated_at or order.ended_at:
        return None
    end = _end(order, known, call)
    return Done(order, order.end_series(end, at=call.at) if end else order.call_next(at=call.at))


@operation(ORDERS, permission="task.repeat", creates=True, given=setting, locks=True)
def issue_next_round(
    _: None, body: schemas.RepeatIn, known: Setting, call: Call
) -> Done[TaskOrder] | None:
    """Issue the round that was called for, unless somebody has. Only the subscription does this."""
    last = known.orders.require(body.order_id)
    return None if known.is_followed(last) else _next(last, known, call)


@operation(ITEMS, permission="task.repeat", creates=True, given=given, locks=True)
def give_next_task(
    _: None, body: schemas.GiveIn, known: Orders, call: Call
) -> Done[TaskItem] | None:
    """Give a target its part of the round that was called for. Only the subscription does this."""
    return given_part(body, known, call) if body.order_id in known.known else None


def is_last(order: TaskOrder, known: Setting, call: Call) -> bool:
    """Whether the next round would be due after the last day of all."""
    due = _due(order, known, call)
    return order.repeats_until is not None and local_day(due) > order.repeats_until


def _due(last: TaskOrder, known: Setting, call: Call) -> datetime:
    """Of the round that follows `last`."""
    told = known.first_due(last), last.due_at, last.period
    return next_due(*told, call.recorded_at)  # type: ignore[arg-type]  # it comes again


def _end(order: TaskOrder, known: Setting, call: Call) -> SeriesEnd | None:
    """Why no round can follow, if none can."""
    day = local_day(call.at)
    if is_last(order, known, call):
        return SeriesEnd.LAST_ROUND
    if not is_admitted(known.admitted, order.admission_item, order.area_code, day):
        return SeriesEnd.OFF_THE_LIST
    if not all(known.areas.holds(target.area_code, day) for target in order.targets):
        return SeriesEnd.TARGET_GONE
    return None


def _next(last: TaskOrder, known: Setting, call: Call) -> Done[TaskOrder]:
    facts: dict[str, Any] = {name: getattr(last, name) for name in KEPT}
    due = _due(last, known, call)
    remind = last.remind_at and due - (last.due_at - last.remind_at)
    if remind and remind <= call.at:
        remind = None
    told = {"due_at": due, "remind_at": remind, "round": last.round + 1}
    known.rounds.add((last.series, last.round + 1))
    return issued_order(known, call, **facts, **told)
