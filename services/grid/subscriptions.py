"""What the grid service does when others tell something."""

from services.chassis.consumer import Cause, Subscriptions
from services.chassis.erasure.erasing import erasures, order
from services.chassis.operation import Item
from services.contracts import disputes, grid, inspection, training
from services.contracts.codes_privacy import Keeper
from services.contracts.disputes import CaseEnded
from services.contracts.grid_subjects import SubjectErased
from services.contracts.privacy import ErasureConfirmed
from services.grid.reports.operations import resolve_report_by_case
from services.grid.reports.schemas import StepIn
from services.grid.subject_requests.operations import record_erasure
from services.grid.subject_requests.schemas import ConfirmationIn

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


SUBSCRIPTIONS: Subscriptions = {
    CaseEnded: resolve_the_report,
    SubjectErased: erase_the_person,
    **{
        service.ErasureConfirmed: record_the_erasure
        for service in (grid, disputes, inspection, training)
    },
}
