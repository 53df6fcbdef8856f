"""Every table of the grid service, for its migrations."""

from services.chassis import numbers, outbox, tables
from services.chassis.attachments import table as attachments
from services.chassis.audit import tables as audit_tables
from services.chassis.deadlines import calendar_table
from services.chassis.erasure import tables as erasure_tables
from services.chassis.exports import tables as exports
from services.chassis.privacy import tables as people_tables
from services.grid.areas.models import Area
from services.grid.campaigns.models import Campaign
from services.grid.demolitions.models import Demolition
from services.grid.errands.limits import ErrandLimit
from services.grid.errands.models import Errand
from services.grid.key_persons.models import KeyPerson, VisitFrequency
from services.grid.materials.models import MaterialEntry, MaterialItem
from services.grid.organisations.models import Organisation
from services.grid.patrols.models import Patrol
from services.grid.positions.models import PositionLimit
from services.grid.reports.models import Report, TimeLimit
from services.grid.subject_requests.models import RightLimit, SubjectRequest
from services.grid.surveys.models import (
    Survey,
    SurveyAnswer,
    SurveyHousehold,
    SurveyIssue,
    SurveyReturn,
    SurveyToken,
)
from services.grid.tasks.models import AdmissionItem, TaskItem, TaskOrder

__all__ = [
    "AdmissionItem",
    "Area",
    "Campaign",
    "Demolition",
    "Errand",
    "ErrandLimit",
    "KeyPerson",
    "MaterialEntry",
    "MaterialItem",
    "Organisation",
    "Patrol",
    "PositionLimit",
    "Report",
    "RightLimit",
    "SubjectRequest",
    "Survey",
    "SurveyAnswer",
    "SurveyHousehold",
    "SurveyIssue",
    "SurveyReturn",
    "SurveyToken",
    "TaskItem",
    "TaskOrder",
    "TimeLimit",
    "VisitFrequency",
    "attachments",
    "audit_tables",
    "calendar_table",
    "erasure_tables",
    "exports",
    "numbers",
    "outbox",
    "people_tables",
    "tables",
]
