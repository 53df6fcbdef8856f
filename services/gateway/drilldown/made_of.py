"""Of which records a figure is made: the noun behind each metric, and which of a card's entries count. Pure."""

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from services.chassis.errors import Invalid, NotFound
from services.contracts.codes_gateway import FigurePart as Part
from services.contracts.event import Event
from services.gateway.dashboards.figure import flow
from services.gateway.dashboards.figures import SECTIONS, Figure, Kind
from services.gateway.dashboards.numbers import Period, last_over
from services.gateway.indicators.definitions import INDICATORS
from services.gateway.projections.cards import Entry
from services.gateway.projections.store import BY_NOUN

METRICS: dict[str, tuple[str, ...]] = {
    "report": (
        "reports_filed",
        "reports_accepted",
        "reports_closed",
        "reporters_credited",
        "reports_self_handled",
        "reports_escalated",
        "reports_verified",
        "reports_reworked",
        "reports_evaluated",
        "reports_satisfied",
        "reports_suspended",
        "reports_due",
        "reports_due_closed_on_time",
        "reports_due_extended",
        "reports_not_counted",
        "reports_of_grid_members",
        "reports_of_place",
        "acceptance_owed",
        "acceptance_given",
        "acceptance_excluded",
        "acceptance_dated",
        "acceptance_in_time",
        "acceptance_undated",
        "reports_due_closed",
        "reports_due_excluded",
        "reports_closed_evaluated",
        "urgent_due",
        "urgent_due_closed",
        "urgent_due_closed_on_time",
        "urgent_due_excluded",
        "urgent_suspended",
        "handling_minutes",
        "handling_excluded",
    ),
    "member": ("members_in_service", "party_members", "full_time_members"),
    "household": ("households_linked",),
    "visit": ("household_visits", "household_visits_late"),
    "visit_task": ("visit_tasks_due", "visit_tasks_done_in_time"),
    "duty_week": (
        "links_due",
        "links_done",
        "links_done_late",
        "weeks_in_service",
        "weeks_active",
        "members_active_daily",
    ),
    "errand": (
        "errands_submitted",
        "help_solved",
        "errand_days",
        "errands_without_trips",
        "errands_promised",
        "errands_kept",
    ),
    "task_item": ("tasks_given", "tasks_due", "tasks_due_accepted"),
    "patrol": ("patrol_person_times", "patrols_covering"),
    "demolition": ("demolished_m2", "demolitions_confirmed", "demolished_unconfirmed_m2"),
    "material_entry": (
        "leaflets_distributed",
        "promo_items_distributed",
        "questionnaires_distributed",
    ),
    "survey": (
        "survey_handed_out",
        "survey_excluded",
        "survey_valid",
        "survey_unsure",
        "survey_sure",
        "survey_safe",
        "survey_strictly_safe",
        "survey_aware",
        "survey_took_part",
    ),
    "survey_return": ("questionnaires_returned",),
    "case": (
        "cases_registered",
        "cases_accepted",
        "cases_settled",
        "cases_terminated",
        "cases_closed",
        "cases_due",
        "cases_due_finished_on_time",
    ),
    "reception": ("reception_batches", "persons_received"),
    "enterprise": (
        "enterprises_on_file",
        "industrial_operating",
        "industrial_on_file",
        "ratings_red",
        "ratings_orange",
        "ratings_yellow",
        "ratings_blue",
    ),
    "hazard": ("hazards_found", "hazards_closed"),
    "checkup_report": ("reports_issued",),
    "attendance": ("attendances", "attendances_of_person"),
    "certificate": ("certificates_valid",),
}
NOUN_OF = {metric: noun for noun, metrics in METRICS.items() for metric in metrics}
SPREAD = {"duty_week", "household", "survey"}
"""Records that count in areas below their own."""
COUNTED = {"patrols_covering": "area", "attendances_of_person": "trainee"}
"""What a figure of distinct dimensions counts: the dimension is the area's code, or the trainee's id."""
STOCKS = {Kind.STOCK, Kind.STOCK_RATE}
RATES = {Kind.FLOW_RATE, Kind.STOCK_RATE}

DIVIDED = RATES | {Kind.PER_DAYS, Kind.MEDIAN}
"""Of a median's denominator, too, there are records: those that it is the median of."""

_FIGURES = {f.name: (service, f) for service, figures in SECTIONS.items() for f in figures}
_FIGURES |= {name: ("grid", indicator.figure) for name, indicator in INDICATORS.items()}
_FIGURES["reports_of_place"] = (
    "grid",
    flow(
        "reports_of_place", "指明住户或企业的上报数", "Reports that name a household or enterprise"
    ),
)
LISTED = frozenset(_FIGURES)


class NoDenominator(Invalid):
    zh = "该指标不是比率，没有分母。"
    en = "This figure is no rate: it has no denominator."
    pointer = "/query/part"


class Made(NamedTuple):
    """What is added up: entries of `metrics`, of records called `noun`, on the days that count. A stock's begin
    with the first that there ever was. `served`: of a stock, on how many of the days since then each was there.
    `dimension`: those of one alone."""

    service: str
    figure: Figure
    noun: str
    metrics: tuple[str, ...]
    first: date | None
    last: date
    served: date | None = None
    dimension: str | None = None

    @property
    def is_distinct(self) -> bool:
        return self.figure.kind is Kind.DISTINCT


def made_of(
    name: str, part: Part, period: Period, today: date, dimension: str | None = None
) -> Made:
    """As the dashboard of that period says. No such figure is not found."""
    if name not in _FIGURES:
        raise NotFound
    service, figure = _FIGURES[name]
    is_below = part is Part.DENOMINATOR
    if is_below and figure.kind not in DIVIDED:
        raise NoDenominator
    metrics = figure.metrics
    if figure.kind in DIVIDED and len(metrics) > 1:
        metrics = metrics[1:] if is_below else metrics[:1]
    last = last_over(period, today) if figure.cohort else period.last
    served = period.first if is_below and figure.kind is Kind.PER_DAYS else None
    first = None if figure.kind in STOCKS or served else period.first
    return Made(service, figure, NOUN_OF[metrics[0]], metrics, first, last, served, dimension)


def counting(made: Made, area: str, card: Event) -> Iterator[Entry]:
    """The entries of a card that the figure of `area` adds up; days of service as one."""
    found = list(_counting(made, area, card))
    if made.served is None:
        yield from found
    elif n := sum(e.n * max(0, (made.last - max(e.day, made.served)).days + 1) for e in found):
        yield found[0]._replace(day=max(found[0].day, made.served), n=n)


def _counting(made: Made, area: str, card: Event) -> Iterator[Entry]:
    for entry in BY_NOUN[made.noun].entries(card):
        begun = made.first is None or made.first <= entry.day
        is_asked = made.dimension is None or entry.dimension == made.dimension
        counts = is_asked and entry.metric in made.metrics and entry.area.startswith(area)
        if counts and begun and entry.day <= made.last:
            yield entry


def stretches(area: str, noun: str) -> list[tuple[str, str]]:
    """Where cards lie that may count there, as first and last place in the order of codes."""
    above = [area[:length] for length in range(6, len(area), 3)] if noun in SPREAD else []
    return [*((code, code) for code in above), (area, area + "a")]
