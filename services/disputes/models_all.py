"""Every table of the disputes service, for its migrations."""

from services.chassis import numbers, outbox, tables
from services.chassis.attachments import table as attachments
from services.chassis.audit import tables as audit_tables
from services.chassis.deadlines import calendar_table
from services.chassis.erasure import tables as erasure_tables
from services.chassis.exports import tables as exports
from services.chassis.privacy import tables as people_tables
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
    "audit_tables",
    "calendar_table",
    "erasure_tables",
    "exports",
    "numbers",
    "outbox",
    "people_tables",
    "tables",
]
