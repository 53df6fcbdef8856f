"""When a rule raises a warning, against a recount by hand; and which step follows which state."""

from collections import Counter
from collections.abc import Mapping
from datetime import date, timedelta
from fractions import Fraction
from statistics import mean, pvariance
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from services.contracts.codes_gateway import WarningState, WarningStep
from services.gateway.warnings.rules import (
    CATCHES_UP,
    STEPS,
    Counts,
    Finding,
    StepNotAllowed,
    allowed,
    days_to_judge,
    moved,
    overdue,
    places,
    rise,
    silence,
    visits,
)
from services.gateway.warnings.settings import Overdue, Places, Rise, Silence, Visits

AREA, DAY = "330703105", date(2026, 3, 18)  # a Wednesday
W1 = Overdue.model_validate(
    {"services": ["grid"], "due": "due", "on_time": "done", "days": 30, "at_least": "0.10"}
)
W3 = Places.model_validate(
    {"services": ["grid"], "metric": "reports_of_place", "days": 30, "at_least": 3}
)
W6 = Visits.model_validate(
    {"services": ["grid"], "due": "due", "done": "done", "weeks": 2, "below": "0.80"}
)
W7 = Rise.model_validate(
    {"services": ["grid"], "metrics": ["filed"], "weeks": 8, "sigmas": "3", "at_least": 5}
)
W9 = Silence.model_validate({"services": ["grid"], "metric": "filed", "days": 14})

small = st.integers(0, 12)


def counts(*, before: bool = True, **tallies: Mapping[date, int]) -> Counts:
    told = {(AREA, metric): {"": days} for metric, days in tallies.items()}
    return Counts([AREA], told, frozenset({(AREA, m) for m in tallies} if before else ()))


def ago(days: int) -> date:
    return DAY - timedelta(days=days)


@given(st.lists(st.tuples(st.integers(0, 40), small, small), max_size=12))
@example([(0, 10, 1)])  # exactly a tenth
@example([(29, 10, 1), (30, 5, 5)])
@example([])
def test_w1_counts_what_is_overdue_of_what_was_due_in_thirty_days(
    told: list[tuple[int, int, int]],
) -> None:
    due, done = dict[date, int](), dict[date, int]()
    for days, of, late in told:
        due[ago(days)], done[ago(days)] = of, of - min(of, late)
    inside = [d for d in due if d > ago(30)]
    whole, late = sum(due[d] for d in inside), sum(due[d] - done[d] for d in inside)
    found = list(overdue(DAY, counts(due=due, done=done), W1))
    assert bool(found) is (whole > 0 and 10 * late >= whole)
    for finding in found:
        [evidence] = finding.evidence
        assert (evidence["n"], evidence["d"], finding.subject) == (late, whole, AREA)
        assert evidence["definition"] == "on_time_closing_rate.v2"
        assert evidence["records"] == (
            f"/v1/areas/{AREA}/figures/on_time_closing_rate/records"
            "?from=2026-02-17&to=2026-03-18&part=denominator"
        )


def test_w1_is_raised_for_reports_that_nobody_has_closed() -> None:
    assert list(overdue(DAY, counts(due={ago(3): 1}, done={}), W1))


@given(st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 40)), max_size=9))
@example([("a", 0), ("a", 0), ("a", 29)])
@example([("a", 0), ("a", 0), ("a", 30)])
@example([("a", 0), ("a", 1), ("b", 2)])
def test_w3_counts_the_reports_of_one_place_in_thirty_days(told: list[tuple[str, int]]) -> None:
    tallies: dict[str, dict[date, int]] = {}
    for place, days in told:
        of = tallies.setdefault(f"household/{place}", {})
        of[ago(days)] = of.get(ago(days), 0) + 1
    found = list(places(DAY, Counts([AREA], {(AREA, "reports_of_place"): tallies}), W3))
    recent = Counter(f"household/{place}" for place, days in told if days < 30)
    assert {f.evidence[0]["dimension"]: f.evidence[0]["n"] for f in found} == {
        place: n for place, n in recent.items() if n >= 3
    }
    for finding in found:
        [evidence] = finding.evidence
        assert finding.subject == f"{AREA}/{evidence['dimension']}"
        assert evidence["records"] == (
            f"/v1/areas/{AREA}/figures/reports_of_place/records"
            f"?from=2026-02-17&to=2026-03-18&dimension={evidence['dimension']}"
        )


