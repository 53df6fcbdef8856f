from datetime import date, timedelta

import pytest

from services.contracts.grid import ReportFact
from services.contracts.registry import by_type
from services.gateway.projections.cards import Entry
from tests.gateway.projections.histories import REPORTS, START, History, Moves

REPORTED = date(2026, 3, 2)
ACCEPT: Moves = [(0, "accept", 1)]
TO_VERIFIED: Moves = [
    *ACCEPT,
    *((0, name, 1) for name in ("assign", "start", "resolve", "verify")),
]
AFTERWARDS = [
    "self handle",
    "fail check",
    "resolve",
    "rework",
    "ask suspension",
    "suspend",
    "resume",
]
AFTERWARDS += ["resolve", "verify", "close", "unsatisfied", "call back", "reopen", "supervise"]
AFTERWARDS += ["resolve", "verify", "close", "satisfied"]
ESCALATED = ["escalate", "send down", "accept", "escalate", "take up", "reset", "assign", "receive"]
ESCALATED += ["decline", "ask transfer", "transfer", "start", "ask extension", "extend", "warn"]
WHOLE: Moves = [(1, name, 1) for name in AFTERWARDS] + [(1, "archive", 24 * 16)]
WHOLE = [*[(0, name, 1) for name in ESCALATED], *WHOLE]
BY_CASE: Moves = [(2, name, 1) for name in ("accept", "by_case", "verify", "close")]


def entries(moves: Moves, which: int = 0) -> dict[str, list[Entry]]:
    row = History(moves).rows[which]
    found: dict[str, list[Entry]] = {}
    for entry in REPORTS.entries(row.snapshot()):
        assert entry.area == row.area_code
        found.setdefault(entry.metric, []).append(entry)
    return found


def days(moves: Moves, which: int = 0) -> dict[str, date]:
    """The day of each metric, of which there must be one."""
    found = entries(moves, which)
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
    assert entries([(0, "DUPLICATE", 1)]) == {}
    assert days([(0, "WITHDRAWN", 1)]) == {"reports_filed": REPORTED}


def test_a_dispute_is_closed_by_way_of_its_case() -> None:
    assert days(BY_CASE, which=2)["reports_closed"] == REPORTED
