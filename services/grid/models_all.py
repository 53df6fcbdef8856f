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
from services.grid.lookups.models import ReportLookup
from services.grid.mappings.models import SourceCode
from services.grid.materials.models import MaterialEntry, MaterialItem
from services.grid.organisations.models import Organisation
from services.grid.patrols.models import Patrol
from services.grid.positions.models import PositionLimit
from services.grid.reports.clocks.limits import HandlingRule, TimeLimit
from services.grid.reports.models import Report
from services.grid.subject_requests.models import RightLimit, SubjectRequest
from services.grid.surveys.models import (
    Survey,
    SurveyAnswer,
    SurveyHousehold,
    SurveyIssue,
    SurveyReturn,
    SurveyToken,
)

__all__ = [
    "Area",
    "Campaign",
    "Demolition",
    "HandlingRule",
    "MaterialEntry",
    "MaterialItem",
    "Organisation",
    "Patrol",
    "PositionLimit",
    "Report",
    "ReportLookup",
    "RightLimit",
    "SourceCode",
    "Subcategory",
    "SubjectRequest",
    "Survey",
    "SurveyAnswer",
    "SurveyHousehold",
    "SurveyIssue",
    "SurveyReturn",
    "SurveyToken",
    "TimeLimit",
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
