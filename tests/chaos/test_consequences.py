"""The checks of consequences and of figures: each passes a good history, and fails each kind of bad one."""

from collections.abc import Callable

import pytest

from tests.chaos.checks import consequences, figures
from tests.chaos.checks.facts import Case, Hazard, Report
from tests.chaos.checks.figures import Figure


class History:
    """A dispute that was settled, one that was cancelled, one under way; two safety reports, of which one names
    an enterprise; and what nobody else has to do with."""

    def __init__(self) -> None:
        self.reports = [
            Report("d1", "DISPUTE", "CLOSED", None, True, False),
            Report("d2", "DISPUTE", "CANCELLED", None, True, True),
            Report("d3", "DISPUTE", "ACCEPTED", None, True, False),
            Report("d4", "DISPUTE", "REPORTED", None, False, False),
            Report("w1", "WORK_SAFETY", "ACCEPTED", "firm", True, False),
            Report("w2", "FIRE_SAFETY", "ACCEPTED", None, True, False),
            Report("e1", "ENVIRONMENT", "ACCEPTED", None, True, False),
        ]
        self.cases = [
            Case("of d1", "d1", "CLOSED"),
            Case("of d2", "d2", "TERMINATED"),
            Case("of d3", "d3", "MEDIATING"),
            Case("own", None, "REGISTERED"),
        ]
        self.hazards = [Hazard("of w1", "w1"), Hazard("own", None)]
        self.figures = [Figure("330703", "2017", "cases", 4, 4)]
        self.differences: list[str] = []

    def verdicts(self) -> dict[str, bool]:
        return {
            verdict.name: verdict.holds
            for verdict in (
                consequences.one_case_each(self.reports, self.cases, "of {}".format),
                consequences.one_hazard_each(self.reports, self.hazards, "of {}".format),
                consequences.ends_are_told(self.reports, self.cases),
                figures.counted(self.figures),
                figures.verified(2, self.differences),
            )
        }


def test_a_good_history_passes() -> None:
    assert set(History().verdicts().values()) == {True}


def no_case(h: History) -> None:
    del h.cases[2]


def case_twice(h: History) -> None:
    h.cases.append(h.cases[2])


def case_under_another_id(h: History) -> None:
    h.cases[2] = Case("another", "d3", "MEDIATING")


def case_too_early(h: History) -> None:
    h.cases.append(Case("of d4", "d4", "REGISTERED"))


def no_hazard(h: History) -> None:
    del h.hazards[0]


def hazard_of_nothing(h: History) -> None:
    h.hazards.append(Hazard("of w2", "w2"))


def end_not_told(h: History) -> None:
    h.reports[0] = h.reports[0]._replace(status="ACCEPTED")


def end_told_too_early(h: History) -> None:
    h.reports[2] = h.reports[2]._replace(status="RESOLVED")


def cancelling_not_told(h: History) -> None:
    h.cases[1] = Case("of d2", "d2", "MEDIATING")


def figure_too_high(h: History) -> None:
    h.figures.append(Figure("330703", "2017", "reports", 5, 4))


def nothing_to_count(h: History) -> None:
    h.figures = [Figure("330703", "2017", "cases", 0, 0)]


def card_differs(h: History) -> None:
    h.differences.append("card report d1")


@pytest.mark.parametrize(
    ("spoil", "caught_by"),
    [
        (no_case, "one_case_each"),
        (case_twice, "one_case_each"),
        (case_under_another_id, "one_case_each"),
        (case_too_early, "one_case_each"),
        (no_hazard, "one_hazard_each"),
        (hazard_of_nothing, "one_hazard_each"),
        (end_not_told, "ends_are_told"),
        (end_told_too_early, "ends_are_told"),
        (cancelling_not_told, "ends_are_told"),
        (figure_too_high, "counted"),
        (nothing_to_count, "counted"),
        (card_differs, "verified"),
    ],
)
def test_a_bad_history_is_caught(spoil: Callable[[History], None], caught_by: str) -> None:
    history = History()
    spoil(history)
    assert [name for name, holds in history.verdicts().items() if not holds] == [caught_by]
