"""The audit (审计): who did what to which record, in rows that cannot be changed without being found out."""

from services.chassis.audit.entry import Action, Entry
from services.chassis.audit.recorder import Audit

__all__ = ["Action", "Audit", "Entry"]
