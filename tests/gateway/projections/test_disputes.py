"""Cards folded from a case's events equal the service's own snapshots, whatever the history."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from hypothesis import given
from hypothesis import strategies as st

from services.chassis.errors import Refusal
from services.contracts.codes_disputes import (
    Agency,
    CaseType,
    Form,
    Ground,
    Outcome,
    ReportCancelReason,
    Route,
    Source,
    Topic,
)
from services.contracts.codes_grid import Finder
from services.contracts.disputes import CaseDeadlineSet, CaseOverdue, CaseSnapshot
from services.contracts.event import Event
from services.disputes.cases.models import Case
from services.disputes.cases.parties import Consent, Party, PartyKind, Side
from services.disputes.cases.rules import Signer, SignerRole
from services.disputes.groups.models import ServiceGroup
from services.disputes.groups.rules import Member
from services.disputes.receptions.models import Reception
from services.gateway.projections.cards import Entry
from services.gateway.projections.disputes import (
    apply_case,
    apply_group,
    apply_reception,
    case_entries,
    reception_entries,
)

START = datetime(2017, 3, 2, 1, tzinfo=UTC)
AREA = "330703105291"
STEPS = [
    "describe",
    "parties",
    "refused",
    "accept",
    "undated",
    "deadline",
    "start",
    "oral",
    "written",
]
STEPS += ["sign", "perform", "terminate", "withdraw", "duplicate", "close", "overdue"]
BY_CLOCK = (CaseDeadlineSet, CaseOverdue)
EVERYBODY = [Signer(role=SignerRole.PARTY, party=place) for place in (1, 2)]
EVERYBODY += [Signer(role=SignerRole.MEDIATOR), Signer(role=SignerRole.SEAL)]


def parties(consent: Consent) -> list[Party]:
    known = {"side": Side.APPLICANT, "kind": PartyKind.NATURAL, "person": uuid4(), "mark": "甲"}
    first = Party.model_validate(known | {"consent": Consent.GIVEN})
    other = {"side": Side.RESPONDENT, "mark": "乙", "consent": consent}
    return [first, first.model_copy(update=other)]


def step(case: Case, name: str, at: datetime) -> Event | None:
    by: dict[str, Any] = {"by": "somebody", "at": at}
    routes = [Route.ARBITRATION] if case.terminated_at else []
    steps: dict[str, Callable[[], Event | None]] = {
        "describe": lambda: case.describe(CaseType.LABOUR, "欠薪", "", **by),
        "parties": lambda: case.set_parties(parties(Consent.GIVEN), **by),
        "refused": lambda: case.set_parties(parties(Consent.REFUSED), **by),
        "accept": lambda: case.accept(at + timedelta(days=30), **by),
        "undated": lambda: case.accept(None, **by),
        "deadline": lambda: case.set_deadline("mediate", at + timedelta(days=20), at=at),
        "start": lambda: case.start("mediator-1", **by),
        "oral": lambda: case.agree(Form.ORAL, "各让一步", [], **by),
        "written": lambda: case.agree(Form.WRITTEN, "各让一步", EVERYBODY[:2], **by),
        "sign": lambda: case.sign(EVERYBODY[len(case.signatures)], **by),
        "perform": lambda: case.perform(**by),
        "terminate": lambda: case.terminate(Ground.PARTY_REFUSES, [Route.LITIGATION], **by),
        "withdraw": lambda: case.withdraw(ReportCancelReason.WITHDRAWN, **by),
        "duplicate": lambda: case.withdraw(ReportCancelReason.DUPLICATE, **by),
        "close": lambda: case.close(routes, **by),
        "overdue": lambda: case.overdue("mediate", at=at),
    }
    return steps[name]()


def make_case() -> tuple[Case, Event]:
    return Case.register(
        id=uuid4(),
        number="DS1",
        area_code=AREA,
        case_type=CaseType.OTHER,
        source=Source.GRID_REPORT,
        finder=Finder.RED_MEMBER,
        report_id=uuid4(),
        registrar="somebody",
        registered_at=START,
    )


def play(names: list[str]) -> tuple[Case, CaseSnapshot]:
    """A case and its card after those of `names` that the rules allow, a day apart."""
    case, event = make_case()
    case.occurred_at = event.occurred_at
    card = apply_case(None, event)  # type: ignore[arg-type]
    assert card == case.snapshot()
    for day, name in enumerate(names, 1):
        try:
            told = step(case, name, START + timedelta(days=day))
        except (Refusal, IndexError):
            continue
        if told:
            if not isinstance(told, BY_CLOCK):
                case.occurred_at = told.occurred_at
            card = apply_case(card, told)  # type: ignore[arg-type]
            assert card == case.snapshot(), name
    return case, card


@given(st.lists(st.sampled_from(STEPS), max_size=20))
def test_a_card_equals_the_snapshot_after_any_history(names: list[str]) -> None:
    play(names)


def test_a_settled_case_counts_on_the_day_its_agreement_took_effect() -> None:
    _, card = play(["parties", "accept", "start", "written", "sign", "sign", "perform", "close"])
    finder = Finder.RED_MEMBER
    assert list(case_entries(card)) == [
        Entry("cases_registered", AREA, date(2017, 3, 2), dimension=finder),
        Entry("cases_accepted", AREA, date(2017, 3, 4)),
        Entry("cases_settled", AREA, date(2017, 3, 8), dimension=finder),
        Entry("cases_closed", AREA, date(2017, 3, 10)),
        Entry("cases_due", AREA, date(2017, 4, 3)),
        Entry("cases_due_finished_on_time", AREA, date(2017, 4, 3)),
    ]


def test_an_unsigned_agreement_settles_nothing() -> None:
    _, card = play(["parties", "accept", "start", "written"])
    assert "cases_settled" not in {entry.metric for entry in case_entries(card)}


def test_a_case_of_a_cancelled_report_owes_no_mediation() -> None:
    _, card = play(["parties", "accept", "withdraw"])
    metrics = [entry.metric for entry in case_entries(card)]
    assert metrics == ["cases_registered", "cases_accepted", "cases_terminated"]


def test_the_case_of_a_report_that_was_never_filed_counts_nowhere() -> None:
    for names in (["duplicate"], ["parties", "accept", "start", "duplicate", "close"]):
        _, card = play(names)
        assert card.reason == "DUPLICATE"
        assert list(case_entries(card)) == []
    _, settled = play(["parties", "accept", "start", "oral", "duplicate"])
    assert "cases_settled" in {entry.metric for entry in case_entries(settled)}


def test_a_deadline_that_is_set_later_makes_the_case_due() -> None:
    _, card = play(["parties", "undated"])
    assert "cases_due" not in {entry.metric for entry in case_entries(card)}
    _, card = play(["parties", "undated", "deadline"])
    assert Entry("cases_due", AREA, date(2017, 3, 25)) in list(case_entries(card))


def test_a_batch_counts_once_and_its_heads_each() -> None:
    reception, told = Reception.record(
        id=uuid4(),
        number="RB1",
        area_code=AREA,
        group_id=uuid4(),
        receiver="judge-1",
        received_at=START,
        heads=7,
        topic_code=Topic.LAND_TAKING,
        outcome=Outcome.ANSWERED,
    )
    reception.occurred_at = told.occurred_at
    card = apply_reception(None, told)
    assert card == reception.snapshot()
    day = date(2017, 3, 2)
    entries = [Entry("reception_batches", AREA, day), Entry("persons_received", AREA, day, 7)]
    assert list(reception_entries(card)) == entries
    linked = reception.link(UUID(int=1), by="judge-1", at=START + timedelta(days=1))
    reception.occurred_at = linked.occurred_at
    card = apply_reception(card, linked)
    assert card == reception.snapshot()
    assert list(reception_entries(card)) == entries


def test_a_groups_card_follows_its_members() -> None:
    def member(agency: Agency) -> Member:
        return Member(agency=agency, name="某", since=date(2017, 3, 2))

    first = [member(Agency.COURT), member(Agency.POLICE)]
    group, formed = ServiceGroup.form(id=uuid4(), area_code="330703105", members=first, at=START)
    group.occurred_at = formed.occurred_at
    card = apply_group(None, formed)
    assert card == group.snapshot()
    second = [member(Agency.COURT), member(Agency.JUSTICE)]
    changed = group.change(second, [], by="op", at=START + timedelta(days=9))
    group.occurred_at = changed.occurred_at
    card = apply_group(card, changed)
    assert card == group.snapshot()
    dissolved = group.dissolve(by="op", at=START + timedelta(days=10))
    group.occurred_at = dissolved.occurred_at
    assert apply_group(card, dissolved) == group.snapshot()
