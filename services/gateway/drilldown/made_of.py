"""Of which records a figure is made: the noun behind each metric, and which of a card's entries count. Pure."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

from services.chassis.errors import Invalid, NotFound
from services.contracts.codes_gateway import FigurePart as Part
from services.contracts.event import Event
from services.gateway.dashboards.figures import SECTIONS, Figure, Kind
from services.gateway.dashboards.numbers import Period
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
    ),
    "member": ("members_in_service", "party_members"),
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
    "demolition": ("demolished_m2", "demolitions_confirmed"),
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
SPREAD = {"duty_week", "survey"}
"""Records that count in areas below their own."""
COUNTED = {"patrols_covering": "area", "attendances_of_person": "trainee"}
"""What a figure of distinct dimensions counts: the dimension is the area's code, or the trainee's id."""
STOCKS = {Kind.STOCK, Kind.STOCK_RATE}
RATES = {Kind.FLOW_RATE, Kind.STOCK_RATE}

_FIGURES = {f.name: (service, f) for service, figures in SECTIONS.items() for f in figures}


class NoDenominator(Invalid):
    zh = "该指标不是比率，没有分母。"
    en = "This figure is no rate: it has no denominator."
    pointer = "/query/part"


class Made(NamedTuple):
    """What is added up: entries of `metrics`, of records called `noun`, on the days that count. A stock's begin
    with the first that there ever was."""

    service: str
    figure: Figure
    noun: str
    metrics: tuple[str, ...]
    first: date | None
    last: date

    @property
    def is_distinct(self) -> bool:
        return self.figure.kind is Kind.DISTINCT


def made_of(name: str, part: Part, period: Period, today: date) -> Made:
    """As the dashboard of that period says. No such figure is not found."""
    if name not in _FIGURES:
        raise NotFound
    service, figure = _FIGURES[name]
    if part is Part.DENOMINATOR and figure.kind not in RATES:
        raise NoDenominator
    metrics = figure.metrics
    if figure.kind in RATES:
        metrics = metrics[1:] if part is Part.DENOMINATOR else metrics[:1]
    last = min(period.last, today - timedelta(days=1)) if figure.cohort else period.last
    first = None if figure.kind in STOCKS else period.first
    return Made(service, figure, NOUN_OF[metrics[0]], metrics, first, last)


def counting(made: Made, area: str, card: Event) -> Iterator[Entry]:
    """The entries of a card that the figure of `area` adds up."""
    for entry in BY_NOUN[made.noun].entries(card):
        begun = made.first is None or made.first <= entry.day
        counts = entry.metric in made.metrics and entry.area.startswith(area)
        if counts and begun and entry.day <= made.last:
            yield entry


def stretches(area: str, noun: str) -> list[tuple[str, str]]:
    """Where cards lie that may count there, as first and last place in the order of codes."""
    above = [area[:length] for length in range(6, len(area), 3)] if noun in SPREAD else []
    return [*((code, code) for code in above), (area, area + "a")]
