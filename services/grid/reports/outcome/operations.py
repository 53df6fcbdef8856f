"""How a report ends, and what may follow. Each operation is one use case on one report."""

from services.chassis.operation import Call, Done, operation
from services.grid.duplicates.queries import Endings, endings
from services.grid.reports.conditions import require_timely
from services.grid.reports.handling.schemas import ReasonIn
from services.grid.reports.lifecycle import Step
from services.grid.reports.models import Report
from services.grid.reports.outcome import schemas, steps
from services.grid.reports.queries import REPORTS
from services.grid.reports.rules import is_office
from services.grid.reports.schemas import ResolveIn, StepIn


@operation(REPORTS, permission="report.self_handle", step=Step.SELF_HANDLE, given=endings)
def self_handle_report(report: Report, body: ResolveIn, given: Endings, call: Call) -> Done[Report]:
    """Close a report that was dealt with within the grid (自办自结): complete, not escalated, not supervised.
    A sample of these is checked."""
    report.require(Step.SELF_HANDLE, call.caller)
    event = steps.self_handle(
        report,
        body.opinion,
        sampled=given.limits.is_checked(report.number, report.area_code, call.at),
        ending=given.limits.ending(report.area_code, call.at),
        by=call.subject,
        at=call.at,
    )
    given.merged.close(report.id)
    return Done(report, event)


@operation(REPORTS, permission="report.self_check", step=Step.PASS_SELF_CHECK)
def pass_report_self_check(
    report: Report, body: schemas.CheckIn, _: None, call: Call
) -> Done[Report]:
    """Confirm what the grid closed itself (抽查通过): never whoever handled it."""
    report.require(Step.PASS_SELF_CHECK, call.caller)
    return Done(report, steps.self_check(report, None, body.findings, by=call.subject, at=call.at))


@operation(REPORTS, permission="report.self_check", step=Step.FAIL_SELF_CHECK, given=endings)
def fail_report_self_check(
    report: Report, body: schemas.CheckIn, given: Endings, call: Call
) -> Done[Report]:
    """Open a report again that the grid closed itself (抽查不通过): never whoever handled it."""
    report.require(Step.FAIL_SELF_CHECK, call.caller)
    clock = given.limits.started("resolve", report.urgency, report.area_code, call.at)
    event = steps.self_check(report, clock, body.findings, by=call.subject, at=call.at)
    given.merged.reopen(report.id)
    return Done(report, event)


@operation(REPORTS, permission="report.verify", step=Step.REWORK)
def rework_report(report: Report, body: ReasonIn, _: None, call: Call) -> Done[Report]:
    """Send a report back to its handlers (核查不通过): never whoever handled it."""
    report.require(Step.REWORK, call.caller)
    return Done(report, steps.rework(report, body.reason, by=call.subject, at=call.at))


@operation(REPORTS, permission="report.evaluate", step=Step.EVALUATE)
def evaluate_report(report: Report, body: schemas.EvaluateIn, _: None, call: Call) -> Done[Report]:
    """Say whether one is satisfied (评价): the reporter, or an office that has called; nobody who handled it."""
    report.require(Step.EVALUATE, call.caller)
    return Done(
        report,
        steps.evaluate(
            report, body.satisfied, body.score, body.comment, by=call.subject, at=call.at
        ),
    )


@operation(REPORTS, permission="report.call_back", step=Step.CALL_BACK)
def call_back_report(report: Report, body: schemas.CallBackIn, _: None, call: Call) -> Done[Report]:
    """Call back whoever was unsatisfied (回访)."""
    report.require(Step.CALL_BACK, call.caller)
    return Done(report, steps.call_back(report, body.findings, by=call.subject, at=call.at))


@operation(REPORTS, permission="report.reopen", step=Step.REOPEN, given=endings)
def reopen_report(report: Report, body: ReasonIn, given: Endings, call: Call) -> Done[Report]:
    """Open a closed report again, with a reason (重新办理), while the days for it last: of an office, by when it is
    told here."""
    report.require(Step.REOPEN, call.caller)
    if is_office(call.caller, report.area_code) and call.import_batch_id is None:
        report.check(Step.REOPEN, call.subject)
        require_timely(report, Step.REOPEN, call.recorded_at)
    clock = given.limits.started("resolve", report.urgency, report.area_code, call.at)
    event = steps.reopen(report, body.reason, clock, by=call.subject, at=call.at)
    given.merged.reopen(report.id)
    return Done(report, event)


@operation(REPORTS, permission="report.archive", step=Step.ARCHIVE)
def archive_report(report: Report, body: StepIn, _: None, call: Call) -> Done[Report]:
    """Archive a report that can no longer be reopened (归档), ahead of the clock that does so by itself. Nothing of
    it changes any more."""
    report.require(Step.ARCHIVE, call.caller)
    return Done(report, steps.archive(report, by=call.subject, at=call.at))
