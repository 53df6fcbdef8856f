"""What every service permits alike."""

from services.chassis.identity.policy import JOB
from services.contracts import roles

OUTSIDERS = {roles.RESIDENT, roles.ENTERPRISE_CONTACT, roles.AGENCY, roles.OPERATOR}
"""Who reads what is their own, or nothing; agencies have the events."""

COMMON: dict[str, frozenset[str]] = {
    "attachment.read": frozenset(roles.ROLES),
    "attachment.send": frozenset(roles.ROLES) - {roles.AUDITOR, roles.OPERATOR},
    "batch.run": frozenset(roles.ROLES)
    - {roles.AUDITOR, roles.AGENCY, roles.OPERATOR, roles.PRIVACY_OFFICER},
    "export.run": frozenset(roles.ROLES) - OUTSIDERS,
    "history.import": frozenset({roles.DATA_IMPORTER}),
    "internal.read": frozenset({JOB}),
    "clock.fire": frozenset({JOB}),
    "erasure.apply": frozenset({JOB}),
    "legal_hold.manage": frozenset({roles.PRIVACY_OFFICER, roles.DISTRICT_OPERATOR}),
    "legal_hold.read": frozenset({roles.PRIVACY_OFFICER, roles.DISTRICT_OPERATOR, roles.AUDITOR}),
    "subject.copy": frozenset({roles.PRIVACY_OFFICER}),
    "audit.read": frozenset({roles.AUDITOR}),
    "people.search": frozenset({roles.DISTRICT_OPERATOR, roles.TOWNSHIP_OPERATOR}),
    "deadletter.manage": frozenset({roles.OPERATOR}),
}
