"""The audit of a service whose keyring is nobody's affair."""

from services.chassis.audit import Audit
from services.chassis.audit.chain import Chain
from services.chassis.database import Database

KEYS = {"1": b"k" * 32}


def audit_of(database: Database, service: str = "gateway") -> Audit:
    return Audit(database, Chain(service, KEYS))
