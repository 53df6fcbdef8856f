"""The disputes service's figures: cases registered and settled, batches and persons received."""

from collections.abc import Iterator

from services.contracts import disputes
from services.contracts.codes_disputes import Ground, Outcome
from services.contracts.disputes import CaseSnapshot, ReceptionSnapshot, ServiceGroupSnapshot
from services.gateway.projections.cards import (
    Entry,
    Projection,
    by_clock,
    day_of,
    due_day,
    evolved,
    nothing,
)
from services.gateway.projections.grid import NOT_COUNTED


def apply_case(card: CaseSnapshot | None, event: disputes.CaseFact) -> CaseSnapshot:
    at = event.occurred_at
    match event:
        case CaseSnapshot():
            return event
        case disputes.CaseRegistered():
            return _registered(event)
        case disputes.CaseDescribed():
            return evolved(card, event, case_type=event.case_type)
        case disputes.CasePartiesSet() | disputes.CaseMediationStarted():
            return _moved(card, event)
        case disputes.CaseAccepted():
            due = event.mediate_due_at
            return evolved(card, event, status="ACCEPTED", accepted_at=at, mediate_due_at=due)
        case disputes.CaseDeadlineSet():
            return by_clock(card, event, mediate_due_at=event.mediate_due_at)
        case disputes.CaseAgreed():
            since = event.effective_at
            return evolved(card, event, status="AGREED", agreed_at=at, effective_at=since)
        case disputes.CaseAgreementSigned():
            return evolved(card, event, effective_at=event.effective_at)
        case disputes.CasePerformed():
            return evolved(card, event, status="PERFORMED", performed_at=at)
        case disputes.CaseTerminated():
            return evolved(
                card,
                event,
                status="TERMINATED",
                terminated_at=at,
                ground=event.ground,
                reason=event.reason,
            )
        case disputes.CaseEnded():
            return evolved(card, event, status="CLOSED", closed_at=at)
        case disputes.CaseOverdue():
            return by_clock(card, event, overdue_at=at)
    raise ValueError(f"no such event of a case: {event.type}")


def _registered(event: disputes.CaseRegistered) -> CaseSnapshot:
    unknown = dict.fromkeys(name for name in CaseSnapshot.model_fields if name.endswith("_at"))
    told = {**unknown, **event.model_dump(), "registered_at": event.occurred_at}
    told |= {"status": "REGISTERED", "ground": None, "reason": None}
    return CaseSnapshot.model_validate(told)


def _moved(
    card: CaseSnapshot | None, event: disputes.CasePartiesSet | disputes.CaseMediationStarted
) -> CaseSnapshot:
    started = isinstance(event, disputes.CaseMediationStarted)
    return evolved(card, event, **({"status": "MEDIATING"} if started else {}))


def case_entries(card: CaseSnapshot) -> Iterator[Entry]:
    """Settled on the day on which the agreement took effect. The mediation's due cohort is dated on its
    deadline; a case that a cancelled report ended owes no settlement. If that report was a duplicate or
    invalid, it was never filed, and its case counts nowhere; a case that was agreed or had ended before its
    report was cancelled counts as it stands."""
    if card.reason in NOT_COUNTED:
        return
    area, finder = card.area_code, card.finder
    yield Entry("cases_registered", area, day_of(card.registered_at), dimension=finder)
    if card.accepted_at:
        yield Entry("cases_accepted", area, day_of(card.accepted_at))
    if card.effective_at:
        yield Entry("cases_settled", area, day_of(card.effective_at), dimension=finder)
    if card.terminated_at:
        yield Entry("cases_terminated", area, day_of(card.terminated_at))
    if card.closed_at:
        yield Entry("cases_closed", area, day_of(card.closed_at))
    if card.mediate_due_at and card.ground is not Ground.REPORT_CANCELLED:
        due, finished = due_day(card.mediate_due_at), card.agreed_at or card.terminated_at
        yield Entry("cases_due", area, due)
        if finished and finished <= card.mediate_due_at:
            yield Entry("cases_due_finished_on_time", area, due)


def apply_reception(
    card: ReceptionSnapshot | None, event: disputes.ReceptionFact
) -> ReceptionSnapshot:
    match event:
        case ReceptionSnapshot():
            return event
        case disputes.ReceptionRecorded():
            told = event.model_dump() | {"received_at": event.occurred_at}
            return ReceptionSnapshot.model_validate(told)
        case disputes.ReceptionCaseLinked():
            outcome = Outcome.REGISTERED_DISPUTE
            return evolved(card, event, case_id=event.case_id, outcome=outcome)
    raise ValueError(f"no such event of a reception: {event.type}")


def reception_entries(card: ReceptionSnapshot) -> Iterator[Entry]:
    """接待批次 and 人次: who comes twice counts twice."""
    day = day_of(card.received_at)
    yield Entry("reception_batches", card.area_code, day)
    yield Entry("persons_received", card.area_code, day, card.heads)


def apply_group(
    card: ServiceGroupSnapshot | None, event: disputes.ServiceGroupFact
) -> ServiceGroupSnapshot:
    day = day_of(event.occurred_at)
    match event:
        case ServiceGroupSnapshot():
            return event
        case disputes.ServiceGroupFormed():
            told = event.model_dump() | {"status": "ACTIVE", "formed_on": day, "dissolved_on": None}
            return ServiceGroupSnapshot.model_validate(told)
        case disputes.ServiceGroupMembersChanged():
            return evolved(card, event, agencies=event.agencies)
        case disputes.ServiceGroupDissolved():
            return evolved(card, event, status="DISSOLVED", dissolved_on=day)
    raise ValueError(f"no such event of a service group: {event.type}")


PROJECTIONS: tuple[Projection, ...] = (
    Projection("disputes", "case", CaseSnapshot, apply_case, case_entries),
    Projection("disputes", "reception", ReceptionSnapshot, apply_reception, reception_entries),
    Projection("disputes", "service_group", ServiceGroupSnapshot, apply_group, nothing),
)
