"""The audit's keys, for whoever acts beside the running system."""

from collections.abc import Mapping

from jinding.settings import Settings
from services.chassis.audit import Audit
from services.chassis.audit.chain import Chain
from services.chassis.database import Database
from services.chassis.privacy import keyring
from services.chassis.settings import Service


def keys_of(settings: Settings) -> Mapping[str, bytes]:
    """Those of the data folder are made when first asked for. Inside a deployment the keyring must be named: rows
    under a key of our own could not be verified by anybody."""
    if settings.inside:
        return keyring.load(settings.keyring_file).audit
    if settings.keyring_file is None:
        keyring.create(settings.keyring)
    return keyring.load(settings.keyring).audit


def audit_of(service: Service, settings: Settings, database: Database) -> Audit:
    return Audit(database, Chain(service, keys_of(settings)))
