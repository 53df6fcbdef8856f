"""Who sees which certificates, and what issuing must know."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, and_, select, text
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from services.chassis.database import DriverConnection
from services.chassis.operation import Call, Item, Noun
from services.contracts.codes_training import Audience
from services.training.attendances.models import Attendance
from services.training.attendances.rules import Status as AttendanceStatus
from services.training.certificates.models import Certificate, CertificateValidity
from services.training.certificates.rules import (
    AlreadyCertified,
    AttendanceUnknown,
    Status,
    last_valid_day,
)
from services.training.certificates.schemas import CertificateOut
from services.training.effective import in_force
from services.training.scope import among, by_area
from services.training.sessions.models import TrainingSession

CERTIFICATES: Noun[Certificate] = Noun(
    "certificate",
    Certificate,
    lambda caller: by_area(col(Certificate.area_code), caller),
    lambda certificate, _, allowed: CertificateOut.of(certificate, allowed),
)


def matching(
    status: list[Status] | None, trainee_id: UUID | None, audience: Audience | None
) -> list[ColumnElement[bool] | None]:
    """The filters of a list; None where one was not asked for."""
    return [
        col(Certificate.status).in_(status) if status else None,
        col(Certificate.trainee_id) == trainee_id if trainee_id else None,
        col(Certificate.audience) == audience if audience else None,
    ]


class Attended(NamedTuple):
    """An attendance with its session, and whether a certificate stands for it."""

    has_certificate: bool
    area_code: str
    correlation_id: UUID
    session_id: UUID
    trainee_id: UUID
    audience: Audience
    status: AttendanceStatus
    minutes: int
    assessed_at: datetime | None
    course_minutes: int
    settled_at: datetime | None

    @property
    def passed_at(self) -> datetime | None:
        return self.assessed_at if self.status is AttendanceStatus.PASSED else None


@dataclass(frozen=True)
class Issuing:
    """What issuing must know: the attendances by id, and how long certificates are valid."""

    attendances: dict[UUID, Attended]
    validities: tuple[CertificateValidity, ...]

    def attended(self, id: UUID, call: Call) -> Attended:
        """An attendance in the caller's scope without a certificate. One recorded after a number was sought
        is not known yet."""
        attended = self.attendances.get(id)
        if attended is None or call.number is None or not call.caller.covers(attended.area_code):
            raise AttendanceUnknown
        if attended.has_certificate:
            raise AlreadyCertified
        return attended

    def valid_to(self, audience: Audience, issued_on: date) -> date:
        return last_valid_day(issued_on, in_force(self.validities, audience, issued_on).months)


async def areas(raw: DriverConnection, items: Sequence[Item]) -> dict[UUID, str]:
    """Where each certificate to be issued belongs: its number names the township."""
    wanted = {item.id: item.body.attendance_id for item in items}
    rows = await raw.fetch(
        "select id, area_code from attendance where id = any($1)", list(wanted.values())
    )
    found = {row["id"]: row["area_code"] for row in rows}
    return {id: found[attendance] for id, attendance in wanted.items() if attendance in found}


async def issuing(connection: AsyncConnection, items: Sequence[Item]) -> Issuing:
    standing = and_(
        col(Certificate.attendance_id) == col(Attendance.id),
        col(Certificate.status) != Status.REVOKED,
    )
    rows = await connection.execute(
        select(
            col(Attendance.id),
            col(Certificate.id).is_not(None),
            col(Attendance.area_code),
            col(Attendance.correlation_id),
            col(Attendance.session_id),
            col(Attendance.trainee_id),
            col(Attendance.audience),
            col(Attendance.status),
            col(Attendance.minutes),
            col(Attendance.assessed_at),
            col(TrainingSession.theory_minutes) + col(TrainingSession.practice_minutes),
            col(TrainingSession.settled_at),
        )
        .join(TrainingSession, col(TrainingSession.id) == col(Attendance.session_id))
        .outerjoin(Certificate, standing)
        .where(among(col(Attendance.id), {item.body.attendance_id for item in items}))
    )
    validities = await connection.execute(text("select * from certificate_validity"))
    return Issuing(
        {row[0]: Attended._make(row[1:]) for row in rows},
        tuple(CertificateValidity(**row) for row in validities.mappings()),
    )
