"""What may be done with grid members. Each operation is one use case on one member."""

from uuid import UUID

from services.chassis.deadlines.calendar import local_day
from services.chassis.decision import OutsideScope
from services.chassis.operation import Call, Done, operation
from services.chassis.privacy.numbers import current_resident_id
from services.grid.members import schemas
from services.grid.members.models import Member
from services.grid.members.queries import (
    MEMBERS,
    Ground,
    Loads,
    Registering,
    changing,
    ground,
    loads,
    registering,
)
from services.grid.members.rules import Appointment, Step, require_branch


@operation(MEMBERS, permission="member.manage", creates=True, given=registering)
def register_member(
    _: None, body: schemas.MemberIn, given: Registering, call: Call
) -> Done[Member]:
    """Register a grid member (网格员) who serves from `occurred_at` on. Once per account."""
    day = local_day(call.at)
    for place, grid in enumerate(body.grids):
        given.ground.require(call.caller, grid, day, f"/grids/{place}")
    require_branch(body.branch, is_party_member=body.is_party_member)
    given.require_branch(body.branch, day)
    given.take(body.account, call.id)
    return Done(
        *Member.register(
            call.at,
            id=call.id,
            area_code=body.area_code,
            person=_sealed(body.identity, call),
            account=body.account,
            kind=body.kind,
            is_party_member=body.is_party_member,
            branch=body.branch,
            appointments=[Appointment(grid=grid, since_on=day) for grid in body.grids],
            starts_on=day,
        )
    )


@operation(MEMBERS, permission="member.manage", step=Step.APPOINT, given=ground)
def appoint_member(member: Member, body: schemas.GridIn, given: Ground, call: Call) -> Done[Member]:
    """Appoint a member to one more grid (任职)."""
    _require_office(member, call)
    given.require(call.caller, body.grid_code, local_day(call.at), "/grid_code")
    return Done(member, member.appoint(body.grid_code, at=call.at))


@operation(MEMBERS, permission="member.manage", step=Step.RELEASE)
def release_member(member: Member, body: schemas.GridIn, _: None, call: Call) -> Done[Member]:
    """End the appointment of a member to a grid (免职)."""
    _require_office(member, call)
    return Done(member, member.release(body.grid_code, at=call.at))


@operation(MEMBERS, permission="member.manage", step=Step.CHANGE, given=changing)
def change_member(
    member: Member, body: schemas.ChangeIn, given: Registering, call: Call
) -> Done[Member]:
    """Correct a member, or enter what has changed: who they are and where they belong, account, kind, party
    branch."""
    _require_office(member, call)
    facts = body.model_dump(exclude_unset=True, exclude={"identity", "occurred_at", "on_behalf_of"})
    facts = {name: told for name, told in facts.items() if told is not None or name == "branch"}
    party = facts.get("is_party_member", member.is_party_member)
    if not party and "branch" not in facts:
        facts["branch"] = None
    require_branch(facts.get("branch"), is_party_member=party)
    given.require_branch(facts.get("branch"), local_day(call.at))
    if "area_code" in facts:
        given.ground.require(call.caller, facts["area_code"], local_day(call.at), "/area_code")
    if "account" in facts:
        given.take(facts["account"], member.id)
    if body.identity:
        facts["person"] = _sealed(body.identity, call)
    return Done(member, member.change(facts, at=call.at))


@operation(MEMBERS, permission="member.manage", step=Step.LEAVE, given=loads)
def dismiss_member(member: Member, body: schemas.LeaveIn, given: Loads, call: Call) -> Done[Member]:
    """A member leaves (离岗): all appointments end. Not while households are linked with them."""
    _require_office(member, call)
    return Done(member, member.leave(given.of(member.id), at=call.at))


def _require_office(member: Member, call: Call) -> None:
    """Members see themselves wherever they are; who manages them is of their area."""
    if not call.caller.covers(member.area_code):
        raise OutsideScope(member.area_code)


def _sealed(identity: schemas.IdentityIn, call: Call) -> UUID:
    imported = call.import_batch_id is not None
    number = current_resident_id(
        identity.resident_id, imported=imported, pointer="/identity/resident_id"
    )
    return call.people.seal(name=identity.name, phone=identity.phone, resident_id=number)
