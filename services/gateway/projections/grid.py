"""The grid service's figures: reports filed, accepted, closed, and closed on time."""

from collections.abc import Iterator

from services.contracts import grid, grid_reports
from services.contracts.codes_grid import CloseKind, Finder
from services.contracts.event import Event
from services.contracts.grid import AreaSnapshot, OrganisationSnapshot, ReportSnapshot
from services.contracts.grid_reports import (
    ReportMoved,
    ReportReopened,
    ReportSelfChecked,
    ReportWarned,
)
from services.gateway.projections import indicators
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
            told = event.model_dump(include={"organisation", "assisting", "sign_due_at"})
            return evolved(card, event, status="ASSIGNED", sign_overdue_at=None, **told)
        case grid.ReportProcessingStarted():
            return evolved(card, event, status="PROCESSING")
        case grid.ReportResolved():
            told = event.model_dump(include={"verify_due_at", "handling_minutes"})
            told |= {"resolved_at": at, "verify_overdue_at": None}
            return evolved(card, event, status="RESOLVED", **told)
        case grid.ReportVerified():
            return evolved(card, event, status="VERIFIED", verified_at=at)
        case grid.ReportClosed():
            kind = event.close_kind
            return evolved(card, event, status="CLOSED", closed_at=at, close_kind=kind)
        case grid.ReportCancelled():
            told = event.model_dump(include={"duplicate_of", "credited"})
            told |= {"cancelled_at": at, "cancel_reason": event.reason}
            return evolved(card, event, status="CANCELLED", **told)
        case grid_reports.ReportDescribed():
            return evolved(card, event, subcategory=event.subcategory)
        case grid.ReportOverdue():
            return by_clock(card, event, **{f"{event.clock}_overdue_at": at})
        case grid.ReportDeadlineSet():
            return by_clock(card, event, **{f"{event.clock}_due_at": event.due_at})
        case ReportWarned():
            return by_clock(card, event)
        case ReportMoved():
            return moved(card, event)
    raise ValueError(f"no such event of a report: {event.type}")


OPEN_AGAIN = dict.fromkeys(
    ("resolved_at", "verified_at", "closed_at", "close_kind", "handling_minutes")
)


def moved(card: ReportSnapshot | None, event: ReportMoved) -> ReportSnapshot:
    """What such an event tells is what the card says; a deadline that moved is not overdue."""
    told = {
        n: v for n, v in event if n in ReportSnapshot.model_fields and n not in Event.model_fields
    }
    for clock in ("sign", "resolve"):
        due = f"{clock}_due_at"
        if card and due in told and told[due] != getattr(card, due):
            told[f"{clock}_overdue_at"] = None
    if isinstance(event, ReportReopened) or (
        isinstance(event, ReportSelfChecked) and not event.closed_at
    ):
        told |= OPEN_AGAIN | {"resolve_overdue_at": None}
    return evolved(card, event, **told)


def entries(card: ReportSnapshot) -> Iterator[Entry]:
    """A report cancelled as a duplicate or as invalid was never filed; a cancelled one owes no closing. Whoever reported
    what was merged is credited all the same, each once for a matter. A sensitive one counts as found by others: what
    kind of person told of it could be worked out from a grid's numbers of a day."""
    area, finder = card.area_code, Finder.OTHER if card.told_apart else card.finder
    if card.credited or card.cancel_reason not in NOT_COUNTED:
        yield Entry("reporters_credited", area, day_of(card.reported_at), dimension=finder)
    if card.cancel_reason in NOT_COUNTED:
        yield Entry(
            "reports_not_counted", area, day_of(card.reported_at), 1, str(card.cancel_reason)
        )
        return
    yield from indicators.entries(card)
    yield Entry("reports_filed", area, day_of(card.reported_at), dimension=finder)
    if card.accepted_at:
        yield Entry("reports_accepted", area, day_of(card.accepted_at))
        if card.escalations:
            yield Entry("reports_escalated", area, day_of(card.accepted_at))
    if card.verified_at:
        yield Entry("reports_verified", area, day_of(card.verified_at))
        if card.rework_count:
            yield Entry("reports_reworked", area, day_of(card.verified_at))
    if card.closed_at:
        yield Entry("reports_closed", area, day_of(card.closed_at))
        if card.close_kind is CloseKind.SELF:
            yield Entry("reports_self_handled", area, day_of(card.closed_at))
    if card.evaluated_at:
        yield Entry("reports_evaluated", area, day_of(card.evaluated_at))
        if card.satisfied:
            yield Entry("reports_satisfied", area, day_of(card.evaluated_at))
    yield from _suspended(card)
    if card.resolve_due_at and not card.cancelled_at and card.status != "SUSPENDED":
        due = due_day(card.resolve_due_at)
        yield Entry("reports_due", area, due)
        if card.extensions:
            yield Entry("reports_due_extended", area, due)
        if card.closed_at and indicators.is_in_time(card, "resolve", card.closed_at):
            yield Entry("reports_due_closed_on_time", area, due)


def _suspended(card: ReportSnapshot) -> Iterator[Entry]:
    for started, ended in ((s.started_at, s.ended_at) for s in card.suspensions):
        yield Entry("reports_suspended", card.area_code, day_of(started))
        if ended:
            yield Entry("reports_suspended", card.area_code, day_of(ended), -1)


PROJECTIONS = (
    Projection("grid", "area", AreaSnapshot, replaced, nothing),
    Projection("grid", "organisation", OrganisationSnapshot, replaced, nothing),
    Projection("grid", "report", ReportSnapshot, apply, entries),
)
