"""Every table of the disputes service, for its migrations."""

from services.chassis import numbers, outbox, tables
from services.chassis.deadlines import calendar_table
from services.chassis.exports import tables as exports
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
    "calendar_table",
    "exports",
    "numbers",
    "outbox",
    "tables",
]
