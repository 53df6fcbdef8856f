"""What may be done with a request about one's own personal data."""

from datetime import datetime

from services.chassis.deadlines.calendar import local_day
from services.chassis.deadlines.sweeper import Passed, Reschedule
from services.chassis.operation import Call, Done, Numbering, operation
from services.grid.subject_requests import schemas
from services.grid.subject_requests.models import Confirmation, SubjectRequest
from services.grid.subject_requests.queries import REQUESTS, Erasing, Limits, erasing, limits
from services.grid.subject_requests.rules import Step

RECEIVE, DECIDE = "subject_request.receive", "subject_request.decide"


def number_of(body: schemas.RequestIn, at: datetime) -> Numbering:
    return Numbering("SR", body.area_code[:9].ljust(9, "0"), local_day(at))


@operation(REQUESTS, permission=RECEIVE, creates=True, given=limits, number=number_of)
def receive_subject_request(
    _: None, body: schemas.RequestIn, given: Limits, call: Call
) -> Done[SubjectRequest]:
    """Take a request of a person about their own data (收到请求). The 15 days of the answer begin."""
    body.require_complete()
    told = body.model_dump(include={"name", "resident_id", "phone"})
    return Done(
        *SubjectRequest.receive(
            id=call.id,
            number=call.number,
            area_code=body.area_code,
            kind=body.kind,
            person=call.people.seal(**told),
            fields=body.fields,
            records=body.records,
            received_by=call.subject,
            received_at=call.at,
            answer_due_at=given.due("answer", body.area_code, call.at),
        )
    )


@operation(REQUESTS, permission=RECEIVE, step=Step.VERIFY)
def verify_subject_request(
    request: SubjectRequest, body: schemas.RequestStepIn, _: None, call: Call
) -> Done[SubjectRequest]:
    """Who asks has proved who they are (身份核验)."""
    return Done(request, request.verify(by=call.subject, at=call.at))


@operation(REQUESTS, permission=DECIDE, step=Step.COMPLETE)
def complete_subject_request(
    request: SubjectRequest, body: schemas.RequestStepIn, _: None, call: Call
) -> Done[SubjectRequest]:
    """The copy was handed over, or each record is corrected by its own step (办结). Not of an erasure."""
    return Done(request, request.complete(by=call.subject, at=call.at))


@operation(REQUESTS, permission=DECIDE, step=Step.ERASE, given=erasing)
def erase_subject(
    request: SubjectRequest, body: schemas.RequestStepIn, given: Erasing, call: Call
) -> Done[SubjectRequest]:
    """Have the person erased in every service (删除). It cannot be undone; the request is done once each service has
    confirmed it. Legal holds and archive rules win, and are told."""
    due = given.limits.due("confirm", request.area_code, call.at)
    event = request.erase(given.person(request.id), due, by=call.subject, at=call.at)
    return Done(request, event)


@operation(REQUESTS, permission=DECIDE, step=Step.REFUSE)
def refuse_subject_request(
    request: SubjectRequest, body: schemas.RefuseIn, _: None, call: Call
) -> Done[SubjectRequest]:
    """Refuse a request, with the reason that the person is told (不予办理)."""
    return Done(request, request.refuse(body.reason, by=call.subject, at=call.at))


@operation(REQUESTS, permission="erasure.apply")
def record_erasure(
    request: SubjectRequest, body: schemas.ConfirmationIn, _: None, call: Call
) -> Done[SubjectRequest]:
    """A service has confirmed the erasure. Only the subscription does this."""
    facts = body.model_dump(include={"keeper", "erased", "held", "rules"})
    return Done(request, request.record(Confirmation(at=call.at, **facts)))


@operation(REQUESTS, permission="clock.fire", overdue=True)
def record_subject_request_overdue(
    request: SubjectRequest, body: Passed, _: None, call: Call
) -> Done[SubjectRequest] | None:
    """A deadline of the request has passed. Only the sweeper does this."""
    event = request.overdue(body.kind, at=call.at)
    return Done(request, event) if event else None


@operation(REQUESTS, permission="clock.fire", reschedules=True, given=limits)
def set_subject_request_deadline(
    request: SubjectRequest, body: Reschedule, given: Limits, call: Call
) -> Done[SubjectRequest] | None:
    """The calendar may reach a deadline that was not known. Only the sweeper does this."""
    since = request.undated_since(body.kind)
    due = since and given.due(body.kind, request.area_code, since)
    return Done(request, request.set_deadline(body.kind, due, at=call.at)) if due else None
