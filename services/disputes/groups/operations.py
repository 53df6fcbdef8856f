"""What may be done with service groups."""

from collections.abc import Sequence
from datetime import date

from services.chassis.deadlines.calendar import local_day
from services.chassis.operation import Call, Done, operation
from services.disputes.groups import schemas
from services.disputes.groups.models import ServiceGroup
from services.disputes.groups.queries import GROUPS, townships_served
from services.disputes.groups.rules import Member, Project, Step, TownshipHasGroup


def members_of(members: Sequence[schemas.MemberIn], day: date) -> list[Member]:
    return [Member(**member.model_dump(), since=day) for member in members]


def projects_of(names: Sequence[str], day: date) -> list[Project]:
    return [Project(name=name, since=day) for name in names]


@operation(GROUPS, permission="group.manage", creates=True, given=townships_served)
def form_service_group(
    _: None, body: schemas.GroupIn, given: dict[str, date], call: Call
) -> Done[ServiceGroup]:
    """Form the service group of a township, of members of at least two agencies. One at a time."""
    day = local_day(call.at)
    if day < given.get(body.area_code, date.min):
        raise TownshipHasGroup
    return Done(
        *ServiceGroup.form(
            id=call.id,
            area_code=body.area_code,
            members=members_of(body.members, day),
            projects=projects_of(body.projects, day),
            at=call.at,
        )
    )


@operation(GROUPS, permission="group.manage", step=Step.CHANGE)
def change_service_group_members(
    group: ServiceGroup, body: schemas.GroupChangeIn, _: None, call: Call
) -> Done[ServiceGroup]:
    """Say who belongs to the group, and to which key projects it is attached, from this day on."""
    day = local_day(call.at)
    members, projects = members_of(body.members, day), projects_of(body.projects, day)
    return Done(group, group.change(members, projects, by=call.subject, at=call.at))


@operation(GROUPS, permission="group.manage", step=Step.DISSOLVE)
def dissolve_service_group(
    group: ServiceGroup, body: schemas.DissolveIn, _: None, call: Call
) -> Done[ServiceGroup]:
    """Dissolve the group; the township may then form another."""
    return Done(group, group.dissolve(by=call.subject, at=call.at))
