"""The inspection service's figures: files and their coverage, reports, hazards, and the stocks of ratings."""

from collections.abc import Collection, Iterator
from datetime import datetime
from itertools import zip_longest

from services.contracts import inspection
from services.contracts.codes_inspection import EnterpriseStatus
from services.contracts.inspection import (
    CheckupReportSnapshot,
    EnterpriseSnapshot,
    HazardSnapshot,
    RatingFact,
    StatusFact,
)
from services.gateway.projections.cards import Entry, Projection, by_clock, day_of, evolved

HERE = {EnterpriseStatus.OPERATING, EnterpriseStatus.SUSPENDED}
OPERATING = {EnterpriseStatus.OPERATING}


def apply_enterprise(
    card: EnterpriseSnapshot | None, event: inspection.EnterpriseFact
) -> EnterpriseSnapshot:
    at = event.occurred_at
    match event:
        case EnterpriseSnapshot():
            return event
        case inspection.EnterpriseRegistered():
            return _registered(event)
        case inspection.SafetyFileOpened():
            return evolved(card, event, file_opened_at=at)
        case inspection.EnterpriseStatusChanged():
            return _status_changed(card, event)
        case inspection.EnterpriseRated():
            return evolved(card, event, **_rated(card, RatingFact(colour=event.colour, at=at)))
    raise ValueError(f"no such event of an enterprise: {event.type}")


def _registered(event: inspection.EnterpriseRegistered) -> EnterpriseSnapshot:
    first = StatusFact(status=EnterpriseStatus.OPERATING, at=event.occurred_at)
    return EnterpriseSnapshot(
        **event.model_dump(),
        registered_at=event.occurred_at,
        file_opened_at=None,
        status=first.status,
        statuses=[first],
        colour=None,
        ratings=[],
    )


def _status_changed(
    card: EnterpriseSnapshot | None, event: inspection.EnterpriseStatusChanged
) -> EnterpriseSnapshot:
    at, known = event.occurred_at, card.statuses if card else []
    statuses = [*known, StatusFact(status=event.status, at=at)]
    unrated = _rated(card, RatingFact(colour=None, at=at)) if event.unrated else {}
    return evolved(card, event, status=event.status, statuses=statuses, **unrated)


def _rated(card: EnterpriseSnapshot | None, fact: RatingFact) -> dict[str, object]:
    return {"colour": fact.colour, "ratings": [*(card.ratings if card else []), fact]}


def enterprise_entries(card: EnterpriseSnapshot) -> Iterator[Entry]:
    """Stocks: files of enterprises that have not left; industrial enterprises in operation, and those of
    them that have a file; enterprises of each colour. A change back and forth within a day leaves nothing."""
    opened = card.file_opened_at
    if opened:
        yield from _stock("enterprises_on_file", card, HERE, opened)
    if card.is_industrial:
        yield from _stock("industrial_operating", card, OPERATING, card.registered_at)
        if opened:
            yield from _stock("industrial_on_file", card, OPERATING, opened)
    for fact, following in zip_longest(card.ratings, card.ratings[1:]):
        if fact.colour:
            metric = f"ratings_{fact.colour.lower()}"
            yield Entry(metric, card.area_code, day_of(fact.at))
            if following:
                yield Entry(metric, card.area_code, day_of(following.at), -1)


def _stock(
    metric: str, card: EnterpriseSnapshot, within: Collection[EnterpriseStatus], since: datetime
) -> Iterator[Entry]:
    """The times after `since` at which the status was one of `within`."""
    for fact, following in zip_longest(card.statuses, card.statuses[1:]):
        start = max(fact.at, since)
        if fact.status not in within or (following and following.at < start):
            continue
        yield Entry(metric, card.area_code, day_of(start))
        if following:
            yield Entry(metric, card.area_code, day_of(following.at), -1)


def apply_hazard(card: HazardSnapshot | None, event: inspection.HazardFact) -> HazardSnapshot:
    at = event.occurred_at
    match event:
        case HazardSnapshot():
            return event
        case inspection.HazardFound():
            return _found(event)
        case inspection.HazardNotified():
            due = event.rectify_due_at
            return evolved(card, event, status="NOTIFIED", notified_at=at, rectify_due_at=due)
        case inspection.RectificationPlanned():
            told = event.model_dump(include={"rectify_due_at", "rectify_overdue_at"})
            return evolved(card, event, status="RECTIFYING", planned_at=at, **told)
        case inspection.RectificationSubmitted():
            return evolved(card, event, status="SUBMITTED", submitted_at=at)
        case inspection.HazardReviewConfirmed():
            return evolved(card, event)
        case inspection.HazardReviewPassed():
            return evolved(card, event, status="PASSED", passed_at=at)
        case inspection.HazardReviewFailed():
            return _failed(card, event)
        case inspection.HazardClosed():
            return evolved(card, event, status="CLOSED", closed_at=at)
        case inspection.HazardVoided():
            return evolved(card, event, status="VOID", voided_at=at)
        case inspection.HazardDeadlineSet():
            return by_clock(card, event, rectify_due_at=event.rectify_due_at)
        case inspection.HazardOverdue():
            return by_clock(card, event, rectify_overdue_at=at)
    raise ValueError(f"no such event of a hazard: {event.type}")


def _found(event: inspection.HazardFound) -> HazardSnapshot:
    unknown = dict.fromkeys(name for name in HazardSnapshot.model_fields if name.endswith("_at"))
    told = {**unknown, **event.model_dump(), "round": 1, "found_at": event.occurred_at}
    return HazardSnapshot.model_validate(told | {"status": "FOUND"})


def _failed(card: HazardSnapshot | None, event: inspection.HazardReviewFailed) -> HazardSnapshot:
    return evolved(
        card,
        event,
        status="RECTIFYING",
        round=event.round,
        submitted_at=None,
        rectify_due_at=event.rectify_due_at,
        rectify_overdue_at=None,
    )


def hazard_entries(card: HazardSnapshot) -> Iterator[Entry]:
    """A hazard whose record was void was never found."""
    if card.voided_at:
        return
    yield Entry("hazards_found", card.area_code, day_of(card.found_at))
    if card.closed_at:
        yield Entry("hazards_closed", card.area_code, day_of(card.closed_at))


def apply_report(
    card: CheckupReportSnapshot | None, event: inspection.CheckupReportFact
) -> CheckupReportSnapshot:
    at = event.occurred_at
    match event:
        case CheckupReportSnapshot():
            return event
        case inspection.CheckupReportIssued():
            return CheckupReportSnapshot(
                **event.model_dump(), edition=1, issued_at=at, corrected_at=None
            )
        case inspection.CheckupReportSuperseded():
            told = event.model_dump(include={"edition", "hazards", "colour_after"})
            return evolved(card, event, corrected_at=at, **told)
    raise ValueError(f"no such event of a check-up report: {event.type}")


def report_entries(card: CheckupReportSnapshot) -> Iterator[Entry]:
    """However many editions: one report, on the day of its first."""
    yield Entry("reports_issued", card.area_code, day_of(card.issued_at))


PROJECTIONS = (
    Projection(
        "inspection", "enterprise", EnterpriseSnapshot, apply_enterprise, enterprise_entries
    ),
    Projection("inspection", "hazard", HazardSnapshot, apply_hazard, hazard_entries),
    Projection("inspection", "checkup_report", CheckupReportSnapshot, apply_report, report_entries),
)
