"""Who may try what in the disputes service. Scope and conditions on the record come on top."""

from services.chassis.identity.common_policy import COMMON
from services.chassis.identity.policy import JOB
from services.contracts.roles import (
    AUDITOR,
    DATA_IMPORTER,
    DISTRICT_OPERATOR,
    MEDIATOR,
    SERVICE_GROUP_MEMBER,
    TOWNSHIP_OPERATOR,
)

OFFICES = {TOWNSHIP_OPERATOR, DISTRICT_OPERATOR, DATA_IMPORTER}
AREA_READERS = OFFICES | {AUDITOR}
PEOPLE = OFFICES | {MEDIATOR, SERVICE_GROUP_MEMBER}
GROUPS = OFFICES | {SERVICE_GROUP_MEMBER}

POLICY: dict[str, frozenset[str]] = COMMON | {
    "case.create": frozenset(PEOPLE),
    "case.read": frozenset(PEOPLE | {AUDITOR}),
    "case.reveal": frozenset(
        {TOWNSHIP_OPERATOR, DISTRICT_OPERATOR, MEDIATOR, SERVICE_GROUP_MEMBER}
    ),
    "case.accept": frozenset(PEOPLE),
    "case.mediate": frozenset(PEOPLE),
    "case.close": frozenset(OFFICES | {MEDIATOR}),
    "case.refer": frozenset({JOB}),
    "reception.record": frozenset(GROUPS),
    "reception.read": frozenset(GROUPS | {AUDITOR}),
    "group.manage": frozenset(OFFICES),
    "group.read": frozenset(PEOPLE | {AUDITOR}),
}
