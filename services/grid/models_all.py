"""Every table of the grid service, for its migrations."""

from services.chassis import numbers, outbox, tables
from services.chassis.deadlines import calendar_table
from services.chassis.exports import tables as exports
from services.grid.areas.models import Area
from services.grid.organisations.models import Organisation
from services.grid.reports.models import Report, TimeLimit

__all__ = [
    "Area",
    "Organisation",
    "Report",
    "TimeLimit",
    "calendar_table",
    "exports",
    "numbers",
    "outbox",
    "tables",
]
