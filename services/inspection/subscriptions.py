"""What the inspection service does when others tell something."""

from services.chassis.consumer import Cause, Subscriptions
from services.chassis.erasure.erasing import erasures, order
from services.chassis.operation import Item
from services.contracts.codes_grid import Category
from services.contracts.codes_inspection import Domain
from services.contracts.grid import ReportAccepted
from services.contracts.grid_subjects import SubjectErased
from services.contracts.inspection import hazard_id_of
from services.inspection.hazards.operations import find_hazard_by_report
from services.inspection.hazards.schemas import ReferralIn

ERASURES = erasures("inspection")
DOMAINS = {Category.FIRE_SAFETY: Domain.FIRE, Category.WORK_SAFETY: Domain.OTHER}


def open_the_hazard(event: ReportAccepted, cause: Cause) -> Item | None:
    """An accepted report of a safety matter that names an enterprise becomes a hazard."""
    if event.enterprise_id is None or event.category not in DOMAINS:
        return None
    body = ReferralIn(
        occurred_at=event.occurred_at,
        area_code=event.area_code,
        enterprise_id=event.enterprise_id,
        domain=DOMAINS[event.category],
        report_id=cause.aggregate_id,
        correlation_id=event.correlation_id,
    )
    return Item(find_hazard_by_report, hazard_id_of(cause.aggregate_id), body, cause.key)


def erase_the_person(event: SubjectErased, cause: Cause) -> Item:
    """Somebody's request for erasure was granted."""
    return order(ERASURES, event, cause)


SUBSCRIPTIONS: Subscriptions = {
    ReportAccepted: open_the_hazard,
    SubjectErased: erase_the_person,
}
