"""What every service permits alike."""

from services.chassis.identity.policy import JOB
from services.contracts import roles

COMMON: dict[str, frozenset[str]] = {
    "attachment.read": frozenset(roles.ROLES),
    "attachment.send": frozenset(roles.ROLES) - {roles.AUDITOR, roles.OPERATOR},
    "batch.run": frozenset(roles.ROLES) - {roles.AUDITOR, roles.AGENCY, roles.OPERATOR},
    "history.import": frozenset({roles.DATA_IMPORTER}),
    "internal.read": frozenset({JOB}),
    "clock.fire": frozenset({JOB}),
    "deadletter.manage": frozenset({roles.OPERATOR}),
}
