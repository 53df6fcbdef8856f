"""What the grid service does when others tell something."""

from services.chassis.consumer import Cause, Subscriptions
from services.chassis.operation import Item
from services.contracts.disputes import CaseEnded
from services.grid.reports.operations import resolve_report_by_case
from services.grid.reports.schemas import StepIn


def resolve_the_report(event: CaseEnded, cause: Cause) -> Item | None:
    """The end of a case that came from a report resolves the report."""
    if event.report_id is None:
        return None
    body = StepIn(occurred_at=event.occurred_at)
    return Item(resolve_report_by_case, event.report_id, body, cause.key)


SUBSCRIPTIONS: Subscriptions = {CaseEnded: resolve_the_report}
