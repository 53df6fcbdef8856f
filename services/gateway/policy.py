"""Who may try what at the gateway itself; what a service allows is the service's affair."""

from services.chassis.identity.common_policy import COMMON
from services.contracts.roles import (
    AGENCY,
    AUDITOR,
    DATA_IMPORTER,
    DISTRICT_OPERATOR,
    ENTERPRISE_CONTACT,
    OPERATOR,
    RESIDENT,
    ROLES,
    TOWNSHIP_OPERATOR,
)
from services.gateway import page

KNOWING = frozenset({TOWNSHIP_OPERATOR, DISTRICT_OPERATOR, DATA_IMPORTER, AUDITOR})
"""Who is told which reports of their areas are sensitive, as in the grid service."""
WORKING = frozenset(ROLES) - {AGENCY, ENTERPRISE_CONTACT, OPERATOR, RESIDENT}

POLICY: dict[str, frozenset[str]] = COMMON | {
    "dashboard.read": frozenset(ROLES) - {RESIDENT, AGENCY},
    "dashboard.records": WORKING,
    "area.read": frozenset(ROLES),
    "events.read": frozenset({AGENCY}),
    "codes.read": frozenset(ROLES),
    "me.read": frozenset(ROLES),
    "projection.manage": frozenset({OPERATOR}),
    "emergency.begin": WORKING,
    "emergency.read": WORKING,
    "emergency.review": frozenset({DISTRICT_OPERATOR, AUDITOR}),
    "warning.read": frozenset({TOWNSHIP_OPERATOR, DISTRICT_OPERATOR, AUDITOR}),
    "warning.handle": frozenset({TOWNSHIP_OPERATOR, DISTRICT_OPERATOR}),
    "warning.configure": frozenset({DISTRICT_OPERATOR}),
    "timeline.read": frozenset(ROLES) - {RESIDENT},
}


def everywhere() -> dict[str, frozenset[str]]:
    """Permission → roles over all services, as their common document tells them."""
    told = page.document()["x-permissions"]
    return {permission: frozenset(roles) for permission, roles in told.items()}