@given(st.lists(small, min_size=21, max_size=21), st.lists(small, min_size=21, max_size=21))
@example([10] * 21, [8] * 21)  # just enough
def test_w6_looks_at_two_whole_weeks(due: list[int], done: list[int]) -> None:
    of = {ago(days): n for days, n in enumerate(due)}
    did = {ago(days): min(n, due[days]) for days, n in enumerate(done)}
    weeks = [range(3, 10), range(10, 17)]  # the last Sunday was three days ago
    low = [
        (d := sum(of[ago(n)] for n in week)) > 0 and 10 * sum(did[ago(n)] for n in week) < 8 * d
        for week in weeks
    ]
    found = list(visits(DAY, counts(due=of, done=did), W6))
    assert bool(found) is all(low)
    assert all(len(finding.evidence) == 2 for finding in found)


def test_w6_finds_nothing_while_no_visit_is_told() -> None:
    assert list(visits(DAY, Counts([AREA], {}), W6)) == []


@given(st.integers(0, 30), st.lists(small, min_size=8, max_size=8), st.lists(small, max_size=6))
@example(5, [5] * 8, [])
@example(6, [5] * 8, [])
@example(4, [0] * 8, [])
@example(5, [0] * 8, [])
@example(8, [1, 3] * 4, [])  # mean 2, deviation 1
@example(5, [1, 3] * 4, [])  # mean plus three deviations, and no more
def test_w7_equals_a_naive_recount(n: int, weeks: list[int], other: list[int]) -> None:
    days = {ago(7 * (week + 1)): told for week, told in enumerate(weeks)} | {DAY: n}
    days |= {ago(7 * week + 3): told for week, told in enumerate(other)}  # of other weekdays
    exact = [Fraction(told) for told in weeks]
    beyond = n - mean(exact)
    expected = n >= 5 and beyond > 0 and beyond**2 > 9 * pvariance(exact)
    found = list(rise(DAY, counts(filed=days), W7))
    assert bool(found) is expected
    for finding in found:
        assert finding.evidence[0]["n"] == n
        assert finding.evidence[0]["earlier"] == weeks


def test_w7_judges_each_dimension_by_itself_and_says_which() -> None:
    usual = {ago(7 * week): 9 for week in range(9)}
    told = {(AREA, "filed"): {"RESIDENT": usual, "RED_MEMBER": {DAY: 7}}}
    [finding] = rise(DAY, Counts([AREA], told, frozenset({(AREA, "filed")})), W7)
    assert finding.subject == f"{AREA}/filed/RED_MEMBER"
    assert finding.evidence[0]["dimension"] == "RED_MEMBER"


def test_w7_says_nothing_before_there_are_eight_weeks() -> None:
    assert list(rise(DAY, counts(filed={DAY: 50}), W7))
    assert list(rise(DAY, counts(filed={DAY: 50}, before=False), W7)) == []


@given(st.sets(st.integers(0, 20)))
@example({13})
@example({14})
def test_w9_is_a_fortnight_without_a_report(days: set[int]) -> None:
    found = list(silence(DAY, counts(filed={ago(n): 1 for n in days}), W9))
    assert bool(found) is not any(n < 14 for n in days)


def test_w9_tells_a_grid_of_which_nothing_was_ever_heard() -> None:
    assert [f.subject for f in silence(DAY, Counts([AREA], {}), W9)] == [AREA]


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("state", WarningState)
def test_every_step_in_every_state(state: WarningState, step: WarningStep) -> None:
    table = {
        ("RAISED", "ack"): "ACKED",
        ("ACKED", "handle"): "HANDLING",
        ("HANDLING", "resolve"): "RESOLVED",
        ("HANDLING", "dismiss"): "FALSE_ALARM",
        ("RAISED", "expire"): "EXPIRED",
        ("ACKED", "expire"): "EXPIRED",
        ("HANDLING", "expire"): "EXPIRED",
    }
    expected = table.get((state, step))
    if expected is None:
        with pytest.raises(StepNotAllowed):
            moved(state, step)
    else:
        assert moved(state, step) == expected
    assert (step in allowed(state)) is (expected is not None and step != "expire")


@given(st.integers(-1, 30))
def test_yesterday_is_always_judged_and_a_week_is_caught_up(gap: int) -> None:
    days = days_to_judge(ago(gap), DAY)
    assert days[-1] == DAY
    assert len(days) == max(1, min(gap, CATCHES_UP))
    assert days == sorted(set(days))
    assert days_to_judge(None, DAY) == [DAY]


def test_a_finding_has_the_area_in_which_it_is_seen() -> None:
    found: list[Any] = list(silence(DAY, Counts([AREA], {}), W9))
    assert found == [Finding(AREA, AREA, found[0].evidence)]
