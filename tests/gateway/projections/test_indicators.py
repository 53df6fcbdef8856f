"""What a report adds to the indicators: random histories, and each rule by itself."""

from collections import Counter
from datetime import date, timedelta
from fractions import Fraction
from typing import Any
from uuid import UUID

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from services.contracts.codes_grid import Finder, Urgency
from services.contracts.codes_people import MemberKind
from services.contracts.grid import ReportSnapshot
from services.contracts.grid_people import MemberSnapshot
from services.gateway.dashboards.figure import Kind
from services.gateway.dashboards.percentiles import median_of, percentile_of
from services.gateway.indicators.definitions import INDICATORS
from services.gateway.projections.cards import Entry, day_of
from services.gateway.projections.indicators import STEPS, rounded_up
from services.gateway.projections.people import member_entries
from tests.gateway.projections.handled import WHOLE
from tests.gateway.projections.histories import REPORTS, START, History, Moves, moves

SHARES = [i.figure for i in INDICATORS.values() if i.figure.kind is Kind.FLOW_RATE]
OF_REPORTS = [f for f in SHARES if f.name not in {"G10", "G11"}]
ACCEPT: Moves = [(0, "accept", 1)]
HANDLED: Moves = [*ACCEPT, *((0, name, 1) for name in ("assign", "start", "resolve"))]
CLOSED: Moves = [*HANDLED, (0, "verify", 1), (0, "close", 24 * 20)]
SUSPENDED: Moves = [*HANDLED[:3], (0, "ask suspension", 1), (0, "suspend", 24)]


def cards(moves: Moves, **facts: Any) -> list[ReportSnapshot]:
    return [row.snapshot().model_copy(update=facts) for row in History(moves).rows]


def told(moves: Moves, **facts: Any) -> dict[str, list[Entry]]:
    """Of the first report, by metric."""
    found: dict[str, list[Entry]] = {}
    for entry in REPORTS.entries(cards(moves, **facts)[0]):
        found.setdefault(entry.metric, []).append(entry)
    return found


def reasons(moves: Moves, metric: str, **facts: Any) -> list[str]:
    return [entry.dimension for entry in told(moves, **facts).get(metric, [])]


def counted(card: ReportSnapshot, metric: str) -> Counter[tuple[str, date]]:
    return Counter((e.area, e.day) for e in REPORTS.entries(card) if e.metric == metric)


@given(moves, st.sampled_from(Urgency))
@example(WHOLE, Urgency.URGENT)
@example(CLOSED, Urgency.EMERGENCY)
def test_a_numerator_is_a_part_of_its_denominator_in_each_place_on_each_day(
    moves: Moves, urgency: Urgency
) -> None:
    for card in cards(moves, urgency=urgency):
        for figure in OF_REPORTS:
            above, below = (counted(card, metric) for metric in figure.metrics)
            assert above <= below, figure.name


@given(moves, st.sampled_from(Urgency))
@example([*ACCEPT, (0, "WITHDRAWN", 1)], Urgency.URGENT)
@example(SUSPENDED, Urgency.URGENT)
def test_what_is_excluded_is_not_counted_and_says_why(moves: Moves, urgency: Urgency) -> None:
    for card in cards(moves, urgency=urgency):
        metrics = Counter(entry.metric for entry in REPORTS.entries(card))
        assert max(metrics[m] for m in metrics if "suspended" not in m) == 1
        for indicator in INDICATORS.values():
            for excluded in indicator.figure.excluded:
                if metrics[excluded]:
                    assert not metrics.keys() & {*indicator.figure.metrics}, indicator.figure.name
        for entry in REPORTS.entries(card):
            for indicator in INDICATORS.values():
                if entry.metric in indicator.figure.excluded:
                    assert entry.dimension in indicator.excludes


def test_what_is_overdue_and_open_is_in_every_denominator_of_what_is_due() -> None:
    late: Moves = [*ACCEPT, (0, "resolve overdue", 400)]
    found = told(late, urgency=Urgency.URGENT)
    assert {"reports_due", "urgent_due"} <= found.keys()
    assert not {"reports_due_closed", "urgent_due_closed"} & found.keys()
    never = told([(0, "accept overdue", 48)])
    assert "acceptance_owed" in never
    assert not {"acceptance_given", "acceptance_excluded"} & never.keys()


def test_one_closed_late_is_closed_and_not_in_time() -> None:
    found = told(CLOSED, urgency=Urgency.EMERGENCY)
    assert {"reports_due_closed", "urgent_due_closed"} <= found.keys()
    assert not {"reports_due_closed_on_time", "urgent_due_closed_on_time"} & found.keys()


@pytest.mark.parametrize(
    ("moves", "reason"),
    [
        ([], "WITHIN_LIMIT"),
        ([(0, "return", 1)], "RETURNED"),
        ([(0, "return", 1), (0, "resubmit", 1)], "WITHIN_LIMIT"),
        ([(0, "accept overdue", 48), (0, "return", 1), (0, "resubmit", 1)], "WITHIN_LIMIT"),
        ([(0, "self handle", 1)], "SELF_HANDLED"),
        ([(0, "WITHDRAWN", 1)], "CANCELLED"),
        ([(0, "accept overdue", 48), (0, "WITHDRAWN", 1)], "CANCELLED"),
    ],
)
def test_why_a_report_need_not_be_accepted(moves: Moves, reason: str) -> None:
    assert reasons(moves, "acceptance_excluded") == [reason]
    assert "acceptance_owed" not in told(moves)


def test_who_was_asked_to_complete_it_too_late_is_owed_an_answer() -> None:
    assert "acceptance_owed" in told([(0, "accept overdue", 48), (0, "return", 1)])


