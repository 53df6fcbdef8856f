from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from services.contracts.codes_disputes import (
    CaseType,
    Form,
    Ground,
    ReportCancelReason,
    Route,
    Source,
)
from services.contracts.codes_grid import Finder
from services.disputes.cases.models import Case
from services.disputes.cases.parties import (
    Consent,
    ConsentAfterAcceptance,
    MediatorIsParty,
    OwnCase,
    Party,
    PartyKind,
    Side,
)
from services.disputes.cases.rules import (
    AlreadySigned,
    CaseStatus,
    NoSuchSigner,
    RoutesAreForTheTerminated,
    RoutesNotTold,
    Signer,
    SignerRole,
    Step,
)

AT = datetime(2017, 9, 1, 9, tzinfo=UTC)
SEAL = Signer(role=SignerRole.SEAL)
EVERYBODY = [
    Signer(role=SignerRole.PARTY, party=1),
    Signer(role=SignerRole.PARTY, party=2),
    Signer(role=SignerRole.MEDIATOR),
    SEAL,
]


def make_party(**facts: Any) -> Party:
    known = {"side": Side.APPLICANT, "kind": PartyKind.NATURAL, "mark": "甲"}
    return Party(**{**known, "person": uuid4(), "consent": Consent.GIVEN, **facts})


def make_case(**facts: Any) -> Case:
    known: dict[str, Any] = {
        "id": uuid4(),
        "number": "DS1",
        "area_code": "330703105",
        "case_type": CaseType.NEIGHBOUR,
        "source": Source.OWN_INITIATIVE,
        "finder": Finder.OTHER,
        "registrar": "someone",
        "registered_at": AT,
        "parties": [make_party(), make_party(side=Side.RESPONDENT, mark="乙", subject="li")],
    }
    return Case.register(**(known | facts))[0]


def mediating(**facts: Any) -> Case:
    case = make_case(**facts)
    case.accept(AT + timedelta(days=30), by="op", at=AT)
    case.start("wang", by="op", at=AT)
    return case


def state(case: Case) -> dict[str, Any]:
    return case.model_dump()


def test_a_refused_mediator_leaves_the_case_as_it_was() -> None:
    case = make_case()
    case.accept(None, by="op", at=AT)
    before = state(case)
    with pytest.raises(MediatorIsParty):
        case.start("li", by="op", at=AT)
    assert state(case) == before


@pytest.mark.parametrize(
    ("signed_by", "refusal"),
    [([SEAL, SEAL], AlreadySigned), ([Signer(role=SignerRole.PARTY, party=9)], NoSuchSigner)],
)
def test_a_wrong_signature_leaves_no_agreement(
    signed_by: list[Signer], refusal: type[Exception]
) -> None:
    case = mediating()
    before = state(case)
    with pytest.raises(refusal):
        case.agree(Form.WRITTEN, "各让一步", signed_by, by="wang", at=AT)
    assert state(case) == before


def test_an_agreement_signed_on_the_spot_is_in_effect_at_once() -> None:
    case = mediating()
    event = case.agree(Form.WRITTEN, "各让一步", EVERYBODY, by="wang", at=AT)
    assert event.effective_at == case.effective_at == AT


def test_an_agreement_waits_for_its_last_signature() -> None:
    case = mediating()
    assert case.agree(Form.WRITTEN, "各让一步", [], by="wang", at=AT).effective_at is None
    for hours, signer in enumerate(EVERYBODY[:-1], 1):
        at = AT + timedelta(hours=hours)
        assert case.sign(signer, by="wang", at=at).effective_at is None
    last = AT + timedelta(days=2)
    assert case.sign(SEAL, by="wang", at=last).effective_at == last


def test_a_party_takes_no_step_but_to_sign_for_itself() -> None:
    case = mediating()
    for step in set(Step) - {Step.SIGN}:
        with pytest.raises(OwnCase):
            case.check(step, "li")
    case.agree(Form.WRITTEN, "各让一步", [], by="wang", at=AT)
    for signer in (EVERYBODY[0], EVERYBODY[2], SEAL):
        with pytest.raises(OwnCase):
            case.sign(signer, by="li", at=AT)
    case.sign(EVERYBODY[1], by="li", at=AT)
    assert [signature.signer for signature in case.signatures] == [EVERYBODY[1]]


def test_a_case_is_not_accepted_on_a_consent_to_come() -> None:
    later = make_party(consented_at=AT + timedelta(days=1))
    case = make_case(parties=[later, make_party(side=Side.RESPONDENT, mark="乙")])
    before = state(case)
    with pytest.raises(ConsentAfterAcceptance):
        case.accept(None, by="op", at=AT)
    assert state(case) == before
    case.accept(None, by="op", at=AT + timedelta(days=1))


def test_only_of_a_terminated_case_are_routes_kept() -> None:
    case = mediating()
    case.agree(Form.ORAL, "各让一步", [], by="wang", at=AT)
    case.perform(by="wang", at=AT)
    with pytest.raises(RoutesAreForTheTerminated):
        case.close([Route.LITIGATION], by="op", at=AT)
    case.close([], by="op", at=AT)
    assert case.routes == []


def test_a_deadline_is_set_once_and_only_while_it_is_owed() -> None:
    due = AT + timedelta(days=30)
    case = make_case()
    assert case.set_deadline("mediate", due, at=AT) is None
    case.accept(None, by="op", at=AT)
    assert case.set_deadline("mediate", None, at=AT) is None
    assert case.set_deadline("other", due, at=AT) is None
    event = case.set_deadline("mediate", due, at=AT)
    assert event is not None
    assert (event.clock, event.mediate_due_at, case.mediate_due_at) == ("mediate", due, due)
    assert case.set_deadline("mediate", due, at=AT) is None
    ended = make_case()
    ended.accept(None, by="op", at=AT)
    ended.terminate(Ground.NO_AGREEMENT, [Route.LITIGATION], by="op", at=AT)
    assert ended.set_deadline("mediate", due, at=AT) is None


def test_a_cancelled_report_terminates_what_is_open_and_nothing_else() -> None:
    for case in (make_case(parties=[]), mediating()):
        event = case.withdraw(ReportCancelReason.DUPLICATE, by="svc:disputes", at=AT)
        assert event is not None
        assert (case.status, event.ground) == (CaseStatus.TERMINATED, Ground.REPORT_CANCELLED)
        assert event.reason is case.reason is ReportCancelReason.DUPLICATE
        assert case.withdraw(ReportCancelReason.DUPLICATE, by="svc:disputes", at=AT) is None
    case = mediating()
    case.agree(Form.ORAL, "各让一步", [], by="wang", at=AT)
    assert case.withdraw(ReportCancelReason.DUPLICATE, by="svc:disputes", at=AT) is None
    assert case.status is CaseStatus.AGREED


def test_a_withdrawn_case_with_parties_is_closed_once_they_know_their_routes() -> None:
    nobody_to_tell, case = make_case(parties=[]), mediating()
    for withdrawn in (nobody_to_tell, case):
        withdrawn.withdraw(ReportCancelReason.DUPLICATE, by="svc:disputes", at=AT)
    nobody_to_tell.close([], by="op", at=AT)
    with pytest.raises(RoutesNotTold):
        case.close([], by="op", at=AT)
    case.close([Route.LITIGATION], by="op", at=AT)
    assert (case.status, case.routes) == (CaseStatus.CLOSED, [Route.LITIGATION])


def test_a_case_tells_its_snapshot() -> None:
    case = mediating()
    case.occurred_at = AT
    told = case.snapshot()
    assert (told.status, told.accepted_at, told.effective_at) == ("MEDIATING", AT, None)
