"""The grid service's figures: reports filed, accepted, closed, and closed on time."""

from collections.abc import Iterator

from services.contracts import grid
from services.contracts.grid import AreaSnapshot, OrganisationSnapshot, ReportSnapshot
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

NOT_COUNTED = {"DUPLICATE", "INVALID"}


def apply(card: ReportSnapshot | None, event: grid.ReportFact) -> ReportSnapshot:
    at = event.occurred_at
    match event:
        case ReportSnapshot():
            return event
        case grid.ReportReported():
            return ReportSnapshot(**event.model_dump(), status="REPORTED", reported_at=at)
        case grid.ReportReturned():
            return evolved(card, event, status="RETURNED")
        case grid.ReportResubmitted():
            due = event.accept_due_at
            return evolved(
                card, event, status="REPORTED", accept_due_at=due, accept_overdue_at=None
            )
        case grid.ReportAccepted():
            due = event.resolve_due_at
            return evolved(card, event, status="ACCEPTED", accepted_at=at, resolve_due_at=due)
        case grid.ReportAssigned():
            return evolved(card, event, status="ASSIGNED", organisation=event.organisation)
        case grid.ReportProcessingStarted():
            return evolved(card, event, status="PROCESSING")
        case grid.ReportResolved():
            return evolved(card, event, status="RESOLVED", resolved_at=at)
        case grid.ReportVerified():
            return evolved(card, event, status="VERIFIED", verified_at=at)
        case grid.ReportClosed():
            return evolved(card, event, status="CLOSED", closed_at=at)
        case grid.ReportCancelled():
            reason = event.reason
            return evolved(card, event, status="CANCELLED", cancelled_at=at, cancel_reason=reason)
        case grid.ReportOverdue():
            return by_clock(card, event, **{f"{event.clock}_overdue_at": at})
        case grid.ReportDeadlineSet():
            return by_clock(card, event, **{f"{event.clock}_due_at": event.due_at})
    raise ValueError(f"no such event of a report: {event.type}")


def entries(card: ReportSnapshot) -> Iterator[Entry]:
    """A report cancelled as a duplicate or as invalid was never filed; a cancelled one owes no closing."""
    if card.cancel_reason in NOT_COUNTED:
        return
    area, finder = card.area_code, card.finder
    yield Entry("reports_filed", area, day_of(card.reported_at), dimension=finder)
    if card.accepted_at:
        yield Entry("reports_accepted", area, day_of(card.accepted_at))
    if card.closed_at:
        yield Entry("reports_closed", area, day_of(card.closed_at))
    if card.resolve_due_at and not card.cancelled_at:
        due = due_day(card.resolve_due_at)
        yield Entry("reports_due", area, due)
        if card.closed_at and card.closed_at <= card.resolve_due_at:
            yield Entry("reports_due_closed_on_time", area, due)


PROJECTIONS = (
    Projection("grid", "area", AreaSnapshot, replaced, nothing),
    Projection("grid", "organisation", OrganisationSnapshot, replaced, nothing),
    Projection("grid", "report", ReportSnapshot, apply, entries),
)