def test_in_time_is_at_the_very_deadline() -> None:
    assert "acceptance_in_time" in told([(0, "accept", 24)])
    assert "acceptance_in_time" not in told([(0, "accept", 25)])
    assert reasons(ACCEPT, "acceptance_undated", accept_due_at=None) == ["NO_DEADLINE"]


def test_a_breach_on_record_is_undone_by_no_time_that_is_told_afterwards() -> None:
    found = told([(0, "accept overdue", 25), (0, "accept", -2)])
    assert "acceptance_dated" in found
    assert "acceptance_in_time" not in found
    verified: Moves = CLOSED[:-1]
    urgent = told([*verified, (0, "close", 1)], urgency=Urgency.URGENT)
    assert {"reports_due_closed_on_time", "urgent_due_closed_on_time"} <= urgent.keys()
    breach: Moves = [(0, "resolve overdue", 400), (0, "close", -399)]
    late = told([*verified, *breach], urgency=Urgency.URGENT)
    assert {"reports_due_closed", "urgent_due_closed"} <= late.keys()
    assert not {"reports_due_closed_on_time", "urgent_due_closed_on_time"} & late.keys()


@pytest.mark.parametrize("reason", ["DUPLICATE", "INVALID"])
def test_what_was_merged_or_invalid_is_told_as_left_out_and_counts_nowhere(reason: str) -> None:
    found = told([*HANDLED, (0, "merge", 1)], cancel_reason=reason)
    assert found.keys() <= {"reports_not_counted", "reporters_credited"}
    assert [e.dimension for e in found["reports_not_counted"]] == [reason]


def test_an_urgent_one_that_is_suspended_is_in_stock_and_not_due() -> None:
    found = told(SUSPENDED, urgency=Urgency.URGENT)
    assert [e.n for e in found["urgent_suspended"]] == [1]
    assert "urgent_due" not in found
    resumed = told([*SUSPENDED, (0, "resume", 24)], urgency=Urgency.URGENT)
    assert [e.n for e in resumed["urgent_suspended"]] == [1, -1]
    assert "urgent_due" in resumed


def test_the_time_to_handle_is_told_until_the_report_is_open_again() -> None:
    [entry] = told(HANDLED)["handling_minutes"]
    assert (entry.day, entry.dimension) == (day_of(START), str(rounded_up(180)))
    assert "handling_minutes" not in told([*HANDLED, (0, "rework", 1)])
    assert reasons([(0, "self handle", 1)], "handling_excluded") == ["NEVER_ACCEPTED"]
    assert reasons(HANDLED, "handling_excluded", handling_minutes=None) == ["NOT_TOLD"]


def test_a_place_is_the_household_or_enterprise_that_a_report_names() -> None:
    home, firm = UUID(int=8), UUID(int=9)
    found = reasons([], "reports_of_place", household_id=home, enterprise_id=firm)
    assert found == [f"household/{home}", f"enterprise/{firm}"]
    assert reasons([], "reports_of_place") == []


def test_grid_members_are_those_that_found_it() -> None:
    assert "reports_of_grid_members" in told([], finder=Finder.GRID_MEMBER)
    assert "reports_of_grid_members" not in told([], finder=Finder.RED_MEMBER)


@given(moves)
@example(WHOLE)
@example([])
def test_who_found_a_sensitive_one_changes_no_figure(moves: Moves) -> None:
    """Else it could be worked out from a grid's numbers of a day."""
    for n in range(len(cards(moves))):
        found = {
            tuple(REPORTS.entries(cards(moves, finder=finder, told_apart=True)[n]))
            for finder in Finder
        }
        assert len(found) == 1


@pytest.mark.parametrize(("kind", "found"), [(MemberKind.FULL_TIME, [1, -1]), ("RED", [])])
def test_members_serve_full_time_from_their_first_day_until_they_leave(
    kind: Any, found: list[int]
) -> None:
    card = MemberSnapshot(
        area_code="330703105",
        occurred_at=START,
        correlation_id=UUID(int=1),
        status="LEFT",
        kind=MemberKind(kind),
        is_party_member=False,
        branch=None,
        starts_on=date(2026, 1, 1),
        ends_on=date(2026, 2, 1),
    )
    assert [e.n for e in member_entries(card) if e.metric == "full_time_members"] == found


minutes = st.integers(0, 10**7)


@given(minutes)
@example(0)
@example(20)
@example(21)
def test_a_step_is_never_below_and_at_most_a_twentieth_above(number: int) -> None:
    assert number <= rounded_up(number) <= Fraction(21, 20) * number


@given(st.lists(minutes, min_size=1, max_size=40), st.integers(1, 100))
def test_percentiles_of_what_is_rounded_are_those_of_what_is_not_rounded(
    numbers: list[int], percent: int
) -> None:
    def counts(of: list[int]) -> dict[str, int]:
        return {str(number): n for number, n in Counter(of).items()}

    rounded = counts([rounded_up(number) for number in numbers])
    ranked = sorted(numbers)
    exact = ranked[-(-len(ranked) * percent // 100) - 1]
    assert percentile_of(counts(numbers), percent) == exact
    assert percentile_of(rounded, percent) == rounded_up(exact)
    low, high = median_of(counts(numbers)), median_of(rounded)
    assert low is not None
    assert high is not None
    assert low <= high <= Fraction(21, 20) * Fraction(low)


def test_the_steps_reach_beyond_a_lifetime() -> None:
    assert STEPS[:22] == (*range(22),)
    assert STEPS[-1] > timedelta(days=365 * 100) / timedelta(minutes=1)
    assert rounded_up(10**12) == STEPS[-1]
    assert percentile_of({}, 90) is None
