"""Who may try what in the training service. Scope and conditions on the record come on top."""

from services.chassis.identity.common_policy import COMMON
from services.contracts.roles import (
    AUDITOR,
    DATA_IMPORTER,
    DISTRICT_OPERATOR,
    TOWNSHIP_OPERATOR,
    TRAINING_OFFICER,
)

STAFF = frozenset({TRAINING_OFFICER, TOWNSHIP_OPERATOR, DISTRICT_OPERATOR, DATA_IMPORTER})
# Whoever fixes results must not be the township that brought the people.
TRAINERS = STAFF - {TOWNSHIP_OPERATOR}
READERS = STAFF | {AUDITOR}

POLICY: dict[str, frozenset[str]] = COMMON | {
    "training_session.open": STAFF,
    "training_session.hold": STAFF,
    "training_session.settle": TRAINERS,
    "training_session.read": READERS,
    "trainee.register": STAFF,
    "trainee.read": READERS,
    "trainee.reveal": STAFF - {DATA_IMPORTER},
    "attendance.record": STAFF,
    "attendance.assess": TRAINERS,
    "attendance.read": READERS,
    "certificate.issue": TRAINERS,
    "certificate.revoke": TRAINERS,
    "certificate.read": READERS,
}
