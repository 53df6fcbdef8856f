"""What may be done with households. Each operation is one use case on one household."""

from uuid import UUID

from uuid_utils.compat import uuid7

from services.chassis.deadlines.calendar import local_day
from services.chassis.decision import OutsideScope
from services.chassis.operation import Call, Done, operation
from services.grid.households import schemas
from services.grid.households.models import Household
from services.grid.households.queries import (
    HOUSEHOLDS,
    Moving,
    Registering,
    Tying,
    known_tags,
    moving,
    registering,
    tying,
)
from services.grid.households.rules import Step, moved, require_tags
from services.grid.links.rules import Tie, tied, untied


@operation(HOUSEHOLDS, permission="household.manage", creates=True, given=registering, locks=True)
def register_household(
    _: None, body: schemas.HouseholdIn, given: Registering, call: Call
) -> Done[Household]:
    """Register a household (户) of a grid, perhaps with its link to a member (联系户)."""
    day = local_day(call.at)
    given.require_area(body.area_code, day)
    require_tags(body.tags, given.tags)
    ties: list[Tie] = []
    if body.member_id:
        given.members.require(call.caller, body.member_id, day)
        ties = [_tie(body.member_id, body.is_primary, call)]
    given.take(body.area_code, body.household_no)
    return Done(
        *Household.register(
            call.at,
            id=call.id,
            area_code=body.area_code,
            household_no=body.household_no,
            head=call.people.seal(**body.head.model_dump()),
            member_count=body.member_count,
            tags=body.tags,
            ties=ties,
        )
    )


@operation(HOUSEHOLDS, permission="household.manage", step=Step.CHANGE, given=known_tags)
def change_household(
    household: Household, body: schemas.HouseholdChangeIn, given: frozenset[str], call: Call
) -> Done[Household]:
    """Correct a household, or enter what has changed: its head, how many live there, its tags."""
    _require_area(household, call)
    require_tags(body.tags or [], given)
    told = body.model_dump(exclude={"head", "occurred_at", "on_behalf_of"}, exclude_none=True)
    if body.head:
        told["head"] = call.people.seal(**body.head.model_dump())
    return Done(household, household.change(told, at=call.at))


@operation(HOUSEHOLDS, permission="household.manage", step=Step.MOVE, given=moving, locks=True)
def move_household(
    household: Household, body: schemas.MoveIn, given: Moving, call: Call
) -> Done[Household]:
    """Move a household to another grid from that day on (迁移), as after a redraw. Its open links go on there; what was
    before stays with the grid of before."""
    _require_area(household, call)
    if not call.caller.covers(body.area_code):
        raise OutsideScope(body.area_code)
    day, number = local_day(call.at), body.household_no or household.household_no
    given.require_area(body.area_code, day)
    held = given.held[household.id]
    stays = moved(household.stays, household.area_code, body.area_code, day, held)
    given.take(body.area_code, number)
    return Done(household, household.move(body.area_code, stays, number, at=call.at))


@operation(HOUSEHOLDS, permission="link.manage", step=Step.LINK, given=tying, locks=True)
def link_household(
    household: Household, body: schemas.LinkIn, given: Tying, call: Call
) -> Done[Household]:
    """Link a household with a member from that day on. It has one primary link at a time."""
    _require_area(household, call)
    given.members.require(call.caller, body.member_id, local_day(call.at))
    new = _tie(body.member_id, body.is_primary, call)
    ties = tied(household.ties, new, given.held[household.id])
    return Done(household, household.retie(ties, at=call.at))


@operation(HOUSEHOLDS, permission="link.manage", step=Step.UNLINK, given=tying, locks=True)
def unlink_household(
    household: Household, body: schemas.UnlinkIn, given: Tying, call: Call
) -> Done[Household]:
    """End a link on that day, whoever holds it by now. It stays on record."""
    _require_area(household, call)
    held = given.held[household.id]
    ties = untied(household.ties, body.tie_id, local_day(call.at), held)
    return Done(household, household.retie(ties, at=call.at))


def _tie(member_id: UUID, is_primary: bool, call: Call) -> Tie:
    return Tie(id=uuid7(), member_id=member_id, is_primary=is_primary, since_on=local_day(call.at))


def _require_area(household: Household, call: Call) -> None:
    """Whoever visits a household sees it from anywhere; who manages it is of its area."""
    if not call.caller.covers(household.area_code):
        raise OutsideScope(household.area_code)
