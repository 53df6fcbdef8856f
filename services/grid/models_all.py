"""Every table of the grid service, for its migrations."""

from services.chassis import numbers, outbox, tables
from services.chassis.deadlines import calendar_table
from services.grid.areas.models import Area
from services.grid.campaigns.models import Campaign
from services.grid.demolitions.models import Demolition
from services.grid.materials.models import MaterialEntry, MaterialItem
from services.grid.organisations.models import Organisation
from services.grid.patrols.models import Patrol
from services.grid.positions.models import PositionLimit
from services.grid.reports.models import Report, TimeLimit
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
    "MaterialEntry",
    "MaterialItem",
    "Organisation",
    "Patrol",
    "PositionLimit",
    "Report",
    "Survey",
    "SurveyAnswer",
    "SurveyHousehold",
    "SurveyIssue",
    "SurveyReturn",
    "SurveyToken",
    "TimeLimit",
    "calendar_table",
    "numbers",
    "outbox",
    "tables",
]
