"""Every table of the training service, for its migrations."""

from services.chassis import numbers, outbox, tables
from services.chassis.attachments import table as attachments
from services.chassis.audit import tables as audit_tables
from services.chassis.deadlines import calendar_table
from services.chassis.erasure import tables as erasure_tables
from services.chassis.exports import tables as exports
from services.chassis.privacy import tables as people_tables
from services.training.attendances.models import Attendance, PassMark
from services.training.certificates.models import Certificate, CertificateValidity
from services.training.sessions.models import TrainingSession
from services.training.trainees.models import Trainee

__all__ = [
    "Attendance",
    "Certificate",
    "CertificateValidity",
    "PassMark",
    "Trainee",
    "TrainingSession",
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
