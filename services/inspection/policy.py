"""Who may try what in the inspection service. Scope and conditions on the record come on top."""

from services.chassis.identity.common_policy import COMMON
from services.chassis.identity.policy import JOB
from services.contracts.roles import (
    AUDITOR,
    DATA_IMPORTER,
    DEPARTMENT_HANDLER,
    DISTRICT_OPERATOR,
    ENTERPRISE_CONTACT,
    SAFETY_OFFICER,
    STATION_EXPERT,
    TOWNSHIP_OPERATOR,
)

OFFICERS = {SAFETY_OFFICER, TOWNSHIP_OPERATOR, DISTRICT_OPERATOR, DATA_IMPORTER}
STATION = OFFICERS | {STATION_EXPERT}
REVEALERS = STATION - {DATA_IMPORTER}
READERS = STATION | {DEPARTMENT_HANDLER, ENTERPRISE_CONTACT, AUDITOR}

POLICY: dict[str, frozenset[str]] = COMMON | {
    "enterprise.register": frozenset(STATION),
    "enterprise.read": frozenset(READERS),
    "enterprise.reveal": frozenset(REVEALERS),
    "enterprise.file": frozenset(STATION),
    "enterprise.change": frozenset(OFFICERS),
    "enterprise.rate": frozenset(STATION),
    "hazard.find": frozenset(STATION | {DEPARTMENT_HANDLER}),
    "hazard.refer": frozenset({JOB}),
    "hazard.read": frozenset(READERS),
    "hazard.reveal": frozenset(REVEALERS),
    "hazard.notify": frozenset(OFFICERS),
    "hazard.plan": frozenset(STATION | {ENTERPRISE_CONTACT}),
    "hazard.submit": frozenset(STATION | {ENTERPRISE_CONTACT}),
    "hazard.review": frozenset(STATION),
    "hazard.close": frozenset(STATION),
    "hazard.void": frozenset(OFFICERS),
    "checkup_report.issue": frozenset({STATION_EXPERT, SAFETY_OFFICER, DATA_IMPORTER}),
    "checkup_report.read": frozenset(READERS),
}
