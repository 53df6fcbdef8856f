"""What may be done with hazards. Each operation is one use case on one hazard."""

from datetime import datetime

from services.chassis.deadlines.calendar import local_day
from services.chassis.deadlines.sweeper import Passed
from services.chassis.operation import Call, Done, Numbering, operation
from services.contracts.codes_inspection import HazardSource, Level
from services.inspection.enterprises.queries import Enterprises, areas, enterprises
from services.inspection.hazards import schemas
from services.inspection.hazards.models import Hazard, Plan
from services.inspection.hazards.queries import HAZARDS, Limits, is_officer, limits
from services.inspection.hazards.rules import Step


def number_of(_: object, at: datetime) -> Numbering:
    return Numbering("HZ", "", local_day(at))


@operation(
    HAZARDS,
    permission="hazard.find",
    creates=True,
    given=enterprises,
    number=number_of,
    located=areas,
)
def find_hazard(_: None, body: schemas.HazardIn, given: Enterprises, call: Call) -> Done[Hazard]:
    """Record a hazard found at an enterprise (隐患登记)."""
    return Done(
        *Hazard.find(
            id=call.id,
            number=call.number,
            area_code=given.area_of(body.enterprise_id, call),
            enterprise_id=body.enterprise_id,
            level=body.level,
            domain=body.domain,
            source=body.source,
            description=body.description,
            clause=body.clause,
            finder=call.subject,
            found_at=call.at,
        )
    )


@operation(
    HAZARDS,
    permission="hazard.refer",
    creates=True,
    given=enterprises,
    number=number_of,
    located=areas,
)
def find_hazard_by_report(
    _: None, body: schemas.ReferralIn, given: Enterprises, call: Call
) -> Done[Hazard] | None:
    """Open a hazard for an accepted grid report, if the enterprise that it names is one of ours. Only the
    subscription does this."""
    if body.enterprise_id not in given or call.number is None:
        return None
    return Done(
        *Hazard.find(
            id=call.id,
            number=call.number,
            area_code=given[body.enterprise_id],
            correlation_id=body.correlation_id,
            enterprise_id=body.enterprise_id,
            level=Level.GENERAL,
            domain=body.domain,
            source=HazardSource.GRID,
            report_id=body.report_id,
            description="",
            finder=call.subject,
            found_at=call.at,
        )
    )


@operation(HAZARDS, permission="hazard.notify", step=Step.NOTIFY, given=limits)
def notify_hazard(
    hazard: Hazard, body: schemas.NotifyIn, given: Limits, call: Call
) -> Done[Hazard]:
    """Serve the notice (整改通知). The rectification clock starts."""
    due = given.due(hazard, body.deadline, call.at)
    return Done(hazard, hazard.notify(due, by=call.subject, at=call.at))


@operation(HAZARDS, permission="hazard.plan", step=Step.PLAN, given=limits)
def plan_rectification(
    hazard: Hazard, body: schemas.PlanIn, given: Limits, call: Call
) -> Done[Hazard]:
    """Say how, by whom and until when a hazard will be rectified (五落实)."""
    plan = Plan(**body.model_dump(exclude={"occurred_at", "on_behalf_of"}))
    due = hazard.rectify_due_at
    if plan.deadline:
        due = given.due(hazard, plan.deadline, call.at)
    return Done(hazard, hazard.plan_with(plan, due, by=call.subject, at=call.at))


@operation(HAZARDS, permission="hazard.submit", step=Step.SUBMIT)
def submit_rectification(
    hazard: Hazard, body: schemas.SubmitIn, _: None, call: Call
) -> Done[Hazard]:
    """Report that a hazard has been rectified (报整改). The clock stops."""
    return Done(hazard, hazard.submit(body.rectification, by=call.subject, at=call.at))


@operation(HAZARDS, permission="hazard.review", step=Step.APPROVE)
def pass_hazard_review(hazard: Hazard, body: schemas.PassIn, _: None, call: Call) -> Done[Hazard]:
    """Confirm on the spot that a hazard was rectified (复查通过). Never by its submitter; a MAJOR one by two
    officers."""
    event = hazard.pass_review(
        body.comment,
        body.with_reviewers,
        by=call.subject,
        is_officer=is_officer(call.caller),
        at=call.at,
    )
    return Done(hazard, event)


@operation(HAZARDS, permission="hazard.review", step=Step.REJECT, given=limits)
def fail_hazard_review(
    hazard: Hazard, body: schemas.FailIn, given: Limits, call: Call
) -> Done[Hazard]:
    """Send a hazard back into rectification (复查不通过). The next round has a clock of its own."""
    due = given.due(hazard, body.deadline, call.at)
    return Done(hazard, hazard.fail_review(body.comment, due, by=call.subject, at=call.at))


@operation(HAZARDS, permission="hazard.close", step=Step.CLOSE)
def close_hazard(hazard: Hazard, body: schemas.CloseIn, _: None, call: Call) -> Done[Hazard]:
    """Close a hazard that passed its review (销号)."""
    officer = is_officer(call.caller)
    return Done(hazard, hazard.close(by=call.subject, is_officer=officer, at=call.at))


@operation(HAZARDS, permission="hazard.void", step=Step.VOID)
def void_hazard(hazard: Hazard, body: schemas.VoidIn, _: None, call: Call) -> Done[Hazard]:
    """Take a wrong record off the list (撤销). Never by its finder."""
    return Done(hazard, hazard.void(body.reason, by=call.subject, at=call.at))


@operation(HAZARDS, permission="clock.fire", overdue=True)
def record_hazard_overdue(hazard: Hazard, body: Passed, _: None, call: Call) -> Done[Hazard] | None:
    """The deadline of a rectification has passed. Only the sweeper does this."""
    event = hazard.overdue(at=call.at)
    return Done(hazard, event) if event else None
