"""What the disputes service does when others tell something."""

from services.chassis.consumer import Cause, Subscriptions
from services.chassis.erasure.erasing import erasures, order
from services.chassis.operation import Item
from services.contracts.codes_disputes import ReportCancelReason
from services.contracts.codes_grid import Category
from services.contracts.disputes import case_id_of
from services.contracts.grid import ReportAccepted, ReportCancelled
from services.contracts.grid_subjects import SubjectErased
from services.disputes.cases.operations import register_referred_case, withdraw_case_of_report
from services.disputes.cases.schemas import ReferralIn, WithdrawalIn

ERASURES = erasures("disputes")


def register_the_case(event: ReportAccepted, cause: Cause) -> Item | None:
    """An accepted dispute report becomes a case, without parties."""
    if event.category is not Category.DISPUTE:
        return None
    body = ReferralIn(
        occurred_at=event.occurred_at,
        area_code=event.area_code,
        report_id=cause.aggregate_id,
        correlation_id=event.correlation_id,
        finder=event.finder,
    )
    return Item(register_referred_case, case_id_of(cause.aggregate_id), body, cause.key)


def withdraw_the_case(event: ReportCancelled, cause: Cause) -> Item | None:
    """The case of a cancelled report has nothing left to mediate."""
    if event.category is not Category.DISPUTE:
        return None
    body = WithdrawalIn(
        occurred_at=event.occurred_at,
        report_id=cause.aggregate_id,
        reason=ReportCancelReason(event.reason),
    )
    return Item(withdraw_case_of_report, case_id_of(cause.aggregate_id), body, cause.key)


def erase_the_person(event: SubjectErased, cause: Cause) -> Item:
    """Somebody's request for erasure was granted."""
    return order(ERASURES, event, cause)


SUBSCRIPTIONS: Subscriptions = {
    ReportAccepted: register_the_case,
    ReportCancelled: withdraw_the_case,
    SubjectErased: erase_the_person,
}
