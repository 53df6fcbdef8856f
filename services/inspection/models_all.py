"""Every table of the inspection service, for its migrations."""

from services.chassis import numbers, outbox, tables
from services.chassis.attachments import table as attachments
from services.chassis.deadlines import calendar_table
from services.inspection.enterprises.models import Enterprise
from services.inspection.hazards.models import Hazard, RectificationLimit
from services.inspection.reports.models import CheckupReport

__all__ = [
    "CheckupReport",
    "Enterprise",
    "Hazard",
    "RectificationLimit",
    "attachments",
    "calendar_table",
    "numbers",
    "outbox",
    "tables",
]
