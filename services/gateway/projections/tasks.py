"""The grid service's figures of tasks: parts given, parts due, and how many of these are accepted."""

from collections.abc import Iterator

from services.contracts import grid_tasks
from services.contracts.grid_tasks import AdmissionItemSnapshot, TaskItemSnapshot, TaskOrderSnapshot
from services.gateway.projections.cards import (
    Entry,
    Projection,
    by_clock,
    day_of,
    due_day,
    evolved,
    nothing,
    replaced,
)


def apply_order(
    card: TaskOrderSnapshot | None, event: grid_tasks.TaskOrderFact
) -> TaskOrderSnapshot:
    match event:
        case TaskOrderSnapshot():
            return event
        case grid_tasks.TaskOrderRoundDue():
            return by_clock(card, event)
        case grid_tasks.TaskOrderEnded():
            return evolved(card, event)
    raise ValueError(f"no such event of a task: {event.type}")


def apply(card: TaskItemSnapshot | None, event: grid_tasks.TaskItemFact) -> TaskItemSnapshot:
    match event:
        case TaskItemSnapshot():
            return event
        case grid_tasks.TaskItemExpired():
            return by_clock(card, event, expired_at=event.occurred_at)
        case grid_tasks.TaskItemReminded():
            return by_clock(card, event, reminded_at=event.occurred_at)
    raise ValueError(f"no such event of a task: {event.type}")


def entries(card: TaskItemSnapshot) -> Iterator[Entry]:
    """It is due on its day, whether it was done or not; only what was accepted is complete."""
    area, due = card.area_code, due_day(card.due_at)
    yield Entry("tasks_given", area, day_of(card.given_at), dimension=card.target_kind)
    yield Entry("tasks_due", area, due)
    if card.accepted_at:
        yield Entry("tasks_due_accepted", area, due)


PROJECTIONS = (
    Projection("grid", "admission_item", AdmissionItemSnapshot, replaced, nothing),
    Projection("grid", "task_order", TaskOrderSnapshot, apply_order, nothing),
    Projection("grid", "task_item", TaskItemSnapshot, apply, entries),
)
