"""The audit (审计): who did what to which record, in rows that cannot be changed without being found out."""

from services.chassis.audit.entry import Entry
from services.chassis.audit.recorder import Audit
from services.contracts.codes_audit import Action

__all__ = ["Action", "Audit", "Entry"]
