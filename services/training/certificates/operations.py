"""What may be done with certificates. Each operation is one use case on one certificate."""

from datetime import datetime

from services.chassis.deadlines.calendar import local_day
from services.chassis.deadlines.sweeper import Passed
from services.chassis.operation import Call, Done, Numbering, operation
from services.training.certificates import schemas
from services.training.certificates.models import Certificate
from services.training.certificates.queries import CERTIFICATES, Issuing, areas, issuing
from services.training.certificates.rules import Step, require_earned


def number_of(body: schemas.IssueCertificateIn, at: datetime) -> Numbering:
    return Numbering("CT", "", local_day(at))


@operation(
    CERTIFICATES,
    permission="certificate.issue",
    creates=True,
    given=issuing,
    number=number_of,
    located=areas,
)
def issue_certificate(
    _: None, body: schemas.IssueCertificateIn, given: Issuing, call: Call
) -> Done[Certificate]:
    """Issue the certificate that an attendance has earned (发证)."""
    attended = given.attended(body.attendance_id, call)
    require_earned(
        at=call.at,
        settled_at=attended.settled_at,
        passed_at=attended.passed_at,
        minutes=attended.minutes,
        course_minutes=attended.course_minutes,
    )
    issued_on = local_day(call.at)
    return Done(
        *Certificate.issue(
            id=call.id,
            number=call.number,
            area_code=attended.area_code,
            correlation_id=attended.correlation_id,
            trainee_id=attended.trainee_id,
            session_id=attended.session_id,
            attendance_id=body.attendance_id,
            audience=attended.audience,
            issued_at=call.at,
            issued_on=issued_on,
            valid_to=given.valid_to(attended.audience, issued_on),
        )
    )


@operation(CERTIFICATES, permission="certificate.revoke", step=Step.REVOKE)
def revoke_certificate(
    certificate: Certificate, body: schemas.RevokeCertificateIn, _: None, call: Call
) -> Done[Certificate]:
    """Revoke a valid certificate (撤销)."""
    return Done(certificate, certificate.revoke(body.reason, at=call.at))


@operation(CERTIFICATES, permission="clock.fire", overdue=True)
def record_certificate_expired(
    certificate: Certificate, body: Passed, _: None, call: Call
) -> Done[Certificate] | None:
    """The certificate's validity is over. Only the sweeper does this."""
    event = certificate.expire(at=call.at)
    return Done(certificate, event) if event else None
