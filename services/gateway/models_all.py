"""Every table of the gateway, for its migrations."""

from services.chassis import numbers, outbox
from services.chassis import tables as chassis_tables
from services.chassis.audit import tables as audit_tables
from services.chassis.deadlines import calendar_table
from services.gateway import tables
from services.gateway.agencies import tables as agency_tables
from services.gateway.emergency import tables as emergency_tables
from services.gateway.warnings import tables as warning_tables

__all__ = [
    "agency_tables",
    "audit_tables",
    "calendar_table",
    "chassis_tables",
    "emergency_tables",
    "numbers",
    "outbox",
    "tables",
    "warning_tables",
]
