"""Who may try what at the gateway itself; what a service allows is the service's affair."""

from services.chassis.identity.common_policy import COMMON
from services.contracts.roles import AGENCY, RESIDENT, ROLES

POLICY: dict[str, frozenset[str]] = COMMON | {
    "dashboard.read": frozenset(ROLES) - {RESIDENT, AGENCY},
    "area.read": frozenset(ROLES),
    "codes.read": frozenset(ROLES),
    "me.read": frozenset(ROLES),
    "timeline.read": frozenset(ROLES) - {RESIDENT},
}
