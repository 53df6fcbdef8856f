from datetime import date, datetime
from uuid import UUID

from pydantic import BaseModel

from services.chassis.operation import Body, Creation
from services.contracts.codes_training import Audience, RevocationReason
from services.training.certificates.models import Certificate
from services.training.certificates.rules import Status


class IssueCertificateIn(Creation):
    """For whom: the attendance says who, and of what."""

    attendance_id: UUID


class RevokeCertificateIn(Body):
    reason: RevocationReason


class CertificateLine(BaseModel):
    """A certificate in a list. `valid_to` is its last day."""

    id: UUID
    number: str
    version: int
    status: Status
    area_code: str
    trainee_id: UUID
    audience: Audience
    issued_on: date
    valid_to: date
    late_entry: bool


class CertificateOut(CertificateLine):
    """A certificate in full. `verify_code`: for the holder, to have it verified."""

    session_id: UUID
    attendance_id: UUID
    verify_code: str
    expired_at: datetime | None
    revoked_at: datetime | None
    revoke_reason: RevocationReason | None
    correlation_id: UUID
    import_batch_id: UUID | None
    allowed_actions: list[str] = []

    @classmethod
    def of(cls, certificate: Certificate, allowed: list[str]) -> "CertificateOut":
        shown = cls.model_validate(certificate, from_attributes=True)
        return shown.model_copy(update={"allowed_actions": allowed})
