"""Every table of the inspection service, for its migrations."""

from services.chassis import numbers, outbox, tables
from services.chassis.deadlines import calendar_table
from services.chassis.exports import tables as exports
from services.inspection.enterprises.models import Enterprise
from services.inspection.hazards.models import Hazard, RectificationLimit
from services.inspection.reports.models import CheckupReport

__all__ = [
    "CheckupReport",
    "Enterprise",
    "Hazard",
    "RectificationLimit",
    "calendar_table",
    "exports",
    "numbers",
    "outbox",
    "tables",
]
