from datetime import date, timedelta
from typing import Any

import pytest

from services.contracts.grid import ReportFact
from services.contracts.registry import by_type
from services.gateway.dashboards.figures import SECTIONS
from services.gateway.projections.cards import Entry
from tests.gateway.projections.handled import MASTER, WHOLE
from tests.gateway.projections.histories import REPORTS, START, History, Moves

REPORTED = date(2026, 3, 2)
DASHBOARDS = {metric for figure in SECTIONS["grid"] for metric in figure.metrics}
ACCEPT: Moves = [(0, "accept", 1)]
TO_VERIFIED: Moves = [
    *ACCEPT,
    *((0, name, 1) for name in ("assign", "start", "resolve", "verify")),
]
BY_CASE: Moves = [(2, name, 1) for name in ("accept", "by_case", "verify", "close")]


def entries(moves: Moves, which: int = 0) -> dict[str, list[Entry]]:
    row = History(moves).rows[which]
    found: dict[str, list[Entry]] = {}
    for entry in REPORTS.entries(row.snapshot()):
        assert entry.area == row.area_code
        found.setdefault(entry.metric, []).append(entry)
    return found


def days(moves: Moves, which: int = 0) -> dict[str, date]:
    """The day of each metric, of which there must be one. Who is credited, and what else the indicators count, have
    tests of their own."""
    found = {m: e for m, e in entries(moves, which).items() if m in DASHBOARDS}
    found.pop("reporters_credited", None)
    assert all(len(several) == 1 and several[0].n == 1 for several in found.values())
    return {metric: several[0].day for metric, several in found.items()}


def test_every_event_of_a_report_is_known_to_the_projection() -> None:
    moves: Moves = [
        *[(0, "return", 1), (0, "resubmit", 1), (0, "accept overdue", 1), *TO_VERIFIED],
        *[(0, "close", 1), (1, "DUPLICATE", 1), (2, "accept for an unknown year", 1)],
        *[(2, "deadline set", 1), (2, "resolve overdue", 400)],
    ]
    told = {fact.event.type for some in (moves, WHOLE) for fact in History(some).facts}
    known = {cls.type for cls in by_type().values() if issubclass(cls, ReportFact)}
    assert told == known - {REPORTS.snapshot.type}


def test_a_report_is_told_by_who_found_it() -> None:
    (filed,) = entries([])["reports_filed"]
    assert (filed.day, filed.dimension) == (REPORTED, "RED_MEMBER")
    assert days([]) == {"reports_filed": REPORTED}


def test_who_reported_what_was_merged_is_credited_and_the_matter_counts_once() -> None:
    (credited,) = entries([(0, "merge", 1)])["reporters_credited"]
    assert (credited.day, credited.dimension) == (REPORTED, "RED_MEMBER")
    told = {"reporters_credited", "reports_not_counted"}
    assert entries([(0, "merge", 1)]).keys() == told
    assert entries([(0, "DUPLICATE", 1)]).keys() == {"reports_not_counted"}


def test_a_card_tells_the_subcategory_and_the_master() -> None:
    history = History([(0, "describe", 1), (0, "merge", 1)])
    described, merged = (fact.event for fact in history.facts[-2:])
    card: Any = REPORTS.apply(None, history.facts[0].event)
    card = REPORTS.apply(REPORTS.apply(card, described), merged)
    assert (card.subcategory, card.duplicate_of, card.credited) == ("DUST", MASTER, True)


def test_a_day_is_a_day_of_the_district() -> None:
    late = days([(0, "accept", 15)])  # 01:00 + 15 h UTC is midnight there
    assert late["reports_accepted"] == REPORTED + timedelta(days=1)
    assert days([(0, "accept", 14)])["reports_accepted"] == REPORTED


def test_each_step_counts_on_its_own_day() -> None:
    assert days([*TO_VERIFIED, (0, "close", 48)]) == {
        "reports_filed": REPORTED,
        "reports_accepted": REPORTED,
        "reports_verified": REPORTED,
        "reports_closed": REPORTED + timedelta(days=2),
        "reports_due": REPORTED + timedelta(days=7),
        "reports_due_closed_on_time": REPORTED + timedelta(days=7),
    }


def test_an_open_report_is_in_its_due_cohort_overdue_or_not() -> None:
    open_, overdue = days(ACCEPT), days([*ACCEPT, (0, "resolve overdue", 400)])
    assert open_["reports_due"] == overdue["reports_due"] == REPORTED + timedelta(days=7)
    assert "reports_due_closed_on_time" not in open_ | overdue


def test_a_deadline_that_is_known_later_makes_it_due() -> None:
    undated: Moves = [(0, "accept for an unknown year", 1)]
    assert "reports_due" not in days(undated)
    dated = History([*undated, (0, "deadline set", 24)])
    (due,) = [e for e in REPORTS.entries(dated.rows[0].snapshot()) if e.metric == "reports_due"]
    assert due.day == REPORTED + timedelta(days=7)
    assert dated.rows[0].snapshot().occurred_at == START + timedelta(hours=1)


