"""What may be done with cases. Each operation is one use case on one case."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from services.chassis.deadlines.calendar import local_day
from services.chassis.deadlines.sweeper import Passed, Reschedule
from services.chassis.operation import Call, Done, Numbering, operation
from services.chassis.privacy.numbers import current_resident_id
from services.contracts import roles
from services.contracts.codes_disputes import CaseType, Source
from services.contracts.codes_grid import Finder
from services.disputes.cases import schemas
from services.disputes.cases.actors import require_actor
from services.disputes.cases.limits import Limits, limits
from services.disputes.cases.models import Case
from services.disputes.cases.parties import Party, PartyKind, PartyUnknown
from services.disputes.cases.queries import CASES
from services.disputes.cases.rules import CaseIsNotOfTheReport, ReservedId, Step

UNDESCRIBED = "网格上报矛盾纠纷"


def number_of(body: schemas.CaseIn | schemas.ReferralIn, at: datetime) -> Numbering:
    return Numbering("DS", body.area_code[:9], local_day(at))


def parties_of(
    parties: Sequence[schemas.PartyIn], call: Call, known: Sequence[Party] = ()
) -> list[Party]:
    """As they are kept: people sealed; a consent without a time was told at the step."""
    by_person = {party.person: party for party in known}
    kept: list[Party] = []
    for number, told in enumerate(parties):
        pointer = f"/parties/{number}"
        if told.person and told.person not in by_person:
            raise PartyUnknown(f"{pointer}/person")
        who = by_person[told.person] if told.person else _sealed(told, pointer, call)
        said = {
            "side": told.side,
            "subject": told.subject or who.subject,
            "consent": told.consent,
            "consented_at": (told.consented_at or call.at) if told.consent else None,
        }
        kept.append(who.model_copy(update=said))
    return kept


def _sealed(told: schemas.PartyIn, pointer: str, call: Call) -> Party:
    natural, imported = told.kind is PartyKind.NATURAL, call.import_batch_id is not None
    number = current_resident_id(
        told.resident_id, imported=imported, pointer=f"{pointer}/resident_id"
    )
    person = call.people.seal(
        name=told.name if natural else None,
        phone=told.phone,
        resident_id=number,
        address=told.address,
    )
    return Party(
        side=told.side,
        kind=told.kind,
        person=person,
        mark=call.people.mark(told.name, told.phone),
        name=None if natural else told.name,
    )


@operation(CASES, permission="case.create", creates=True, number=number_of)
def register_case(_: None, body: schemas.CaseIn, __: None, call: Call) -> Done[Case]:
    """Register a dispute (登记). The parties may be told now or later."""
    if call.id.version == 5:
        raise ReservedId
    known = Finder.SERVICE_GROUP if roles.SERVICE_GROUP_MEMBER in call.caller.roles else None
    return Done(
        *Case.register(
            id=call.id,
            number=call.number,
            area_code=body.area_code,
            case_type=body.case_type,
            source=body.source,
            finder=known or body.finder or Finder.OTHER,
            title=body.title,
            description=body.description,
            parties=parties_of(body.parties, call),
            registrar=call.subject,
            registered_at=call.at,
        )
    )


@operation(CASES, permission="case.refer", puts=True, number=number_of)
def register_referred_case(
    case: Case | None, body: schemas.ReferralIn, _: None, call: Call
) -> Done[Case] | None:
    """Register the case of an accepted grid report. Only the subscription does this, once per report; the
    parties are told later."""
    if case is not None:
        _require_report(case, body.report_id)
        return None
    return Done(
        *Case.register(
            id=call.id,
            correlation_id=body.correlation_id,
            number=call.number,
            area_code=body.area_code,
            case_type=CaseType.OTHER,
            source=Source.GRID_REPORT,
            finder=body.finder,
            report_id=body.report_id,
            title=UNDESCRIBED,
            registrar=call.subject,
            registered_at=call.at,
        )
    )


@operation(CASES, permission="case.accept", step=Step.DESCRIBE)
def describe_case(case: Case, body: schemas.DescribeIn, _: None, call: Call) -> Done[Case]:
    """Put down, or correct, what a dispute is about; until there is an agreement."""
    require_actor(case, Step.DESCRIBE, call.caller)
    event = case.describe(body.case_type, body.title, body.description, by=call.subject, at=call.at)
    return Done(case, event)


@operation(CASES, permission="case.accept", step=Step.SET_PARTIES)
def set_case_parties(case: Case, body: schemas.PartiesIn, _: None, call: Call) -> Done[Case]:
    """Tell the parties of a registered case, and whether each consents to mediation. After a refusal the case
    can only be terminated."""
    require_actor(case, Step.SET_PARTIES, call.caller)
    parties = parties_of(body.parties, call, case.parties)
    return Done(case, case.set_parties(parties, by=call.subject, at=call.at))


@operation(CASES, permission="case.accept", step=Step.ACCEPT, given=limits)
def accept_case(case: Case, body: schemas.CaseStepIn, given: Limits, call: Call) -> Done[Case]:
    """Take a case on (受理): two parties at least, and the consent of each. The mediation limit runs."""
    require_actor(case, Step.ACCEPT, call.caller)
    due = given.due(case.area_code, call.at)
    return Done(case, case.accept(due, by=call.subject, at=call.at))


@operation(CASES, permission="case.mediate", step=Step.START)
def start_mediation(case: Case, body: schemas.StartIn, _: None, call: Call) -> Done[Case]:
    """Appoint the mediator and begin (开始调解)."""
    require_actor(case, Step.START, call.caller)
    return Done(case, case.start(body.mediator, by=call.subject, at=call.at))


@operation(CASES, permission="case.mediate", step=Step.AGREE)
def record_agreement(case: Case, body: schemas.AgreementIn, _: None, call: Call) -> Done[Case]:
    """Record that the parties agreed (达成协议). An oral agreement is in effect at once, a written one when
    every party and the mediator have signed and it is sealed: only then is the dispute settled."""
    require_actor(case, Step.AGREE, call.caller)
    event = case.agree(body.form, body.terms, body.signed_by, by=call.subject, at=call.at)
    return Done(case, event)


@operation(CASES, permission="case.mediate", step=Step.SIGN)
def sign_agreement(case: Case, body: schemas.SignatureIn, _: None, call: Call) -> Done[Case]:
    """Record one signature, or the seal, on a written agreement."""
    require_actor(case, Step.SIGN, call.caller)
    return Done(case, case.sign(body.signer, by=call.subject, at=call.at))


@operation(CASES, permission="case.mediate", step=Step.PERFORM)
def perform_case(case: Case, body: schemas.CaseStepIn, _: None, call: Call) -> Done[Case]:
    """Record that an agreement in effect has been performed (履行完毕)."""
    require_actor(case, Step.PERFORM, call.caller)
    return Done(case, case.perform(by=call.subject, at=call.at))


@operation(CASES, permission="case.mediate", step=Step.TERMINATE)
def terminate_case(case: Case, body: schemas.TerminationIn, _: None, call: Call) -> Done[Case]:
    """End a mediation without agreement (终止), having told the parties their legal routes."""
    require_actor(case, Step.TERMINATE, call.caller)
    return Done(case, case.terminate(body.ground, body.routes, by=call.subject, at=call.at))


@operation(CASES, permission="case.refer", puts=True)
def withdraw_case_of_report(
    case: Case | None, body: schemas.WithdrawalIn, _: None, call: Call
) -> Done[Case] | None:
    """The grid report of a case was cancelled: an open case is terminated (REPORT_CANCELLED), for a person to
    close; one that is agreed or ended, or never was, stays as it is. Only the subscription does this."""
    if case is None:
        return None
    _require_report(case, body.report_id)
    event = case.withdraw(body.reason, by=call.subject, at=call.at)
    return Done(case, event) if event else None


def _require_report(case: Case, report_id: UUID) -> None:
    """A case that is not of the report must not pass for its own."""
    if case.report_id != report_id:
        raise CaseIsNotOfTheReport


@operation(CASES, permission="case.close", step=Step.CLOSE)
def close_case(case: Case, body: schemas.CloseIn, _: None, call: Call) -> Done[Case]:
    """Close a performed or terminated case (结案). The grid report that it came from is resolved."""
    require_actor(case, Step.CLOSE, call.caller)
    return Done(case, case.close(body.routes, by=call.subject, at=call.at))


@operation(CASES, permission="clock.fire", overdue=True)
def record_case_overdue(case: Case, body: Passed, _: None, call: Call) -> Done[Case] | None:
    """The mediation limit of the case has passed. Only the sweeper does this."""
    event = case.overdue(body.kind, at=call.at)
    return Done(case, event) if event else None


@operation(CASES, permission="clock.fire", reschedules=True, given=limits)
def set_case_deadline(case: Case, body: Reschedule, given: Limits, call: Call) -> Done[Case] | None:
    """The calendar reaches further: set the deadline that waited for it. Only the sweeper does this."""
    due = given.due(case.area_code, case.accepted_at) if case.accepted_at else None
    event = case.set_deadline(body.kind, due, at=call.at)
    return Done(case, event) if event else None
