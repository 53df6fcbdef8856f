"""What one service must do about what happened at another: once, whatever was killed."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from tests.chaos.checks.facts import Case, Hazard, Report
from tests.chaos.checks.verdict import Verdict, verdict

UNSAFE = frozenset({"WORK_SAFETY", "FIRE_SAFETY"})
RESOLVED = frozenset({"RESOLVED", "VERIFIED", "CLOSED"})
ENDED = frozenset({"TERMINATED", "CLOSED"})
AGREED = frozenset({"AGREED", "PERFORMED"})
IdOf = Callable[[str], str]


def one_case_each(reports: Iterable[Report], cases: Iterable[Case], id_of: IdOf) -> Verdict:
    """One case per accepted report of a dispute; none of any other."""
    causes = [r.id for r in reports if r.accepted and r.category == "DISPUTE"]
    wrong = _unequal(causes, [(c.id, c.report) for c in cases if c.report], id_of)
    return verdict(
        "one_case_each",
        "每件受理的纠纷上报一个案件",
        "one case per accepted dispute",
        len(causes),
        wrong,
    )


def one_hazard_each(reports: Iterable[Report], hazards: Iterable[Hazard], id_of: IdOf) -> Verdict:
    """One hazard per accepted report of a safety matter that names an enterprise."""
    causes = [r.id for r in reports if r.accepted and r.category in UNSAFE and r.enterprise]
    wrong = _unequal(causes, [(h.id, h.report) for h in hazards if h.report], id_of)
    return verdict(
        "one_hazard_each",
        "每件受理的安全上报一条隐患",
        "one hazard per accepted safety report",
        len(causes),
        wrong,
    )


def ends_are_told(reports: Iterable[Report], cases: Iterable[Case]) -> Verdict:
    """The end of a case resolves its report; a cancelled report ends a case that is not agreed yet."""
    known = {report.id: report for report in reports}
    wrong, looked = [], 0
    for case in cases:
        report = known.get(case.report or "")
        if report is None:
            continue
        if report.cancelled:
            looked += 1
            ended = case.status in ENDED | AGREED
        elif case.status == "CLOSED":
            looked += 1
            ended = report.status in RESOLVED
        else:
            ended = report.status not in RESOLVED
        if not ended:
            wrong.append(f"{case} of {report}")
    return verdict(
        "ends_are_told",
        "结案则上报办结，注销则案件终止",
        "ends of cases and of reports are told",
        looked,
        wrong,
    )


def _unequal(
    causes: Sequence[str], found: Sequence[tuple[str, str | None]], id_of: IdOf
) -> list[str]:
    expected = {(id_of(cause), cause) for cause in causes}
    there = Counter(found)
    wrong = [f"{pair[1]} has none" for pair in expected - there.keys()]
    wrong += [f"{pair} comes from nothing" for pair in there.keys() - expected]
    return wrong + [f"{pair} {n} times" for pair, n in there.items() if n > 1]
