"""What the grid service does when others tell something."""

from datetime import date

from services.chassis.consumer import Cause, Subscriptions
from services.chassis.deadlines.calendar import local_week
from services.chassis.erasure.erasing import erasures, order
from services.chassis.operation import Item
from services.contracts import disputes, grid, inspection, training
from services.contracts.codes_privacy import Keeper
from services.contracts.disputes import CaseEnded
from services.contracts.event import Event
from services.contracts.grid import ReportReported
from services.contracts.grid_people import DutyWeekSnapshot, VisitSnapshot
from services.contracts.grid_subjects import SubjectErased
from services.contracts.grid_tasks import TaskOrderRoundDue
from services.contracts.privacy import ErasureConfirmed
from services.grid.duty.models import duty_week_id
from services.grid.duty.operations import open_duty_week
from services.grid.duty.rules import LATEST_ENTRY, WEEK, week_of
from services.grid.duty.schemas import CountIn
from services.grid.reports.operations import resolve_report_by_case
from services.grid.reports.schemas import StepIn
from services.grid.subject_requests.operations import record_erasure
from services.grid.subject_requests.schemas import ConfirmationIn
from services.grid.tasks.issuing import item_id
from services.grid.tasks.rounds import give_next_task, issue_next_round, next_id
from services.grid.tasks.schemas import GiveIn, RepeatIn
from services.grid.visit_tasks.models import task_id_of
from services.grid.visit_tasks.operations import open_visit_task, settle_visit_task
from services.grid.visit_tasks.schemas import SettleIn, TaskIn

ERASURES = erasures("grid")


def resolve_the_report(event: CaseEnded, cause: Cause) -> Item | None:
    """The end of a case that came from a report resolves the report."""
    if event.report_id is None:
        return None
    body = StepIn(occurred_at=event.occurred_at)
    return Item(resolve_report_by_case, event.report_id, body, cause.key)


def erase_the_person(event: SubjectErased, cause: Cause) -> Item:
    """Grid, too, erases what it holds: the very request does not keep who asked."""
    return order(ERASURES, event, cause)


def record_the_erasure(event: ErasureConfirmed, cause: Cause) -> Item:
    """A service has erased what it held of the person of a request."""
    body = ConfirmationIn(
        occurred_at=event.occurred_at,
        keeper=Keeper(event.topic.split(".")[1]),
        erased=event.erased,
        held=event.held,
        rules=event.rules,
    )
    return Item(record_erasure, cause.aggregate_id, body, cause.key)


def have_it_visited(event: ReportReported, cause: Cause) -> Item | None:
    """Somebody reports what concerns a household: who is linked with it may have to go there. Of a sensitive report
    no neighbour learns, not even by a task."""
    if event.household_id is None or event.told_apart:
        return None
    body = TaskIn(
        occurred_at=event.occurred_at,
        household_id=event.household_id,
        report_id=cause.aggregate_id,
        correlation_id=event.correlation_id,
        category=event.category,
    )
    return Item(open_visit_task, task_id_of(cause.aggregate_id), body, cause.key)


def follow_a_visit(event: VisitSnapshot, cause: Cause) -> Item | None:
    """It settles a visit task, or no longer does; or it may be the first of its week in the township."""
    if event.task_id:
        body = SettleIn(occurred_at=event.occurred_at)
        return Item(settle_visit_task, event.task_id, body, cause.key)
    return _counted(event, local_week(event.visited_at), cause)


def count_the_next_week(event: DutyWeekSnapshot, cause: Cause) -> Item | None:
    """A week that is over is followed by one that is counted, also where nobody visits. One of history is not."""
    monday = local_week(event.occurred_at)
    if not event.starts_on < monday <= event.starts_on + LATEST_ENTRY + WEEK:
        return None
    return _counted(event, monday, cause)


def issue_the_next_round(event: TaskOrderRoundDue, cause: Cause) -> list[Item]:
    """A task comes again: the round, and each target's part of it."""
    order, at = next_id(cause.aggregate_id), event.occurred_at
    body = RepeatIn(order_id=cause.aggregate_id, occurred_at=at)
    items = [Item(issue_next_round, order, body, cause.key)]
    for place in range(1, event.targets + 1):
        part = GiveIn(order_id=order, place=place, occurred_at=at)
        items.append(Item(give_next_task, item_id(order, place), part, f"{cause.key}/{place}"))
    return items


def _counted(event: Event, monday: date, cause: Cause) -> Item:
    township = event.area_code[:9]
    body = CountIn(area_code=township, week=week_of(monday))
    return Item(open_duty_week, duty_week_id(township, monday), body, cause.key)


SUBSCRIPTIONS: Subscriptions = {
    ReportReported: have_it_visited,
    VisitSnapshot: follow_a_visit,
    DutyWeekSnapshot: count_the_next_week,
    TaskOrderRoundDue: issue_the_next_round,
    CaseEnded: resolve_the_report,
    SubjectErased: erase_the_person,
    **{
        service.ErasureConfirmed: record_the_erasure
        for service in (grid, disputes, inspection, training)
    },
}
