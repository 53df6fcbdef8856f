"""Who may try what in the grid service. Scope and conditions on the record come on top."""

from services.chassis.identity.common_policy import COMMON
from services.chassis.identity.policy import JOB
from services.contracts.roles import (
    AGENCY,
    AUDITOR,
    DATA_IMPORTER,
    DEPARTMENT_HANDLER,
    DISTRICT_OPERATOR,
    FULL_TIME_GRID_MEMBER,
    GRID_INSTRUCTOR,
    GRID_LEADER,
    PART_TIME_GRID_MEMBER,
    PRIVACY_OFFICER,
    RED_GRID_MEMBER,
    RESIDENT,
    ROLES,
    SERVICE_GROUP_MEMBER,
    TOWNSHIP_OPERATOR,
    VILLAGE_OPERATOR,
)

MEMBERS = {FULL_TIME_GRID_MEMBER, PART_TIME_GRID_MEMBER, RED_GRID_MEMBER}
VILLAGE = {GRID_LEADER, GRID_INSTRUCTOR, VILLAGE_OPERATOR}
OFFICES = {TOWNSHIP_OPERATOR, DISTRICT_OPERATOR, DATA_IMPORTER}
REPORTERS = MEMBERS | VILLAGE | OFFICES | {RESIDENT, SERVICE_GROUP_MEMBER}
DESK = frozenset({PRIVACY_OFFICER, DISTRICT_OPERATOR})
FIELD = MEMBERS | VILLAGE | OFFICES
HANDLERS_BY_AREA = OFFICES | VILLAGE | {FULL_TIME_GRID_MEMBER}

POLICY: dict[str, frozenset[str]] = COMMON | {
    "area.read": frozenset(ROLES),
    "area.import": frozenset({DISTRICT_OPERATOR, DATA_IMPORTER}),
    "report.create": frozenset(REPORTERS),
    "report.read": frozenset(REPORTERS | {DEPARTMENT_HANDLER, AUDITOR, AGENCY}),
    "report.accept": frozenset(OFFICES | VILLAGE),
    "report.assign": frozenset(OFFICES | VILLAGE),
    "report.escalate": frozenset(HANDLERS_BY_AREA),
    "report.decide": frozenset(OFFICES | VILLAGE),
    "report.suspend": frozenset({DISTRICT_OPERATOR, DATA_IMPORTER}),
    "report.supervise": frozenset(OFFICES | {GRID_INSTRUCTOR}),
    "report.handle": frozenset(HANDLERS_BY_AREA | {DEPARTMENT_HANDLER, AGENCY}),
    "report.resolve_by_case": frozenset({JOB}),
    "report.verify": frozenset(OFFICES | VILLAGE | {FULL_TIME_GRID_MEMBER}),
    "report.close": frozenset(OFFICES | VILLAGE),
    "report.self_handle": frozenset({FULL_TIME_GRID_MEMBER, GRID_LEADER, DATA_IMPORTER}),
    "report.self_check": frozenset(OFFICES | {GRID_LEADER, GRID_INSTRUCTOR}),
    "report.evaluate": frozenset(REPORTERS),
    "report.call_back": frozenset(OFFICES),
    "report.reopen": frozenset(REPORTERS),
    "report.archive": frozenset(OFFICES),
    "report.withdraw_file": frozenset(OFFICES),
    "report.cancel": frozenset(REPORTERS),
    "report.merge": frozenset(OFFICES),
    "report.describe": frozenset(REPORTERS | {DEPARTMENT_HANDLER}),
    "report.code": frozenset(REPORTERS),
    "report.look_up": frozenset({JOB}),
    "report.import": frozenset({DATA_IMPORTER}),
    "report.reveal": frozenset({TOWNSHIP_OPERATOR, DISTRICT_OPERATOR}),
    "category.manage": frozenset({DISTRICT_OPERATOR, DATA_IMPORTER}),
    "subject_request.receive": DESK,
    "subject_request.read": DESK | {AUDITOR},
    "subject_request.reveal": DESK,
    "subject_request.decide": frozenset({PRIVACY_OFFICER}),
    "campaign.plan": frozenset(OFFICES),
    "campaign.read": frozenset(FIELD | {AUDITOR}),
    "demolition.record": frozenset(FIELD),
    "demolition.void": frozenset(OFFICES),
    "demolition.read": frozenset(FIELD | {AUDITOR}),
    "material.register": frozenset(OFFICES),
    "material.enter": frozenset(FIELD),
    "material.counter": frozenset(OFFICES),
    "material.read": frozenset(FIELD | {AUDITOR}),
    "patrol.record": frozenset(FIELD),
    "survey.manage": frozenset(OFFICES),
    "survey.issue": frozenset(FIELD),
    "survey.answer": frozenset(FIELD | {RESIDENT}),
    "survey.read": frozenset(FIELD | {AUDITOR, RESIDENT}),
    "survey.follow": frozenset(FIELD | {AUDITOR}),
    "patrol.void": frozenset(OFFICES),
    "patrol.read": frozenset(FIELD | {AUDITOR}),
}
