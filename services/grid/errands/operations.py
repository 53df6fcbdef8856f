"""What may be done with errands. Each operation is one use case on one errand."""

from datetime import datetime
from uuid import UUID

from services.chassis.deadlines.calendar import local_day
from services.chassis.deadlines.sweeper import Passed, Reschedule
from services.chassis.operation import Call, Done, Numbering, operation
from services.chassis.privacy.numbers import current_resident_id
from services.grid.campaigns.queries import Ground, ground
from services.grid.errands import schemas
from services.grid.errands.limits import Limits, limits
from services.grid.errands.models import Errand
from services.grid.errands.papers import Paper, Trips
from services.grid.errands.queries import (
    ERRANDS,
    Departments,
    HeldByLaw,
    Purging,
    departments,
    purging,
    require_step,
    require_window,
)
from services.grid.errands.rules import (
    GROWN_UP,
    GuardianMissing,
    GuardianTooYoung,
    Step,
    is_under_14,
    is_younger,
    require_promise,
)
from services.grid.reports.rules import finder_of

HANDLE = "errand.handle"


def number_of(body: schemas.ErrandIn, at: datetime) -> Numbering:
    return Numbering("HR", body.area_code[:9], local_day(at))


@operation(ERRANDS, permission="errand.submit", creates=True, given=ground, number=number_of)
def submit_errand(_: None, body: schemas.ErrandIn, given: Ground, call: Call) -> Done[Errand]:
    """Take up what somebody needs (求助、代办). Who is not yet 14 has a guardian (PIPL, art. 31)."""
    given.require(call.caller, body.area_code, None, local_day(call.at))
    number = _number(body.applicant, "/applicant/resident_id", call)
    under_14 = is_under_14(number, body.under_14, local_day(call.at))
    if under_14 and body.guardian is None:
        raise GuardianMissing
    theirs = body.guardian and _number(body.guardian, "/guardian/resident_id", call)
    if theirs and is_younger(theirs, GROWN_UP, local_day(call.at)):
        raise GuardianTooYoung
    facts = body.model_dump(include={"area_code", "matter", "title", "description"})
    guardian = body.guardian and _sealed(body.guardian, "/guardian/resident_id", call)
    return Done(
        *Errand.submit(
            **facts,
            id=call.id,
            number=call.number,
            finder=finder_of(call.caller, body.finder),
            applicant=_sealed(body.applicant, "/applicant/resident_id", call),
            guardian=guardian,
            under_14=under_14,
            submitted_by=call.subject,
            submitted_at=call.at,
        )
    )


@operation(ERRANDS, permission=HANDLE, step=Step.ACCEPT, given=limits)
def accept_errand(
    errand: Errand, body: schemas.AcceptIn, given: Limits, call: Call
) -> Done[Errand]:
    """Take an errand on (受理), and promise a time. Whoever does is in charge of it."""
    require_step(call.caller, errand, Step.ACCEPT)
    if body.promised_by:
        require_promise(body.promised_by, call.at)
    due = body.promised_by or given.due("promise", errand.area_code, call.at)
    return Done(errand, errand.accept(due, by=call.subject, at=call.at))


@operation(ERRANDS, permission=HANDLE, step=Step.AUTHORISE)
def authorise_errand(
    errand: Errand, body: schemas.AuthoriseIn, _: None, call: Call
) -> Done[Errand]:
    """Record that the applicant authorises it (授权), or the guardian of one who is not yet 14. It is recorded once."""
    require_step(call.caller, errand, Step.AUTHORISE)
    event = errand.authorise(body.by, body.signed, recorded_by=call.subject, at=call.at)
    return Done(errand, event)


@operation(ERRANDS, permission=HANDLE, step=Step.START)
def start_errand(errand: Errand, body: schemas.StepIn, _: None, call: Call) -> Done[Errand]:
    """Set out (开始办理)."""
    require_step(call.caller, errand, Step.START)
    return Done(errand, errand.start(at=call.at))


@operation(ERRANDS, permission=HANDLE, step=Step.FILE, given=departments)
def file_errand(
    errand: Errand, body: schemas.FileIn, given: Departments, call: Call
) -> Done[Errand]:
    """File at a window of one department (递交). Several may run at a time. It needs the authorisation."""
    require_step(call.caller, errand, Step.FILE)
    given.require(body.department, local_day(call.at))
    told = body.department, body.window, body.matter
    return Done(errand, errand.file(*told, at=call.at))


@operation(ERRANDS, permission="errand.answer", step=Step.ANSWER)
def answer_errand(errand: Errand, body: schemas.AnswerIn, _: None, call: Call) -> Done[Errand]:
    """Record what a department's window answered: the department itself, or who is in charge."""
    require_step(call.caller, errand, Step.ANSWER)
    errand.check(Step.ANSWER, call.subject)
    require_window(call.caller, errand, body.window_no)
    return Done(errand, errand.answer(body.window_no, body.result, body.note, at=call.at))


