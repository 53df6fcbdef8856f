"""What may be done with tasks. Each operation is one use case on one row."""

from typing import Any
from uuid import UUID

from services.chassis.deadlines.calendar import local_day
from services.chassis.deadlines.sweeper import Passed
from services.chassis.decision import OutsideScope
from services.chassis.operation import Call, Done, operation
from services.grid.areas.rules import EndsBeforeItBegins, Validity, ValidityOverlaps
from services.grid.tasks import schemas
from services.grid.tasks.models import AdmissionItem, FormField, TaskItem, TaskOrder
from services.grid.tasks.queries import (
    ADMISSIONS,
    ITEMS,
    ORDERS,
    admitted,
    forms,
    require_theirs,
)
from services.grid.tasks.rules import (
    Step,
    require_admitted,
    require_answers,
    require_series,
    require_times,
)
from services.grid.tasks.setting import Orders, Setting, given, setting


@operation(ADMISSIONS, permission="task.admit", creates=True, given=admitted, locks=True)
def admit_matter(
    _: None, body: schemas.AdmissionIn, known: Validity, call: Call
) -> Done[AdmissionItem]:
    """Put a matter on the list of what may be asked of grids (网格事项准入), on which it does not yet stand."""
    place = f"{body.code} {body.area_code}"
    if known.overlaps(place, body.valid_from, None):
        raise ValidityOverlaps(place)
    known.add(place, body.valid_from, None)
    facts = body.model_dump(exclude={"id", "occurred_at", "on_behalf_of"})
    return Done(*AdmissionItem.admit(id=call.id, occurred_at=call.at, **facts))


@operation(ADMISSIONS, permission="task.admit", step="take_off")
def take_off_matter(
    row: AdmissionItem, body: schemas.TakeOffIn, _: None, call: Call
) -> Done[AdmissionItem]:
    """Take a matter off the list, from a day on. What was issued before goes on."""
    if not call.caller.covers(row.area_code):
        raise OutsideScope(row.area_code)
    if body.valid_to <= row.valid_from:
        raise EndsBeforeItBegins
    return Done(row, row.take_off(body.valid_to, at=call.at))


@operation(ORDERS, permission="task.issue", creates=True, given=setting)
def issue_task_order(_: None, body: schemas.OrderIn, known: Setting, call: Call) -> Done[TaskOrder]:
    """Issue a task (派发). Its matter stands on the list of what may be asked of grids, or it is refused."""
    facts = body.model_dump(include={"area_code", "admission_item", "title", "description"})
    facts |= {"targets": body.targets, "form": body.form, "due_at": body.due_at}
    facts |= {"remind_at": body.remind_at, "period": body.period, "series": call.id}
    facts |= {"repeats_until": body.repeats_until}
    return issued_order(known, call, **facts)


def issued_order(known: Setting, call: Call, **facts: Any) -> Done[TaskOrder]:
    day = local_day(call.at)
    if not call.caller.covers(facts["area_code"]):
        raise OutsideScope(facts["area_code"])
    require_admitted(known.admitted, facts["admission_item"], facts["area_code"], day)
    require_times(call.at, facts["due_at"], facts["remind_at"])
    require_series(facts["period"], facts["repeats_until"], facts["due_at"])
    known.require_targets(call.caller, facts["targets"], day)
    told = {"id": call.id, "issued_by": call.subject, "issued_at": call.at}
    order, event = TaskOrder.issue(**facts, **told)
    known.orders.known[order.id] = order
    return Done(order, event)


@operation(ITEMS, permission="task.issue", creates=True, given=given, locks=True)
def give_task(_: None, body: schemas.GiveIn, known: Orders, call: Call) -> Done[TaskItem]:
    """Give one target its part of a task; a part is given once."""
    return given_part(body, known, call)


def given_part(body: schemas.GiveIn, known: Orders, call: Call) -> Done[TaskItem]:
    target = known.target(body.order_id, body.place)
    order = known.require(body.order_id)
    item = TaskItem(
        id=call.id,
        area_code=target.area_code,
        correlation_id=order.correlation_id,
        occurred_at=call.at,
        order_id=order.id,
        place=body.place,
        title=order.title,
        target_kind=target.kind,
        target_id=target.id,
        subject=target.subject,
        given_at=call.at,
        due_at=order.due_at,
        remind_at=order.remind_at,
    )
    return Done(item, item.snapshot())


@operation(ITEMS, permission="task.do", step=Step.READ)
def read_task(item: TaskItem, body: schemas.StepIn, _: None, call: Call) -> Done[TaskItem]:
    """Sign for a task (签收)."""
    require_theirs(call.caller, item, Step.READ)
    return Done(item, item.read(at=call.at))


@operation(ITEMS, permission="task.do", step=Step.START)
def start_task(item: TaskItem, body: schemas.StepIn, _: None, call: Call) -> Done[TaskItem]:
    """Begin, or begin again what was rejected."""
    require_theirs(call.caller, item, Step.START)
    return Done(item, item.start(at=call.at))


@operation(ITEMS, permission="task.do", step=Step.SUBMIT, given=forms)
def submit_task(
    item: TaskItem, body: schemas.SubmitIn, known: dict[UUID, list[FormField]], call: Call
) -> Done[TaskItem]:
    """Say that it is done (反馈), as its form asks."""
    require_theirs(call.caller, item, Step.SUBMIT)
    item.check(Step.SUBMIT, call.subject)
    require_answers(known[item.id], body.answers)
    return Done(item, item.submit(body.answers, by=call.subject, at=call.at))


@operation(ITEMS, permission="task.judge", step=Step.ACCEPT)
def accept_task(item: TaskItem, body: schemas.StepIn, _: None, call: Call) -> Done[TaskItem]:
    """Accept what was submitted (通过)."""
    require_theirs(call.caller, item, Step.ACCEPT)
    return Done(item, item.accept(at=call.at))


@operation(ITEMS, permission="task.judge", step=Step.REJECT)
def reject_task(item: TaskItem, body: schemas.RejectIn, _: None, call: Call) -> Done[TaskItem]:
    """Send it back (退回), to be done again."""
    require_theirs(call.caller, item, Step.REJECT)
    return Done(item, item.reject(body.opinion, at=call.at))


@operation(ITEMS, permission="clock.fire", overdue=True)
def record_task_clock(item: TaskItem, body: Passed, _: None, call: Call) -> Done[TaskItem] | None:
    """A deadline or a reminder of the task has passed. Only the sweeper does this."""
    event = item.passed(body.kind, at=call.at)
    return Done(item, event) if event else None
