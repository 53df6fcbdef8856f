"""Every table of the grid service, for its migrations."""

from services.chassis import numbers, outbox, tables
from services.chassis.attachments import table as attachments
from services.chassis.audit import tables as audit_tables
from services.chassis.deadlines import calendar_table
from services.chassis.erasure import tables as erasure_tables
from services.chassis.exports import tables as exports
from services.chassis.privacy import tables as people_tables
from services.grid.areas.models import Area
from services.grid.organisations.models import Organisation
from services.grid.reports.models import Report, TimeLimit
from services.grid.subject_requests.models import RightLimit, SubjectRequest

__all__ = [
    "Area",
    "Organisation",
    "Report",
    "RightLimit",
    "SubjectRequest",
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
