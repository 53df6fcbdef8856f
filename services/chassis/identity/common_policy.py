"""What every service permits alike."""

from services.chassis.identity.policy import JOB
from services.contracts import roles

COMMON: dict[str, frozenset[str]] = {
    "batch.run": frozenset(roles.ROLES) - {roles.AUDITOR, roles.AGENCY, roles.OPERATOR},
    "history.import": frozenset({roles.DATA_IMPORTER}),
    "internal.read": frozenset({JOB}),
    "clock.fire": frozenset({JOB}),
    "audit.read": frozenset({roles.AUDITOR}),
    "deadletter.manage": frozenset({roles.OPERATOR}),
}
