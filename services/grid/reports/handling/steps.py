"""Steps of whoever deals with a report: escalation, deliveries, requests. Each changes the row and returns the event."""

from datetime import datetime

from services.chassis.deadlines.calendar import Calendar
from services.contracts import grid_reports as contract
from services.contracts.codes_grid import (
    ClockEntry,
    DeliveryState,
    Level,
    RequestState,
)
from services.contracts.grid import Suspension
from services.grid.reports.clocks.ledger import Started
from services.grid.reports.conditions import ASKS, DECIDES, require_timely
from services.grid.reports.handling.children import Request, Supervision
from services.grid.reports.handling.rules import (
    DemandedForThePast,
    SameOrganisation,
    above,
    require_extension,
    require_reset,
)
from services.grid.reports.lifecycle import Step
from services.grid.reports.models import Report
from services.grid.reports.rules import NotAssignedToYou


def escalate(
    report: Report, reason: str, to: Level | None, *, by: str, at: datetime
) -> contract.ReportEscalated:
    """上报上级: the level above owns it from now on; no deadline moves."""
    report.check(Step.ESCALATE, by)
    level = above(report.level, to, report.urgency)
    report.take(Step.ESCALATE, by)
    report.escalated_from = [*report.escalated_from, report.level]
    report.level, report.escalations = level, report.escalations + 1
    report.say(Step.ESCALATE, reason, by=by, at=at)
    told = {"level": level, "escalations": report.escalations}
    return contract.ReportEscalated(**report.facts(at), status=report.status, **told)


def take_up(report: Report, *, by: str, at: datetime) -> contract.ReportTakenUp:
    report.take(Step.TAKE_UP, by)
    return contract.ReportTakenUp(**report.facts(at), status=report.status, level=report.level)


def send_down(report: Report, reason: str, *, by: str, at: datetime) -> contract.ReportSentDown:
    """退回下级: to whoever escalated it last."""
    report.take(Step.SEND_DOWN, by)
    *report.escalated_from, report.level = report.escalated_from
    report.say(Step.SEND_DOWN, reason, by=by, at=at)
    return contract.ReportSentDown(**report.facts(at), status=report.status, level=report.level)


def answer(
    report: Report,
    step: Step,
    organisation: str | None,
    reason: str | None = None,
    *,
    by: str,
    at: datetime,
) -> contract.ReportDeliveryChanged:
    """An organisation has received it; or one that assists signs for it or refuses. No clock is theirs: none
    moves."""
    report.take(step, by)
    found = report.delivery(organisation)
    if found is None:
        raise NotAssignedToYou
    match step:
        case Step.RECEIVE:
            state, facts = DeliveryState.RECEIVED, {"received_at": at}
        case Step.JOIN:
            state, facts = DeliveryState.SIGNED, {"signed_at": at}
            report.handled(by)
        case _:
            state, facts = DeliveryState.REFUSED, {"refused_at": at}
            report.assisting = [o for o in report.assisting if o != organisation]
    report.delivered(found, state, reason=reason, **facts)
    told = {"delivered_to": found.organisation, "part": found.part, "delivery": state}
    return contract.ReportDeliveryChanged(
        **report.facts(at), status=report.status, **told, assisting=report.assisting
    )


def request(
    report: Report,
    step: Step,
    reason: str,
    *,
    by: str,
    at: datetime,
    calendar: Calendar,
    organisation: str | None = None,
    allowance: str | None = None,
) -> contract.ReportRequested:
    """退办、延期、缓办的申请. While a transfer is decided, the time to sign stands still; the deadline runs on."""
    require_timely(report, step, at)
    report.check(step, by)
    if allowance is not None:
        require_extension(report.course("resolve"), allowance)
    report.take(step, by)
    new = Request(
        kind=ASKS[step],
        by=by,
        asked_at=at,
        reason=reason,
        organisation=organisation,
        allowance=allowance,
    )
    report.requests = [*report.requests, new]
    if step is Step.REQUEST_TRANSFER:
        report.enter("sign", ClockEntry.PAUSED, at, calendar)
    told = {"request": new.kind, "sign_due_at": report.sign_due_at}
    return contract.ReportRequested(**report.facts(at), status=report.status, **told)


