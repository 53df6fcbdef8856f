"""A certificate (合格证明) of a completed training, and how long certificates are valid."""

from datetime import date, datetime
from typing import Any, Self
from uuid import UUID

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from services.chassis.aggregate import AggregateRow
from services.chassis.database import Instant, stored
from services.chassis.operation import Clock
from services.contracts import training as contract
from services.contracts.codes_training import Audience, RevocationReason
from services.training.certificates.rules import (
    RevokedOutsideValidity,
    Status,
    Step,
    after,
    expiry,
    verify_code,
)


class Certificate(AggregateRow, table=True):
    """A local proof of completion, VALID until it expires or is revoked. `valid_to` is its last day."""

    __tablename__ = "certificate"
    __table_args__ = (
        Index(
            "uq_certificate_attendance",
            "attendance_id",
            unique=True,
            postgresql_where=text("status <> 'REVOKED'"),
        ),
    )

    number: str = Field(unique=True)
    status: Status = Field(default=Status.VALID, sa_type=stored(Status), index=True)
    trainee_id: UUID = Field(index=True)
    session_id: UUID
    attendance_id: UUID
    audience: Audience = Field(sa_type=stored(Audience))
    issued_at: datetime = Field(sa_type=Instant)
    issued_on: date
    valid_to: date
    verify_code: str
    expired_at: datetime | None = Field(default=None, sa_type=Instant)
    revoked_at: datetime | None = Field(default=None, sa_type=Instant)
    revoke_reason: RevocationReason | None = Field(default=None, sa_type=stored(RevocationReason))

    @classmethod
    def issue(cls, **facts: Any) -> tuple[Self, contract.CertificateIssued]:
        """A new certificate; `facts` are its fields."""
        new = cls(verify_code=verify_code(), **facts)
        return new, contract.CertificateIssued(
            **new.facts(new.issued_at),
            number=new.number,
            trainee_id=new.trainee_id,
            session_id=new.session_id,
            attendance_id=new.attendance_id,
            audience=new.audience,
            issued_on=new.issued_on,
            valid_to=new.valid_to,
        )

    def check(self, step: Step, by: str) -> None:
        after(self.status, step)

    def expire(self, *, at: datetime) -> contract.CertificateExpired | None:
        """Its validity is over, unless it was revoked meanwhile."""
        if self.status is not Status.VALID:
            return None
        self.status, self.expired_at = after(self.status, Step.EXPIRE), at
        return contract.CertificateExpired(**self.facts(at))

    def revoke(self, reason: RevocationReason, *, at: datetime) -> contract.CertificateRevoked:
        """撤销: it was obtained by fraud or given to the wrong person."""
        status = after(self.status, Step.REVOKE)
        if not self.issued_at <= at < expiry(self.valid_to):
            raise RevokedOutsideValidity
        self.status, self.revoked_at, self.revoke_reason = status, at, reason
        return contract.CertificateRevoked(**self.facts(at), reason=reason)

    def clocks(self) -> list[Clock]:
        return [Clock("expiry", expiry(self.valid_to), self.revoked_at, self.expired_at)]

    @property
    def shown_status(self) -> str:
        return self.status

    @property
    def shown_number(self) -> str | None:
        return self.number

    def snapshot(self) -> contract.CertificateSnapshot:
        return contract.CertificateSnapshot.model_validate(self, from_attributes=True)


class CertificateValidity(SQLModel, table=True):
    """有效期: how many months a certificate of an audience is valid, for those issued from a day on.
    Configuration, not law."""

    __tablename__ = "certificate_validity"

    audience: Audience = Field(sa_type=stored(Audience), primary_key=True)
    valid_from: date = Field(primary_key=True)
    months: int
