"""When a work warning (工作预警, §5.5) is raised, and how it ends. Pure."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from fractions import Fraction
from math import sqrt
from typing import Any, NamedTuple

from services.chassis.errors import Conflict
from services.contracts.codes_gateway import WarningRule, WarningState, WarningStep
from services.gateway.dashboards.figures import SECTIONS
from services.gateway.drilldown.made_of import LISTED
from services.gateway.warnings.settings import Overdue, Places, Rise, Silence, Visits

DEFINITIONS = {figure.name: figure.definition for of in SECTIONS.values() for figure in of}
CATCHES_UP = 7
"""Days back that are still judged after a pause."""
OPEN = (WarningState.RAISED, WarningState.ACKED, WarningState.HANDLING)
STEPS: dict[WarningStep, tuple[tuple[WarningState, ...], WarningState]] = {
    WarningStep.ACK: ((WarningState.RAISED,), WarningState.ACKED),
    WarningStep.HANDLE: ((WarningState.ACKED,), WarningState.HANDLING),
    WarningStep.RESOLVE: ((WarningState.HANDLING,), WarningState.RESOLVED),
    WarningStep.DISMISS: ((WarningState.HANDLING,), WarningState.FALSE_ALARM),
    WarningStep.EXPIRE: (OPEN, WarningState.EXPIRED),
}

Evidence = dict[str, Any]


class Counts(NamedTuple):
    """What the areas that there are on the day have counted: (area, metric) → dimension → day → n. `before`: whether
    (area, metric) had counted anything until the first day."""

    areas: Sequence[str]
    tallies: Mapping[tuple[str, str], Mapping[str, Mapping[date, int]]]
    before: frozenset[tuple[str, str]] = frozenset()

    def total(self, area: str, metric: str, first: date, last: date) -> int:
        by = self.tallies.get((area, metric), {})
        return sum(n for days in by.values() for d, n in days.items() if first <= d <= last)


class Finding(NamedTuple):
    area: str
    subject: str
    evidence: list[Evidence]


class StepNotAllowed(Conflict):
    zh = "预警的当前状态不允许此操作。"
    en = "The warning's state does not allow this step."


def moved(state: WarningState, step: WarningStep) -> WarningState:
    """The state after `step`; refuses what the table does not know."""
    before, after = STEPS[step]
    if state not in before:
        raise StepNotAllowed
    return after


def allowed(state: WarningState) -> list[WarningStep]:
    """What a person may do now; a warning expires by itself."""
    return [
        s for s, (before, _) in STEPS.items() if state in before and s is not WarningStep.EXPIRE
    ]


def days_to_judge(last: date | None, yesterday: date) -> list[date]:
    """Those since the last one that was judged, and yesterday in any case: late work changes it."""
    since = last + timedelta(days=1) if last else yesterday
    first = min(max(since, yesterday - timedelta(days=CATCHES_UP - 1)), yesterday)
    return [first + timedelta(days=n) for n in range((yesterday - first).days + 1)]


def overdue(day: date, counts: Counts, settings: Overdue) -> Iterator[Finding]:
    """W1: what was closed late is overdue, and what is open yet."""
    first = day - timedelta(days=settings.days - 1)
    for area in counts.areas:
        due = counts.total(area, settings.due, first, day)
        late = due - counts.total(area, settings.on_time, first, day)
        if due and Fraction(late, due) >= Fraction(settings.at_least):
            told = _told(area, "on_time_closing_rate", first, day, late, due)
            yield Finding(area, area, [told])


def places(day: date, counts: Counts, settings: Places) -> Iterator[Finding]:
    """W3: by the household or enterprise that reports name, which is the dimension; no event tells an address."""
    first = day - timedelta(days=settings.days - 1)
    for area in counts.areas:
        for place, days in sorted(counts.tallies.get((area, settings.metric), {}).items()):
            n = sum(n for d, n in days.items() if first <= d <= day)
            if n >= settings.at_least:
                told = _told(area, settings.metric, first, day, n, None, place)
                yield Finding(area, f"{area}/{place}", [told])


def visits(day: date, counts: Counts, settings: Visits) -> Iterator[Finding]:
    """W6: in each of the last whole weeks, Monday to Sunday."""
    sunday = day - timedelta(days=(day.weekday() + 1) % 7)
    weeks = [sunday - timedelta(weeks=n) for n in range(settings.weeks)]
    for area in counts.areas:
        told = []
        for last in weeks:
            first = last - timedelta(days=6)
            due = counts.total(area, settings.due, first, last)
            done = counts.total(area, settings.done, first, last)
            if due and Fraction(done, due) < Fraction(settings.below):
                told.append(_told(area, settings.done, first, last, done, due))
        if len(told) == settings.weeks:
            yield Finding(area, area, told)


def rise(day: date, counts: Counts, settings: Rise) -> Iterator[Finding]:
    """W7: by metric and dimension, where there were figures all the weeks before."""
    same = [day - timedelta(weeks=n) for n in range(1, settings.weeks + 1)]
    for area in counts.areas:
        for metric in settings.metrics:
            if (area, metric) not in counts.before:
                continue
            for dimension, days in sorted(counts.tallies.get((area, metric), {}).items()):
                n, earlier = days.get(day, 0), [days.get(d, 0) for d in same]
                if n >= settings.at_least and _is_above(n, earlier, Fraction(settings.sigmas)):
                    told = _told(area, metric, day, day, n, None, dimension, earlier)
                    yield Finding(area, f"{area}/{metric}/{dimension}", [told])


def silence(day: date, counts: Counts, settings: Silence) -> Iterator[Finding]:
    """W9: of the grids that there were all the time."""
    first = day - timedelta(days=settings.days - 1)
    for area in counts.areas:
        if not counts.total(area, settings.metric, first, day):
            yield Finding(area, area, [_told(area, settings.metric, first, day, 0, None)])


def _is_above(n: int, earlier: Sequence[int], sigmas: Fraction) -> bool:
    """Exact: n − mean > sigmas·σ, squared and multiplied by the square of the number of weeks."""
    weeks, total, squares = len(earlier), sum(earlier), sum(e * e for e in earlier)
    beyond = weeks * n - total
    return beyond > 0 and beyond**2 > sigmas**2 * (weeks * squares - total**2)


def _told(
    area: str,
    figure: str,
    first: date,
    last: date,
    n: int,
    d: int | None,
    dimension: str | None = None,
    earlier: Sequence[int] = (),
) -> Evidence:
    """A figure as it was when the warning was raised, and where its records are listed."""
    told: Evidence = {"figure": figure, "n": n, "d": d, "dimension": dimension or None}
    told["period"] = {"from": first.isoformat(), "to": last.isoformat()}
    told["definition"] = DEFINITIONS.get(figure, f"{figure}.v1")
    known = figure in LISTED
    path = f"/v1/areas/{area}/figures/{figure}/records?from={first}&to={last}"
    path += f"&dimension={dimension}" if dimension else ""
    told["records"] = path + ("&part=denominator" if d is not None else "") if known else None
    if earlier:
        mean = sum(earlier) / len(earlier)
        deviation = sqrt(sum((e - mean) ** 2 for e in earlier) / len(earlier))
        told |= {"earlier": [*earlier], "mean": round(mean, 2), "deviation": round(deviation, 2)}
    return told


class Rule(NamedTuple):
    """`settings`: how its row is read. `grids`: whether it judges grids; else townships."""

    settings: Any
    judge: Callable[[date, Counts, Any], Iterator[Finding]]
    metrics: Callable[[Any], Sequence[str]]
    reach: Callable[[Any], int]
    grids: bool = False


RULES: dict[WarningRule, Rule] = {
    WarningRule.OVERDUE: Rule(Overdue, overdue, lambda s: (s.due, s.on_time), lambda s: s.days),
    WarningRule.PLACE: Rule(Places, places, lambda s: (s.metric,), lambda s: s.days),
    WarningRule.VISITS: Rule(Visits, visits, lambda s: (s.due, s.done), lambda s: 7 * s.weeks + 6),
    WarningRule.RISE: Rule(Rise, rise, lambda s: s.metrics, lambda s: 7 * s.weeks + 1),
    WarningRule.SILENCE: Rule(
        Silence, silence, lambda s: (s.metric,), lambda s: s.days, grids=True
    ),
}
"""`reach`: how many days back it looks, the judged one included."""
