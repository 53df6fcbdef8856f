"""Opening and settling visit tasks: what reports and visits bring about, and what time does."""

from services.chassis.deadlines.sweeper import Passed
from services.chassis.operation import Call, Done, operation
from services.grid.visit_tasks import schemas
from services.grid.visit_tasks.models import VisitTask
from services.grid.visit_tasks.queries import VISIT_TASKS, Opening, Standing, opening, standing


@operation(VISIT_TASKS, permission="visit_task.open", creates=True, given=opening)
def open_visit_task(
    _: None, body: schemas.TaskIn, given: Opening, call: Call
) -> Done[VisitTask] | None:
    """A report of an occasion of 四必到 on a linked household has its member go there. Only the subscription does
    this."""
    occasion, area = given.occasions.get(body.category), given.areas.get(body.household_id)
    if occasion is None or area is None:
        return None
    return Done(
        *VisitTask.open(
            id=call.id,
            correlation_id=body.correlation_id,
            area_code=area,
            household_id=body.household_id,
            report_id=body.report_id,
            occasion=occasion,
            opened_at=call.at,
            due_at=given.due(area, call.at),
        )
    )


@operation(VISIT_TASKS, permission="visit_task.open", given=standing)
def settle_visit_task(
    task: VisitTask, body: schemas.SettleIn, given: Standing, call: Call
) -> Done[VisitTask] | None:
    """The household was visited, or a visit of it was none after all: by the visits that stand, in whatever order one
    hears of them. Only the subscription does this."""
    event = task.settle(given.get(task.id), at=call.at)
    return Done(task, event) if event else None


@operation(VISIT_TASKS, permission="clock.fire", overdue=True)
def record_visit_task_overdue(
    task: VisitTask, body: Passed, _: None, call: Call
) -> Done[VisitTask] | None:
    """Nobody has been there in time. Only the sweeper does this."""
    event = task.overdue(at=call.at)
    return Done(task, event) if event else None
