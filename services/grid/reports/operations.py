"""What may be done with reports. Each operation is one use case on one report."""

from datetime import datetime
from uuid import UUID

from services.chassis.attachments.queries import Evidence, evidence
from services.chassis.deadlines.calendar import local_day
from services.chassis.deadlines.sweeper import Passed, Reschedule
from services.chassis.operation import Call, Done, Numbering, operation
from services.contracts.codes_grid import Category
from services.contracts.grid import ReportCancelled, ReportFact
from services.grid.duplicates.queries import Endings, cancelling, endings
from services.grid.duplicates.rules import (
    Merged,
    OriginalMissing,
    OriginalNotAsked,
    OriginalUnknown,
)
from services.grid.duplicates.steps import merge
from services.grid.reports import schemas
from services.grid.reports.clocks.archive import ARCHIVE
from services.grid.reports.clocks.limits import Limits, limits
from services.grid.reports.content.filling import content_of
from services.grid.reports.handling.rules import require_distinct
from services.grid.reports.lifecycle import Step
from services.grid.reports.models import Report
from services.grid.reports.outcome.steps import archive_in_time
from services.grid.reports.queries import REPORTS, Bodies, Places, bodies, places
from services.grid.reports.rules import CASE, finder_of, is_office, require_level


def number_of(body: schemas.ReportIn, at: datetime) -> Numbering:
    return Numbering("GE", body.area_code[:9], local_day(at))


@operation(REPORTS, permission="report.create", creates=True, given=places, number=number_of)
def create_report(_: None, body: schemas.ReportIn, given: Places, call: Call) -> Done[Report]:
    """Report a matter (上报). The accept clock starts."""
    given.require_area(body.area_code, local_day(call.at))
    require_level(body.level, body.urgency)
    return Done(
        *Report.report(
            given.limits.started("accept", body.urgency, body.area_code, call.at),
            id=call.id,
            number=call.number,
            area_code=body.area_code,
            category=body.category,
            urgency=body.urgency,
            finder=finder_of(call.caller, body.finder),
            title=body.title,
            description=body.description,
            place=body.place,
            enterprise_id=body.enterprise_id,
            household_id=body.household_id,
            reporter=call.subject,
            reported_at=call.at,
            level=body.level,
            **content_of(body, given, call),
        )
    )


@operation(REPORTS, permission="report.accept", step=Step.RETURN)
def return_report(report: Report, body: schemas.ReturnIn, _: None, call: Call) -> Done[Report]:
    """Send a report back to its reporter for completion (退回补正)."""
    report.require(Step.RETURN, call.caller)
    return Done(report, report.return_(body.reason, by=call.subject, at=call.at))


@operation(REPORTS, permission="report.create", step=Step.RESUBMIT, given=limits)
def resubmit_report(
    report: Report, body: schemas.ResubmitIn, given: Limits, call: Call
) -> Done[Report]:
    """Report a returned matter again, completed: its reporter only. The accept clock starts afresh."""
    clock = given.started("accept", report.urgency, report.area_code, call.at)
    return Done(report, report.resubmit(body.description, clock, by=call.subject, at=call.at))


@operation(REPORTS, permission="report.accept", step=Step.ACCEPT, given=limits)
def accept_report(report: Report, body: schemas.StepIn, given: Limits, call: Call) -> Done[Report]:
    """Take a report on (受理). The resolve deadline is fixed; a DISPUTE becomes a case."""
    report.require(Step.ACCEPT, call.caller)
    clock = given.started("resolve", report.urgency, report.area_code, call.at)
    return Done(report, report.accept(clock, by=call.subject, at=call.at))


@operation(REPORTS, permission="report.assign", step=Step.ASSIGN, given=bodies)
def assign_report(
    report: Report, body: schemas.AssignIn, given: Bodies, call: Call
) -> Done[Report]:
    """Assign a report to an organisation that leads (主办), and to others that assist it (协办). All are there on
    that day, and serve its area or one of the caller's. The time to sign starts."""
    report.require(Step.ASSIGN, call.caller)
    require_distinct(body.organisation, body.assisting)
    named = (body.organisation, *body.assisting)
    given.require(call.caller, report.area_code, named, local_day(call.at))
    clock = given.limits.started("sign", report.urgency, report.area_code, call.at)
    told = body.organisation, clock, body.assisting
    return Done(report, report.assign(*told, by=call.subject, at=call.at))


@operation(REPORTS, permission="report.handle", step=Step.START)
def start_report(report: Report, body: schemas.StepIn, _: None, call: Call) -> Done[Report]:
    """Sign for a report and start on it (签收): the organisation that it is assigned to, or its area."""
    report.require(Step.START, call.caller)
    return Done(report, report.start(by=call.subject, at=call.at))


