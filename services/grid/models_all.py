"""Every table of the grid service, for its migrations."""

from services.chassis import numbers, outbox, tables
from services.chassis.attachments import table as attachments
from services.chassis.deadlines import calendar_table
from services.grid.areas.models import Area
from services.grid.organisations.models import Organisation
from services.grid.reports.models import Report, TimeLimit

__all__ = [
    "Area",
    "Organisation",
    "Report",
    "TimeLimit",
    "attachments",
    "calendar_table",
    "numbers",
    "outbox",
    "tables",
]
