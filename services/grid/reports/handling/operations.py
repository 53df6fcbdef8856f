"""What whoever deals with a report may do with it. Each operation is one use case on one report."""

from services.chassis.operation import Call, Done, operation
from services.grid.reports.clocks.limits import Limits, limits
from services.grid.reports.handling import schemas, steps
from services.grid.reports.lifecycle import Step
from services.grid.reports.models import Report
from services.grid.reports.queries import REPORTS
from services.grid.reports.schemas import StepIn


@operation(REPORTS, permission="report.escalate", step=Step.ESCALATE)
def escalate_report(report: Report, body: schemas.EscalateIn, _: None, call: Call) -> Done[Report]:
    """Hand a report to the level above (上报上级), one level at a time. No deadline moves."""
    report.require(Step.ESCALATE, call.caller)
    return Done(report, steps.escalate(report, body.reason, body.to, by=call.subject, at=call.at))


@operation(REPORTS, permission="report.decide", step=Step.TAKE_UP)
def take_up_report(report: Report, body: StepIn, _: None, call: Call) -> Done[Report]:
    """Take up a report that a lower level has escalated (接收)."""
    report.require(Step.TAKE_UP, call.caller)
    return Done(report, steps.take_up(report, by=call.subject, at=call.at))


@operation(REPORTS, permission="report.decide", step=Step.SEND_DOWN)
def send_down_report(report: Report, body: schemas.ReasonIn, _: None, call: Call) -> Done[Report]:
    """Send a report back to the level that escalated it, with a reason (退回下级)."""
    report.require(Step.SEND_DOWN, call.caller)
    return Done(report, steps.send_down(report, body.reason, by=call.subject, at=call.at))


@operation(REPORTS, permission="report.handle", step=Step.RECEIVE)
def receive_report(report: Report, body: schemas.ReceiveIn, _: None, call: Call) -> Done[Report]:
    """Confirm that the organisation has received the report (接收交办)."""
    report.require(Step.RECEIVE, call.caller)
    return Done(
        report,
        steps.answer(report, Step.RECEIVE, call.caller.organisation, by=call.subject, at=call.at),
    )


@operation(REPORTS, permission="report.handle", step=Step.JOIN)
def join_report(report: Report, body: StepIn, _: None, call: Call) -> Done[Report]:
    """Sign for a report as an organisation that assists (协办签收)."""
    report.require(Step.JOIN, call.caller)
    return Done(
        report,
        steps.answer(report, Step.JOIN, call.caller.organisation, by=call.subject, at=call.at),
    )


@operation(REPORTS, permission="report.handle", step=Step.DECLINE)
def decline_report(report: Report, body: schemas.ReasonIn, _: None, call: Call) -> Done[Report]:
    """Refuse to assist, with a reason (协办退回). The lead's clocks run on."""
    report.require(Step.DECLINE, call.caller)
    return Done(
        report,
        steps.answer(
            report, Step.DECLINE, call.caller.organisation, body.reason, by=call.subject, at=call.at
        ),
    )


@operation(REPORTS, permission="report.suspend", step=Step.RESET_DEADLINE, given=limits)
def reset_report_deadline(
    report: Report, body: schemas.ResetIn, given: Limits, call: Call
) -> Done[Report]:
    """Set the deadline of a report that is the district's anew, with a reason (重新确定期限)."""
    report.require(Step.RESET_DEADLINE, call.caller)
    return Done(
        report,
        steps.reset_deadline(
            report,
            body.allowance,
            body.reason,
            by=call.subject,
            at=call.at,
            calendar=given.calendar,
        ),
    )


@operation(REPORTS, permission="report.supervise", step=Step.SUPERVISE)
def supervise_report(
    report: Report, body: schemas.SuperviseIn, _: None, call: Call
) -> Done[Report]:
    """Demand an answer until a time (督办)."""
    report.require(Step.SUPERVISE, call.caller)
    return Done(
        report, steps.supervise(report, body.demand, body.due_at, by=call.subject, at=call.at)
    )
