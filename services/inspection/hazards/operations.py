"""What may be done with hazards. Each operation is one use case on one hazard."""

from datetime import datetime

from services.chassis.attachments.queries import Evidence, evidence
from services.chassis.deadlines.calendar import local_day
from services.chassis.deadlines.sweeper import Passed, Reschedule
from services.chassis.operation import Call, Done, Numbering, operation
from services.contracts.codes_inspection import HazardSource, Level
from services.inspection.enterprises.queries import Enterprises, areas, enterprises
from services.inspection.hazards import schemas
from services.inspection.hazards.models import Hazard, Plan
from services.inspection.hazards.queries import HAZARDS, Limits, limits, standing
from services.inspection.hazards.rules import (
    AnotherDistrict,
    IdReserved,
    IdTaken,
    NotNumberedYet,
    Step,
    require_ahead,
)
from services.inspection.scope import require_reach

REFERRED = 5
"""The version of the UUIDs that are made of a report's: `hazard_id_of`."""


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
    if call.id.version == REFERRED:
        raise IdReserved
    site = given.site_of(body.enterprise_id, call)
    return Done(
        *Hazard.find(
            id=call.id,
            number=call.number,
            area_code=site.area_code,
            enterprise_id=body.enterprise_id,
            uscc=site.uscc,
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
    puts=True,
    given=enterprises,
    number=number_of,
    located=areas,
)
def find_hazard_by_report(
    hazard: Hazard | None, body: schemas.ReferralIn, given: Enterprises, call: Call
) -> Done[Hazard] | None:
    """Open a hazard for an accepted grid report, once, if the enterprise that it names is one of ours and has
    not left; in the enterprise's township, of the same district. Only the subscription does this."""
    if hazard is not None:
        if hazard.report_id != body.report_id:
            raise IdTaken
        return None
    site = given.get(body.enterprise_id)
    if site is None or site.has_left(call.at):
        return None
    if site.area_code[:6] != body.area_code[:6]:
        raise AnotherDistrict
    if call.number is None:
        raise NotNumberedYet
    return Done(
        *Hazard.find(
            id=call.id,
            number=call.number,
            area_code=site.area_code,
            correlation_id=body.correlation_id,
            enterprise_id=body.enterprise_id,
            uscc=site.uscc,
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
    require_reach(call.caller, "hazard.notify", hazard.area_code)
    due = given.due(hazard, body.deadline, call.at)
    return Done(hazard, hazard.notify(due, by=call.subject, at=call.at))


@operation(HAZARDS, permission="hazard.plan", step=Step.PLAN)
def plan_rectification(hazard: Hazard, body: schemas.PlanIn, _: None, call: Call) -> Done[Hazard]:
    """Say how, by whom and until when a hazard will be rectified (五落实). Its deadline may shorten that of
    the notice; only an officer extends it, of a MAJOR hazard never once it has passed."""
    who = standing(hazard, call.caller, "hazard.plan")
    require_ahead(body.deadline, local_day(call.at))
    facts = body.model_dump(exclude={"occurred_at", "on_behalf_of", "responsible"})
    plan = Plan(responsible=call.people.seal(name=body.responsible), **facts)
    return Done(hazard, hazard.plan_with(plan, who, by=call.subject, at=call.at))


@operation(HAZARDS, permission="hazard.submit", step=Step.SUBMIT)
def submit_rectification(
    hazard: Hazard, body: schemas.SubmitIn, _: None, call: Call
) -> Done[Hazard]:
    """Report that a hazard has been rectified (报整改). The clock stops."""
    require_reach(call.caller, "hazard.submit", hazard.area_code, hazard.uscc)
    return Done(hazard, hazard.submit(body.rectification, by=call.subject, at=call.at))


@operation(HAZARDS, permission="hazard.review", step=Step.APPROVE, given=evidence)
def pass_hazard_review(
    hazard: Hazard, body: schemas.PassIn, given: Evidence, call: Call
) -> Done[Hazard]:
    """Confirm on the spot that a hazard was rectified (复查通过). Never by its submitter or anybody of the
    enterprise. A MAJOR one passes when a second officer confirms it, by a call of their own. Not before all files
    that were declared have come whole."""
    who = standing(hazard, call.caller, "hazard.review")
    hazard.check(Step.APPROVE, call.subject)
    given.require_whole(call)
    return Done(hazard, hazard.pass_review(body.comment, who, by=call.subject, at=call.at))


@operation(HAZARDS, permission="hazard.review", step=Step.REJECT, given=limits)
def fail_hazard_review(
    hazard: Hazard, body: schemas.FailIn, given: Limits, call: Call
) -> Done[Hazard]:
    """Send a hazard back into rectification (复查不通过). The next round has a clock of its own."""
    who = standing(hazard, call.caller, "hazard.review")
    due = given.due(hazard, body.deadline, call.at)
    return Done(hazard, hazard.fail_review(body.comment, due, who, by=call.subject, at=call.at))


@operation(HAZARDS, permission="hazard.close", step=Step.CLOSE, given=evidence)
def close_hazard(
    hazard: Hazard, body: schemas.CloseIn, given: Evidence, call: Call
) -> Done[Hazard]:
    """Close a hazard that passed its review (销号), once all files that were declared have come whole."""
    who = standing(hazard, call.caller, "hazard.close")
    hazard.check(Step.CLOSE, call.subject)
    given.require_whole(call)
    return Done(hazard, hazard.close(who, by=call.subject, at=call.at))


@operation(HAZARDS, permission="hazard.void", step=Step.VOID)
def void_hazard(hazard: Hazard, body: schemas.VoidIn, _: None, call: Call) -> Done[Hazard]:
    """Take a wrong record off the list (撤销). Never by its finder."""
    require_reach(call.caller, "hazard.void", hazard.area_code)
    return Done(hazard, hazard.void(body.reason, by=call.subject, at=call.at))


@operation(HAZARDS, permission="clock.fire", overdue=True)
def record_hazard_overdue(hazard: Hazard, body: Passed, _: None, call: Call) -> Done[Hazard] | None:
    """The deadline of a rectification has passed. Only the sweeper does this."""
    event = hazard.overdue(at=call.at)
    return Done(hazard, event) if event else None


@operation(HAZARDS, permission="clock.fire", given=limits, reschedules=True)
def set_hazard_deadline(
    hazard: Hazard, body: Reschedule, given: Limits, call: Call
) -> Done[Hazard] | None:
    """Set the deadline that waited for the calendar, once it reaches that far. Only the sweeper does this."""
    start = hazard.limit_from
    end = given.end(hazard, start) if start else None
    return Done(hazard, hazard.set_deadline(end, at=call.at)) if end else None
