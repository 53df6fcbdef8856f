"""The audit, for whoever works on it beside the running system."""

from jinding.settings import Settings
from services.chassis.audit import Audit
from services.chassis.audit.chain import Chain
from services.chassis.database import Database
from services.chassis.privacy import keyring


def audit_of(service: str, settings: Settings, database: Database) -> Audit:
    """In `development` its keys are made when first asked for."""
    if settings.keyring_file is None:
        keyring.create(settings.keyring)
    return Audit(database, Chain(service, keyring.load(settings.keyring).audit))
