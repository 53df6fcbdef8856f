"""Every table of the training service, for its migrations."""

from services.chassis import numbers, outbox, tables
from services.chassis.attachments import table as attachments
from services.chassis.deadlines import calendar_table
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
    "calendar_table",
    "numbers",
    "outbox",
    "tables",
]
