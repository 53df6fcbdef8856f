"""How all links of a member pass to another."""

from services.chassis.deadlines.calendar import local_day
from services.chassis.operation import Call, Done, operation
from services.grid.links import schemas
from services.grid.links.models import Handover
from services.grid.links.queries import HANDOVERS, Handing, handing
from services.grid.links.rules import SameMember, require_handover


@operation(HANDOVERS, permission="link.manage", creates=True, given=handing, locks=True)
def hand_over_links(
    _: None, body: schemas.HandoverIn, given: Handing, call: Call
) -> Done[Handover]:
    """Hand all households of a member over to another (移交): each link ends, and goes on with the other from the
    same day. All of them or none."""
    day, source, target = local_day(call.at), body.from_member, body.to_member
    if source == target:
        raise SameMember
    given.members.require(call.caller, target, day, "/to_member")
    given.members.require(call.caller, source, day, "/from_member")
    mine = given.links.get(source, [])
    require_handover(mine, given.links.get(target, []), day)
    turn = given.move(source, target, day)
    return Done(
        *Handover.record(
            call.at,
            id=call.id,
            area_code=given.members.area(source),
            from_member=source,
            to_member=target,
            handed_on=day,
            links=len(mine),
            turn=turn,
            recorded_by=call.subject,
        )
    )
