"""What handlers ask for (退办、延期、缓办), and how it is decided. Each operation is one use case on one report."""

from services.chassis.deadlines.calendar import local_day
from services.chassis.operation import Call, Done, operation
from services.grid.reports.clocks.limits import Limits, limits
from services.grid.reports.handling import schemas, steps
from services.grid.reports.lifecycle import Step
from services.grid.reports.models import Report
from services.grid.reports.queries import REPORTS, Bodies, bodies
from services.grid.reports.schemas import StepIn


@operation(REPORTS, permission="report.handle", step=Step.REQUEST_TRANSFER, given=limits)
def request_report_transfer(
    report: Report, body: schemas.TransferIn, given: Limits, call: Call
) -> Done[Report]:
    """Ask that another organisation leads (申请退办), within the time to sign, with a reason."""
    return _asked(
        report, Step.REQUEST_TRANSFER, body.reason, given, call, organisation=body.organisation
    )


@operation(REPORTS, permission="report.decide", step=Step.GRANT_TRANSFER, given=bodies)
def grant_report_transfer(
    report: Report, body: schemas.GrantTransferIn, given: Bodies, call: Call
) -> Done[Report]:
    """Let another organisation lead (同意退办): the time is given back that the first one took."""
    report.require(Step.GRANT_TRANSFER, call.caller)
    named = (body.organisation,)
    given.require(call.caller, report.area_code, named, local_day(call.at))
    return Done(
        report,
        steps.transfer(
            report,
            body.organisation,
            given.limits.started("sign", report.urgency, report.area_code, call.at),
            by=call.subject,
            at=call.at,
            calendar=given.limits.calendar,
        ),
    )


@operation(REPORTS, permission="report.decide", step=Step.REFUSE_TRANSFER, given=limits)
def refuse_report_transfer(
    report: Report, body: schemas.AnswerIn, given: Limits, call: Call
) -> Done[Report]:
    """Let the organisation lead that asked for a transfer (不同意退办): its time to sign runs on."""
    return _decided(report, Step.REFUSE_TRANSFER, body.answer, given, call)


@operation(REPORTS, permission="report.handle", step=Step.REQUEST_EXTENSION, given=limits)
def request_report_extension(
    report: Report, body: schemas.ExtensionIn, given: Limits, call: Call
) -> Done[Report]:
    """Ask for more time (申请延期): once, at most as much as was given. The clock runs on."""
    return _asked(
        report, Step.REQUEST_EXTENSION, body.reason, given, call, allowance=body.allowance
    )


@operation(REPORTS, permission="report.decide", step=Step.GRANT_EXTENSION, given=limits)
def grant_report_extension(report: Report, body: StepIn, given: Limits, call: Call) -> Done[Report]:
    """Give the time that was asked for (同意延期): the level that assigned it."""
    return _decided(report, Step.GRANT_EXTENSION, None, given, call)


@operation(REPORTS, permission="report.decide", step=Step.REFUSE_EXTENSION, given=limits)
def refuse_report_extension(
    report: Report, body: schemas.AnswerIn, given: Limits, call: Call
) -> Done[Report]:
    """Refuse an extension, with a reason (不同意延期)."""
    return _decided(report, Step.REFUSE_EXTENSION, body.answer, given, call)


@operation(REPORTS, permission="report.handle", step=Step.REQUEST_SUSPENSION, given=limits)
def request_report_suspension(
    report: Report, body: schemas.ReasonIn, given: Limits, call: Call
) -> Done[Report]:
    """Ask for a suspension (申请缓办), with a reason."""
    return _asked(report, Step.REQUEST_SUSPENSION, body.reason, given, call)


@operation(REPORTS, permission="report.suspend", step=Step.SUSPEND, given=limits)
def suspend_report(report: Report, body: StepIn, given: Limits, call: Call) -> Done[Report]:
    """Suspend a report as was asked for (同意缓办): the district. Its clock stands still."""
    return _decided(report, Step.SUSPEND, None, given, call)


@operation(REPORTS, permission="report.suspend", step=Step.REFUSE_SUSPENSION, given=limits)
def refuse_report_suspension(
    report: Report, body: schemas.AnswerIn, given: Limits, call: Call
) -> Done[Report]:
    """Refuse a suspension, with a reason (不同意缓办): the district."""
    return _decided(report, Step.REFUSE_SUSPENSION, body.answer, given, call)


@operation(REPORTS, permission="report.handle", step=Step.RESUME, given=limits)
def resume_report(report: Report, body: StepIn, given: Limits, call: Call) -> Done[Report]:
    """Go on after a suspension (恢复办理), with the time that was left."""
    report.require(Step.RESUME, call.caller)
    return Done(report, steps.resume(report, by=call.subject, at=call.at, calendar=given.calendar))


def _asked(
    report: Report,
    step: Step,
    reason: str,
    given: Limits,
    call: Call,
    organisation: str | None = None,
    allowance: str | None = None,
) -> Done[Report]:
    report.require(step, call.caller)
    return Done(
        report,
        steps.request(
            report,
            step,
            reason,
            by=call.subject,
            at=call.at,
            calendar=given.calendar,
            organisation=organisation,
            allowance=allowance,
        ),
    )


def _decided(
    report: Report, step: Step, answer: str | None, given: Limits, call: Call
) -> Done[Report]:
    report.require(step, call.caller)
    event = steps.decide(report, step, answer, by=call.subject, at=call.at, calendar=given.calendar)
    return Done(report, event)
