"""Callers, as the gateway would vouch for them."""

from services.chassis.identity.caller import Caller
from services.contracts import roles


def caller(
    role: str, *areas: str, subject: str | None = None, organisation: str | None = None
) -> Caller:
    """Somebody with one role; without `subject`, named after the role."""
    return Caller(
        subject=subject or f"person-{role}",
        roles=frozenset({role}),
        areas=areas or ("330703",),
        organisation=organisation,
        request_id="test",
    )


DISTRICT = caller(roles.DISTRICT_OPERATOR)
TOWNSHIP = caller(roles.TOWNSHIP_OPERATOR, "330703105")
OTHER_TOWNSHIP = caller(roles.TOWNSHIP_OPERATOR, "330703101", subject="other-township")
RED_MEMBER = caller(roles.RED_GRID_MEMBER, "330703105291001")
HANDLER = caller(roles.DEPARTMENT_HANDLER, "330703105", organisation="330703-enforcement")
VERIFIER = caller(roles.GRID_LEADER, "330703105291")
IMPORTER = caller(roles.DATA_IMPORTER)
OPERATOR = caller(roles.OPERATOR)