@operation(ERRANDS, permission=HANDLE, step=Step.TAKE_PAPER)
def take_paper(errand: Errand, body: schemas.TakePaperIn, _: None, call: Call) -> Done[Errand]:
    """Take a paper into custody (接收材料): an original, which needs the
    authorisation and must go back, or a copy, which is deleted."""
    require_step(call.caller, errand, Step.TAKE_PAPER)
    files = [file.id for file in body.attachments]
    told = {"received_at": call.at, "received_by": call.subject, "files": files}
    paper = Paper(kind=body.kind, form=body.form, **told)
    return Done(errand, errand.take(paper, at=call.at))


@operation(ERRANDS, permission=HANDLE, step=Step.RETURN_PAPER)
def return_paper(errand: Errand, body: schemas.ReturnPaperIn, _: None, call: Call) -> Done[Errand]:
    """Give a paper back (归还材料); its owner signs for it."""
    require_step(call.caller, errand, Step.RETURN_PAPER)
    return Done(errand, errand.give_back(body.paper_no, body.signed, at=call.at))


@operation(ERRANDS, permission=HANDLE, step=Step.OBTAIN)
def obtain_errand(errand: Errand, body: schemas.ObtainIn, _: None, call: Call) -> Done[Errand]:
    """Say what was obtained (办得). Every department has answered, and one has granted."""
    require_step(call.caller, errand, Step.OBTAIN)
    return Done(errand, errand.obtain(body.document, at=call.at))


@operation(ERRANDS, permission=HANDLE, step=Step.DELIVER)
def deliver_errand(errand: Errand, body: schemas.DeliverIn, _: None, call: Call) -> Done[Errand]:
    """Hand it over (送达), and say how often the resident had to go."""
    require_step(call.caller, errand, Step.DELIVER)
    return Done(errand, errand.deliver(body.signed, _trips(body), at=call.at))


@operation(ERRANDS, permission=HANDLE, step=Step.CLOSE, given=limits)
def close_errand(errand: Errand, body: schemas.StepIn, given: Limits, call: Call) -> Done[Errand]:
    """Close an errand (办结). Every original is back and signed for; copies go after their retention."""
    require_step(call.caller, errand, Step.CLOSE)
    due = given.due("purge", errand.area_code, call.at)
    return Done(errand, errand.close(due, at=call.at))


@operation(ERRANDS, permission=HANDLE, step=Step.SETTLE, given=limits)
def settle_errand(
    errand: Errand, body: schemas.SettleIn, given: Limits, call: Call
) -> Done[Errand]:
    """Close an errand without a document: its difficulty is resolved, or the way was told, which solves nothing.
    Every department has answered, or is not needed any more."""
    require_step(call.caller, errand, Step.SETTLE)
    due = given.due("purge", errand.area_code, call.at)
    event = errand.settle(body.outcome, body.note, _trips(body), due, at=call.at)
    return Done(errand, event)


@operation(ERRANDS, permission="errand.withdraw", step=Step.WITHDRAW, given=limits)
def withdraw_errand(
    errand: Errand, body: schemas.StepIn, given: Limits, call: Call
) -> Done[Errand]:
    """The applicant does not want it any more (撤回)."""
    require_step(call.caller, errand, Step.WITHDRAW)
    due = given.due("purge", errand.area_code, call.at)
    return Done(errand, errand.withdraw(due, at=call.at))


@operation(ERRANDS, permission=HANDLE, step=Step.GIVE_UP, given=limits)
def give_up_errand(
    errand: Errand, body: schemas.GiveUpIn, given: Limits, call: Call
) -> Done[Errand]:
    """It cannot be done (无法办理): why, and the way that stays open, of which the applicant was told."""
    require_step(call.caller, errand, Step.GIVE_UP)
    due = given.due("purge", errand.area_code, call.at)
    event = errand.give_up(body.reason, body.route, body.note, due, at=call.at)
    return Done(errand, event)


@operation(ERRANDS, permission="clock.fire", overdue=True, given=purging)
def record_errand_clock(
    errand: Errand, body: Passed, given: Purging, call: Call
) -> Done[Errand] | None:
    """The time promised has passed, or the retention of copies. Only the sweeper does this."""
    if not errand.runs(body.kind):
        return None
    if body.kind == "promise":
        return Done(errand, errand.overdue(at=call.at))
    if errand.id in given.held:
        raise HeldByLaw
    return Done(errand, errand.purge(at=call.at))


@operation(ERRANDS, permission="clock.fire", reschedules=True, given=limits)
def set_errand_promise(
    errand: Errand, body: Reschedule, given: Limits, call: Call
) -> Done[Errand] | None:
    """The calendar may reach a promise that was not known. Only the sweeper does this."""
    if errand.promised_by or errand.accepted_at is None or not errand.runs("promise"):
        return None
    due = given.due("promise", errand.area_code, errand.accepted_at)
    return Done(errand, errand.set_promise(due, at=call.at)) if due else None


def _trips(body: Trips) -> Trips:
    return Trips(resident_trips=body.resident_trips, member_trips=body.member_trips)


def _number(told: schemas.ApplicantIn, pointer: str, call: Call) -> str | None:
    imported = call.import_batch_id is not None
    return current_resident_id(told.resident_id, imported=imported, pointer=pointer)


def _sealed(told: schemas.ApplicantIn, pointer: str, call: Call) -> UUID:
    facts = told.model_dump(include={"name", "phone", "address"})
    return call.people.seal(**facts, resident_id=_number(told, pointer, call))
