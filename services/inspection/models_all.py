"""Every table of the inspection service, for its migrations."""

from services.chassis import numbers, outbox, tables
from services.chassis.attachments import table as attachments
from services.chassis.audit import tables as audit_tables
from services.chassis.deadlines import calendar_table
from services.chassis.erasure import tables as erasure_tables
from services.chassis.exports import tables as exports
from services.chassis.privacy import tables as people_tables
from services.inspection.enterprises.models import Enterprise
from services.inspection.hazards.models import Hazard, RectificationLimit
from services.inspection.reports.models import CheckupReport

__all__ = [
    "CheckupReport",
    "Enterprise",
    "Hazard",
    "RectificationLimit",
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
