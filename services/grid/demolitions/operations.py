"""What may be done with demolitions."""

from services.chassis.deadlines.calendar import local_day
from services.chassis.decision import OutsideScope
from services.chassis.operation import Call, Done, operation
from services.grid.campaigns.queries import Ground, ground
from services.grid.demolitions import schemas
from services.grid.demolitions.models import Demolition
from services.grid.demolitions.queries import DEMOLITIONS, Proof, proof
from services.grid.demolitions.rules import HUNDREDTH, Step, require_ground, require_photos


@operation(DEMOLITIONS, permission="demolition.record", creates=True, given=ground)
def record_demolition(
    _: None, body: schemas.DemolitionIn, given: Ground, call: Call
) -> Done[Demolition]:
    """Record that an illegal building came down (拆违). Force needs its legal document, and an office."""
    day = local_day(call.at)
    given.require(call.caller, body.area_code, body.campaign, day)
    require_ground(body.mode, body.legal_doc_no, call.caller)
    require_photos(body.attachments, body.before, body.after)
    left_out = {"id", "occurred_at", "on_behalf_of", "attachments", "before", "after"}
    facts = body.model_dump(exclude=left_out)
    facts |= {"photos_before": body.before, "photos_after": body.after}
    facts["area_m2"] = body.area_m2.quantize(HUNDREDTH)
    told = {"id": call.id, "demolished_on": day, "recorded_by": call.subject}
    return Done(*Demolition.record(call.at, **facts, **told))


@operation(DEMOLITIONS, permission="demolition.record", step=Step.ADD_PHOTOS)
def add_demolition_photos(
    demolition: Demolition, body: schemas.PhotosIn, _: None, call: Call
) -> Done[Demolition]:
    """Declare photos of a demolition that was recorded (补充影像)."""
    if not call.caller.covers(demolition.area_code):
        raise OutsideScope(demolition.area_code)
    require_photos(body.attachments, body.before, body.after)
    return Done(demolition, demolition.add_photos(body.before, body.after, at=call.at))


@operation(DEMOLITIONS, permission="demolition.confirm", step=Step.CONFIRM, given=proof)
def confirm_demolition(
    demolition: Demolition, body: schemas.ConfirmIn, given: Proof, call: Call
) -> Done[Demolition]:
    """Confirm a demolition by its photos of before and after (核实), all of which have come whole. Never by who
    recorded it."""
    if not call.caller.covers(demolition.area_code):
        raise OutsideScope(demolition.area_code)
    demolition.check(Step.CONFIRM, call.subject)
    given.missing.require_whole(call)
    return Done(demolition, demolition.confirm(given.come, by=call.subject, at=call.at))


@operation(DEMOLITIONS, permission="demolition.void", step=Step.VOID)
def void_demolition(
    demolition: Demolition, body: schemas.VoidIn, _: None, call: Call
) -> Done[Demolition]:
    """Void a record that was entered by mistake (作废), with the reason. It stays, and counts nowhere."""
    if not call.caller.covers(demolition.area_code):
        raise OutsideScope(demolition.area_code)
    return Done(demolition, demolition.void(body.reason, at=call.at))