def test_a_report_closed_late_was_due_but_not_closed_on_time() -> None:
    late = days([*TO_VERIFIED, (0, "close", 24 * 8)])
    assert late["reports_due"] == REPORTED + timedelta(days=7)
    assert late["reports_closed"] == REPORTED + timedelta(days=8)
    assert "reports_due_closed_on_time" not in late


def test_closed_at_the_very_deadline_is_on_time() -> None:
    assert "reports_due_closed_on_time" in days([*TO_VERIFIED, (0, "close", 24 * 7 - 4)])
    assert "reports_due_closed_on_time" not in days([*TO_VERIFIED, (0, "close", 24 * 7 - 3)])


def test_a_deadline_at_midnight_belongs_to_the_day_that_it_ends() -> None:
    due = days([(0, "accept", 15)])["reports_due"]
    assert due == (START + timedelta(days=7)).date()


@pytest.mark.parametrize("step", ["DUPLICATE", "WITHDRAWN"])
def test_a_cancelled_report_owes_no_closing(step: str) -> None:
    found = days([*ACCEPT, (0, step, 1)])
    assert found.keys() <= {"reports_filed", "reports_accepted"}


def test_a_duplicate_was_never_filed_but_a_withdrawn_report_was() -> None:
    assert entries([(0, "DUPLICATE", 1)]).keys() == {"reports_not_counted"}
    assert days([(0, "WITHDRAWN", 1)]) == {"reports_filed": REPORTED}


def test_a_dispute_is_closed_by_way_of_its_case() -> None:
    assert days(BY_CASE, which=2)["reports_closed"] == REPORTED


def counts(moves: Moves, which: int = 0) -> dict[str, int]:
    return {metric: sum(e.n for e in found) for metric, found in entries(moves, which).items()}


def test_what_the_grid_closed_itself_was_neither_accepted_nor_due() -> None:
    assert days([(0, "self handle", 24)]) == {
        "reports_filed": REPORTED,
        "reports_closed": REPORTED + timedelta(days=1),
        "reports_self_handled": REPORTED + timedelta(days=1),
    }
    failed = days([(0, "self handle", 24), (0, "fail check", 24)])
    assert failed["reports_accepted"] == REPORTED + timedelta(days=2)
    assert "reports_closed" not in failed


def test_escalation_counts_with_acceptance_and_rework_with_verification() -> None:
    escalated = days([(0, "escalate", 1)])
    assert "reports_escalated" not in escalated
    assert days([(0, "escalate", 1), *ACCEPT])["reports_escalated"] == REPORTED
    again: Moves = [*TO_VERIFIED[:-1], (0, "rework", 1), (0, "resolve", 1)]
    assert "reports_reworked" not in days(again)
    assert days([*again, (0, "verify", 24)])["reports_reworked"] == REPORTED + timedelta(days=1)


SUSPENDED: Moves = [*TO_VERIFIED[:3], (0, "ask suspension", 1), (0, "suspend", 24)]


def test_a_suspended_report_is_not_due_and_is_in_stock_while_it_lasts() -> None:
    assert "reports_due" not in days(SUSPENDED)
    assert counts(SUSPENDED)["reports_suspended"] == 1
    resumed = entries([*SUSPENDED, (0, "resume", 48)])
    assert [(e.day, e.n) for e in resumed["reports_suspended"]] == [
        (REPORTED + timedelta(days=1), 1),
        (REPORTED + timedelta(days=3), -1),
    ]
    assert resumed["reports_due"][0].day == REPORTED + timedelta(days=9)


def test_a_report_that_was_due_when_it_was_suspended_is_not_due_either() -> None:
    late: Moves = [*TO_VERIFIED[:3], (0, "ask suspension", 1), (0, "suspend", 24 * 20)]
    assert "reports_due" not in days(late)


def test_an_extension_moves_the_cohort_and_is_told() -> None:
    extended = days([*TO_VERIFIED[:3], (0, "ask extension", 1), (0, "extend", 1)])
    assert extended["reports_due"] == extended["reports_due_extended"]
    assert extended["reports_due"] == REPORTED + timedelta(days=9)


@pytest.mark.parametrize(("said", "satisfied"), [("satisfied", 1), ("unsatisfied", 0)])
def test_an_evaluation_counts_on_its_day(said: str, satisfied: int) -> None:
    found = counts([*TO_VERIFIED, (0, "close", 1), (0, said, 24)])
    assert (found["reports_evaluated"], found.get("reports_satisfied", 0)) == (1, satisfied)


def test_a_reopened_report_is_closed_no_more_but_its_evaluation_stays() -> None:
    over: Moves = [*TO_VERIFIED, (0, "close", 1), (0, "unsatisfied", 1), (0, "reopen", 24)]
    found = counts(over)
    assert "reports_closed" not in found
    assert (found["reports_evaluated"], "reports_verified" in found) == (1, False)
    assert found["reports_due"] == 1
