"""More callers of the grid service, each of whom sees or may do something else."""

from services.chassis.identity.caller import Caller
from services.contracts import roles
from tests.support.people import caller

TOWN, GRID = "330703105", "330703105291001"
ENFORCEMENT, MARKET = "330703-enforcement", "330703-market-supervision"
OTHER_OFFICE = "330703101-command-room"

NEIGHBOUR = caller(roles.RED_GRID_MEMBER, GRID, subject="red-2")
FULL_TIME = caller(roles.FULL_TIME_GRID_MEMBER, GRID)
PART_TIME = caller(roles.PART_TIME_GRID_MEMBER, GRID)
INSTRUCTOR = caller(roles.GRID_INSTRUCTOR, GRID)
VILLAGE = caller(roles.VILLAGE_OPERATOR, "330703105291")
RESIDENT = caller(roles.RESIDENT, GRID)
OTHER_RESIDENT = caller(roles.RESIDENT, GRID, subject="resident-2")
GROUP_MEMBER = caller(roles.SERVICE_GROUP_MEMBER, TOWN)
AUDITOR = caller(roles.AUDITOR)
COLLEAGUE = caller(roles.TOWNSHIP_OPERATOR, TOWN, subject="colleague")
MATE = caller(roles.DEPARTMENT_HANDLER, TOWN, subject="mate", organisation=ENFORCEMENT)
STRANGER = caller(roles.DEPARTMENT_HANDLER, TOWN, subject="stranger", organisation=MARKET)
AGENCY = caller(roles.AGENCY, organisation=ENFORCEMENT)
OTHER_AGENCY = caller(roles.AGENCY, subject="agency-2", organisation=MARKET)
ELSEWHERE = caller(
    roles.TOWNSHIP_OPERATOR, "330703101", subject="elsewhere", organisation=OTHER_OFFICE
)


def both(one: Caller, other: Caller) -> Caller:
    """One person in both roles, with the first's name and both's areas."""
    return Caller(
        subject=one.subject,
        roles=one.roles | other.roles,
        areas=(*one.areas, *other.areas),
        organisation=one.organisation or other.organisation,
    )