def transfer(
    report: Report, organisation: str, clock: Started, *, by: str, at: datetime, calendar: Calendar
) -> contract.ReportRequestDecided:
    """同意退办: another organisation leads, and gets the time back that the first one took."""
    report.check(Step.GRANT_TRANSFER, by)
    if organisation == report.organisation:
        raise SameOrganisation
    granted = decided(report, Step.GRANT_TRANSFER, by=by, at=at, organisation=organisation)
    if lead := report.delivery(report.organisation):
        report.delivered(lead, DeliveryState.REFUSED, refused_at=at, reason=granted.reason)
        report.enter("resolve", ClockEntry.RESTORED, at, calendar, since=lead.sent_at)
    report.assisting = [o for o in report.assisting if o != organisation]
    report.deliver(organisation, clock, at=at)
    return told(report, granted, at)


def decide(
    report: Report, step: Step, answer: str | None, *, by: str, at: datetime, calendar: Calendar
) -> contract.ReportRequestDecided:
    """同意延期、缓办, or what is refused: then all stays as it was, and the time to sign runs on."""
    request = decided(report, step, by=by, at=at, answer=answer)
    if step is Step.REFUSE_TRANSFER:
        report.enter("sign", ClockEntry.RESUMED, at, calendar)
    if step is Step.GRANT_EXTENSION:
        report.enter("resolve", ClockEntry.EXTENDED, at, calendar, allowance=request.allowance)
    if step is Step.SUSPEND:
        report.enter("resolve", ClockEntry.PAUSED, at, calendar)
        report.suspensions = [*report.suspensions, Suspension(started_at=at, ended_at=None)]
    return told(report, request, at)


def decided(report: Report, step: Step, *, by: str, at: datetime, **facts: str | None) -> Request:
    """The request that `step` decides on, with its decision."""
    report.check(step, by)
    asked = report.asked(DECIDES[step])
    report.take(step, by)
    grants = step in (Step.GRANT_TRANSFER, Step.GRANT_EXTENSION, Step.SUSPEND)
    state = RequestState.GRANTED if grants else RequestState.REFUSED
    update = {"state": state, "decided_by": by, "decided_at": at, **facts}
    new = asked.model_copy(update=update)
    report.requests = [new if r is asked else r for r in report.requests]
    return new


def told(report: Report, request: Request, at: datetime) -> contract.ReportRequestDecided:
    return contract.ReportRequestDecided(
        **report.facts(at),
        status=report.status,
        request=request.kind,
        granted=request.state is RequestState.GRANTED,
        organisation=report.organisation,
        assisting=report.assisting,
        sign_due_at=report.sign_due_at,
        resolve_due_at=report.resolve_due_at,
        extensions=report.extensions,
        suspensions=report.suspensions,
    )


def resume(report: Report, *, by: str, at: datetime, calendar: Calendar) -> contract.ReportResumed:
    """恢复办理, with the time that was left."""
    report.take(Step.RESUME, by)
    report.enter("resolve", ClockEntry.RESUMED, at, calendar)
    *before, last = report.suspensions
    report.suspensions = [*before, Suspension(started_at=last.started_at, ended_at=at)]
    facts = {"resolve_due_at": report.resolve_due_at, "suspensions": report.suspensions}
    return contract.ReportResumed(**report.facts(at), status=report.status, **facts)


def reset_deadline(
    report: Report, allowance: str, reason: str, *, by: str, at: datetime, calendar: Calendar
) -> contract.ReportDeadlineReset:
    """The district sets the deadline anew, from now on."""
    report.check(Step.RESET_DEADLINE, by)
    require_reset(allowance)
    report.take(Step.RESET_DEADLINE, by)
    warn_at = [*report.course("resolve").warn_at]
    more = {"allowance": allowance, "reason": reason, "warn_at": warn_at}
    report.enter("resolve", ClockEntry.RESET, at, calendar, **more)
    due = report.resolve_due_at
    return contract.ReportDeadlineReset(
        **report.facts(at), status=report.status, resolve_due_at=due
    )


def supervise(
    report: Report, demand: str, due_at: datetime, *, by: str, at: datetime
) -> contract.ReportSupervised:
    """督办."""
    if due_at <= at:
        raise DemandedForThePast
    report.take(Step.SUPERVISE, by)
    new = Supervision(by=by, at=at, demand=demand, due_at=due_at)
    report.supervisions, report.supervise_due_at = [*report.supervisions, new], due_at
    return contract.ReportSupervised(
        **report.facts(at), status=report.status, supervise_due_at=due_at
    )
