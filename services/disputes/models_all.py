"""Every table of the disputes service, for its migrations."""

from services.chassis import numbers, outbox, tables
from services.chassis.attachments import table as attachments
from services.chassis.deadlines import calendar_table
from services.disputes.cases.limits import MediationLimit
from services.disputes.cases.models import Case
from services.disputes.groups.models import ServiceGroup
from services.disputes.receptions.models import CollectiveRule, Reception

__all__ = [
    "Case",
    "CollectiveRule",
    "MediationLimit",
    "Reception",
    "ServiceGroup",
    "attachments",
    "calendar_table",
    "numbers",
    "outbox",
    "tables",
]
