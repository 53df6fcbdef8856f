"""What may be done with visits. Each operation is one use case on one visit."""

from services.chassis.deadlines.calendar import local_day
from services.chassis.decision import OutsideScope
from services.chassis.operation import Call, Done, operation
from services.contracts.codes_people import VisitMode
from services.grid.visits import schemas
from services.grid.visits.models import Visit
from services.grid.visits.queries import VISITS, Occasions, Setting, known_occasions, setting
from services.grid.visits.rules import (
    Step,
    link_of,
    require_occasions,
    require_own_or_office,
)


@operation(VISITS, permission="visit.record", creates=True, given=setting, locks=True)
def record_visit(_: None, body: schemas.VisitIn, given: Setting, call: Call) -> Done[Visit]:
    """Record a visit (走访) of a household: only who is linked with it on that day. It settles the oldest visit task
    of the household, unless nobody was met."""
    home = given.home(body.household_id)
    link = link_of(home.links, call.subject, local_day(call.at))
    require_occasions(body.occasions, given.occasions)
    return Done(
        *Visit.record(
            late=call.late,
            id=call.id,
            area_code=link.area_code,
            household_id=body.household_id,
            link_id=link.id,
            member_id=link.member_id,
            mode=body.mode,
            occasions=body.occasions,
            findings=body.findings,
            by_phone=given.will_do_by_phone(home),
            task_id=home.task if body.mode is not VisitMode.NOT_MET else None,
            visited_at=call.at,
            recorded_by=call.subject,
        )
    )


@operation(VISITS, permission="visit.correct", step=Step.CORRECT, given=known_occasions)
def correct_visit(
    visit: Visit, body: schemas.CorrectIn, given: Occasions, call: Call
) -> Done[Visit]:
    """Correct a visit (更正): who made it, or an office of its area. A visit task that it settled is open again if nobody
    was met, unless another visit settles it."""
    require_own_or_office(call.caller, call.subject, visit.recorded_by, visit.area_code)
    told = body.model_dump(exclude={"occurred_at", "on_behalf_of"}, exclude_none=True)
    require_occasions(body.occasions or [], given)
    return Done(visit, visit.correct(told, at=call.at))


@operation(VISITS, permission="visit.void", step=Step.VOID)
def void_visit(visit: Visit, body: schemas.VoidIn, _: None, call: Call) -> Done[Visit]:
    """Void a visit that was entered by mistake (作废), with the reason. It stays on record and counts nowhere, nor
    does it settle a visit task any longer."""
    if not call.caller.covers(visit.area_code):
        raise OutsideScope(visit.area_code)
    return Done(visit, visit.void(body.reason, at=call.at))
