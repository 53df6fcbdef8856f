"""What may be done with patrols. Each operation is one use case on one patrol."""

from services.chassis.deadlines.calendar import local_day
from services.chassis.decision import OutsideScope
from services.chassis.operation import Call, Done, operation
from services.grid.patrols import schemas
from services.grid.patrols.models import Patrol
from services.grid.patrols.queries import PATROLS, Ending, Setting, ending, setting
from services.grid.patrols.rules import Step, require_hand_in_it, require_span


@operation(PATROLS, permission="patrol.record", creates=True, given=setting, locks=True)
def record_patrol(_: None, body: schemas.PatrolIn, given: Setting, call: Call) -> Done[Patrol]:
    """Start a patrol (巡防), or enter one that is over, with its end. Besides who enters it, those who take part are
    members who serve in its township on that day; nobody of it is on another at that time."""
    day = local_day(call.at)
    given.ground.require(call.caller, body.area_code, body.campaign, day)
    require_hand_in_it(call.caller, body.area_code, map(given.roster.account, body.participants))
    imported = call.import_batch_id is not None
    persons = given.roster.persons(
        body.participants, call.subject, body.area_code, day, imported=imported
    )
    if body.ended_at:
        require_span(call.at, body.ended_at, call.recorded_at)
    position = given.positions.received(body.position, body.area_code, call)
    given.duties.take(call.id, persons, (call.at, body.ended_at))
    return Done(
        *Patrol.record(
            id=call.id,
            area_code=body.area_code,
            campaign=body.campaign,
            participants=persons,
            started_at=call.at,
            ended_at=body.ended_at,
            start_position=position,
            findings=body.findings,
            recorded_by=call.subject,
        )
    )


@operation(PATROLS, permission="patrol.record", step=Step.FINISH, given=ending)
def finish_patrol(
    patrol: Patrol, body: schemas.FinishIn, given: Ending, call: Call
) -> Done[Patrol]:
    """End a patrol."""
    require_hand_in_it(call.caller, patrol.area_code, patrol.participants)
    position = given.positions.received(body.position, patrol.area_code, call)
    require_span(patrol.started_at, call.at, call.recorded_at)
    event = patrol.finish(body.findings, position, at=call.at)
    given.duties.end(patrol.id, call.at)
    return Done(patrol, event)


@operation(PATROLS, permission="patrol.void", step=Step.VOID)
def void_patrol(patrol: Patrol, body: schemas.VoidIn, _: None, call: Call) -> Done[Patrol]:
    """Void a patrol that was entered by mistake (作废), with the reason. It stays on record and counts nowhere."""
    if not call.caller.covers(patrol.area_code):
        raise OutsideScope(patrol.area_code)
    return Done(patrol, patrol.void(body.reason, at=call.at))
