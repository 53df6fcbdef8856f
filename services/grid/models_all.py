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
from services.grid.categories.models import Subcategory
from services.grid.demolitions.models import Demolition
from services.grid.device import nouns as followed
from services.grid.device.models import Departure
from services.grid.duty.models import DutyRule, DutyWeek
from services.grid.errands.limits import ErrandLimit
from services.grid.errands.models import Errand
from services.grid.households.models import Household, HouseholdTag
from services.grid.key_persons.models import KeyPerson, VisitFrequency
from services.grid.links.models import Handover, HouseholdLink
from services.grid.lookups.models import ReportLookup
from services.grid.mappings.models import SourceCode
from services.grid.materials.models import MaterialEntry, MaterialItem
from services.grid.members.models import Member
from services.grid.micro_grids.models import MicroGrid
from services.grid.organisations.models import Organisation
from services.grid.parked.models import ParkedItem
from services.grid.patrols.models import Patrol
from services.grid.populations.models import Population
from services.grid.positions.models import PositionLimit
from services.grid.reports.clocks.limits import HandlingRule, TimeLimit
from services.grid.reports.models import Report
from services.grid.subject_requests.models import RightLimit, SubjectRequest
from services.grid.surveys.models import (
    Survey,
    SurveyAnswer,
    SurveyDigest,
    SurveyHousehold,
    SurveyIssue,
    SurveyReturn,
    SurveyToken,
)
from services.grid.tasks.models import AdmissionItem, TaskItem, TaskOrder
from services.grid.visit_tasks.models import VisitTask
from services.grid.visits.models import Visit, VisitOccasion

__all__ = [
    "AdmissionItem",
    "Area",
    "Campaign",
    "Demolition",
    "Departure",
    "DutyRule",
    "DutyWeek",
    "Errand",
    "ErrandLimit",
    "HandlingRule",
    "Handover",
    "Household",
    "HouseholdLink",
    "HouseholdTag",
    "KeyPerson",
    "MaterialEntry",
    "MaterialItem",
    "Member",
    "MicroGrid",
    "Organisation",
    "ParkedItem",
    "Patrol",
    "Population",
    "PositionLimit",
    "Report",
    "ReportLookup",
    "RightLimit",
    "SourceCode",
    "Subcategory",
    "SubjectRequest",
    "Survey",
    "SurveyAnswer",
    "SurveyDigest",
    "SurveyHousehold",
    "SurveyIssue",
    "SurveyReturn",
    "SurveyToken",
    "TaskItem",
    "TaskOrder",
    "TimeLimit",
    "Visit",
    "VisitFrequency",
    "VisitOccasion",
    "VisitTask",
    "attachments",
    "audit_tables",
    "calendar_table",
    "erasure_tables",
    "exports",
    "followed",
    "numbers",
    "outbox",
    "people_tables",
    "tables",
]