@operation(REPORTS, permission="report.handle", step=Step.RESOLVE, given=limits)
def resolve_report(
    report: Report, body: schemas.ResolveIn, given: Limits, call: Call
) -> Done[Report]:
    """Say that a report has been dealt with, and how (处置完毕). The time to verify starts."""
    report.require(Step.RESOLVE, call.caller)
    clock = given.resolved(report.urgency, report.area_code, report.accepted_at, call.at)
    return Done(report, report.resolve(body.opinion, clock, by=call.subject, at=call.at))


@operation(REPORTS, permission="report.resolve_by_case", step=Step.RESOLVE_BY_CASE, given=limits)
def resolve_report_by_case(
    report: Report, body: schemas.StepIn, given: Limits, call: Call
) -> Done[Report] | None:
    """The end of its dispute case resolves a report. Only the subscription does this."""
    ended = report.cancelled_at or report.resolved_at or report.handlers
    if ended or report.category is not Category.DISPUTE:
        return None
    clock = given.resolved(report.urgency, report.area_code, report.accepted_at, call.at)
    return Done(report, report.resolve_by_case(clock, by=CASE, at=call.at))


@operation(REPORTS, permission="report.verify", step=Step.VERIFY, given=evidence)
def verify_report(
    report: Report, body: schemas.StepIn, given: Evidence, call: Call
) -> Done[Report]:
    """Confirm on the spot that a report was dealt with (核查). Never by anybody who handled it, nor before all
    files that were declared have come whole."""
    report.require(Step.VERIFY, call.caller)
    report.check(Step.VERIFY, call.subject)
    given.require_whole(call)
    return Done(report, report.verify(by=call.subject, at=call.at))


@operation(REPORTS, permission="report.close", step=Step.CLOSE, given=endings)
def close_report(report: Report, body: schemas.StepIn, given: Endings, call: Call) -> Done[Report]:
    """Close a verified report (办结): the level that it is with."""
    report.require(Step.CLOSE, call.caller)
    ending = given.limits.ending(report.area_code, call.at)
    event = report.close(ending, by=call.subject, at=call.at)
    given.merged.close(report.id)
    return Done(report, event)


@operation(REPORTS, permission="report.cancel", step=Step.CANCEL, given=cancelling, locks=True)
def cancel_report(
    report: Report, body: schemas.CancelIn, given: Merged, call: Call
) -> Done[Report]:
    """Take a report off the list, with a reason (注销). Its reporter may withdraw it until it is accepted. One that
    others were merged into goes on, unless it is nobody's duty here. A duplicate names a report of the office's areas that is
    not cancelled itself (`duplicate_of`): it may be closed, of another category, and takes nothing up, unlike a master."""
    report.require(Step.CANCEL, call.caller)
    step = report.cancelling(call.caller)
    report.check(step, call.subject)
    if body.reason != "OUT_OF_SCOPE":
        given.require_alone(report.id)
    if step is Step.CANCEL and body.reason == "DUPLICATE":
        return Done(report, _duplicate(report, body.duplicate_of, given, call))
    if body.duplicate_of and body.reason != "DUPLICATE":
        raise OriginalNotAsked
    event = report.cancel(body.reason, by=call.subject, at=call.at, step=step)
    given.end(report.id)
    return Done(report, event)


def _duplicate(report: Report, original: UUID | None, given: Merged, call: Call) -> ReportCancelled:
    if original is None:
        raise OriginalMissing
    known = given.masters.get(original)
    if known and not is_office(call.caller, known.area_code):
        raise OriginalUnknown
    credited = given.link(report.id, report.reporter, original)
    return merge(report, original, credited=credited, by=call.subject, at=call.at, step=Step.CANCEL)


@operation(REPORTS, permission="clock.fire", overdue=True)
def record_report_overdue(report: Report, body: Passed, _: None, call: Call) -> Done[Report] | None:
    """A deadline of the report has passed, or comes near; or it goes to the archive. Only the sweeper does this."""
    event: ReportFact | None
    if body.kind == ARCHIVE:
        event = archive_in_time(report, by=call.subject, at=call.recorded_at)
    else:
        event = report.overdue(body.kind, at=call.recorded_at)
    return Done(report, event) if event else None


@operation(REPORTS, permission="clock.fire", reschedules=True, given=limits)
def set_report_deadline(
    report: Report, body: Reschedule, given: Limits, call: Call
) -> Done[Report] | None:
    """The calendar may reach a deadline that was not known. Only the sweeper does this."""
    event = report.set_deadline(body.kind, given.calendar, at=call.at)
    return Done(report, event) if event else None
