"""The indicators of grid work G1–G14 (§1.13): one table, served as it stands. What changes a meaning is a new version."""

from dataclasses import dataclass

from services.contracts.codes_gateway import Exclusion
from services.contracts.codes_gateway import IndicatorUnit as Unit
from services.contracts.labels import Label
from services.gateway.dashboards.figure import Figure, Kind, stock
from services.gateway.indicators.words import ACCEPTED, CLOSED, DUE, TOLD_LATE, URGENT_DUE

EX = Exclusion


@dataclass(frozen=True)
class Indicator:
    """`figure`: the metrics that it is made of, its title and version; the dimensions of those `excluded` are why.
    `suspended`: the stock that is left out of what is due. `numerator` and `denominator` in words are its formula."""

    figure: Figure
    unit: Unit
    numerator: Label
    denominator: Label | None = None
    excludes: tuple[Exclusion, ...] = ()
    suspended: str | None = None
    note: Label | None = None

    @property
    def formula(self) -> Label:
        if self.denominator is None or self.figure.kind is Kind.MEDIAN:
            return self.numerator
        over = self.denominator
        return Label(f"{self.numerator.zh} ÷ {over.zh}", f"{self.numerator.en} ÷ {over.en}")


def share(
    id: str,
    title: Label,
    metrics: tuple[str, str],
    numerator: Label,
    denominator: Label,
    *,
    cohort: bool = False,
    excluded: str | None = None,
    excludes: tuple[Exclusion, ...] = (),
    suspended: str | None = None,
    note: Label | None = None,
    version: int = 1,
) -> Indicator:
    left_out = (excluded,) if excluded else ()
    told = id, Kind.FLOW_RATE, metrics, title.zh, title.en
    figure = Figure(*told, cohort=cohort, excluded=left_out, version=version)
    return Indicator(figure, Unit.SHARE, numerator, denominator, excludes, suspended, note)


OF_DUE = (EX.CANCELLED, EX.SUSPENDED)

_ALL = (
    Indicator(
        Figure(
            "G1",
            Kind.FLOW,
            ("reports_filed",),
            "上报数",
            "Reports",
            excluded=("reports_not_counted",),
            per=("households",),
        ),
        Unit.COUNT,
        Label("期内上报的事件", "reports filed in the period"),
        excludes=(EX.DUPLICATE, EX.INVALID),
    ),
    share(
        "G2",
        Label("受理率", "Acceptance"),
        ("acceptance_given", "acceptance_owed"),
        Label("其中已受理的", "those of them that were accepted"),
        Label(
            "期内上报、已受理或受理超时的事件",
            "reports filed in the period that were accepted or are past the time for it",
        ),
        excluded="acceptance_excluded",
        excludes=(EX.CANCELLED, EX.SELF_HANDLED, EX.RETURNED, EX.WITHIN_LIMIT),
    ),
    share(
        "G3",
        Label("受理及时率", "Acceptance in time"),
        ("acceptance_in_time", "acceptance_dated"),
        Label("其中按时受理的", "those of them that were accepted in time"),
        ACCEPTED,
        excluded="acceptance_undated",
        excludes=(EX.NO_DEADLINE,),
        note=Label(
            f"自办自结后重新打开的，以打开之时为受理。{TOLD_LATE.zh}",
            f"One that the grid closed itself and that is open again counts as accepted then. {TOLD_LATE.en}",
        ),
        version=2,
    ),
    share(
        "G4",
        Label("结案率", "Closing"),
        ("reports_due_closed", "reports_due"),
        Label("其中已办结的，不论早晚", "those of them that are closed, late or not"),
        DUE,
        cohort=True,
        excluded="reports_due_excluded",
        excludes=OF_DUE,
        suspended="reports_suspended",
    ),
    share(
        "G5",
        Label("按期结案率", "Closing in time"),
        ("reports_due_closed_on_time", "reports_due"),
        Label("其中按期办结的", "those of them that were closed in time"),
        DUE,
        cohort=True,
        excluded="reports_due_excluded",
        excludes=OF_DUE,
        suspended="reports_suspended",
        note=TOLD_LATE,
        version=2,
    ),
    share(
        "G6",
        Label("紧急结案率", "Closing, urgent"),
        ("urgent_due_closed", "urgent_due"),
        Label("其中已办结的，不论早晚", "those of them that are closed, late or not"),
        URGENT_DUE,
        cohort=True,
        excluded="urgent_due_excluded",
        excludes=OF_DUE,
        suspended="urgent_suspended",
    ),
    share(
        "G6T",
        Label("紧急按期结案率", "Closing in time, urgent"),
        ("urgent_due_closed_on_time", "urgent_due"),
        Label("其中按期办结的", "those of them that were closed in time"),
        URGENT_DUE,
        cohort=True,
        excluded="urgent_due_excluded",
        excludes=OF_DUE,
        suspended="urgent_suspended",
        note=TOLD_LATE,
        version=2,
    ),
    share(
        "G7",
        Label("返工率", "Rework"),
        ("reports_reworked", "reports_verified"),
        Label("其中曾返回重办的", "those of them that were sent back before"),
        Label("期内核查通过的事件", "reports verified in the period"),
    ),
    share(
        "G8",
        Label("满意率", "Satisfaction"),
        ("reports_satisfied", "reports_evaluated"),
        Label("其中满意的", "those of them with which people are satisfied"),
        Label("期内评价的事件", "reports evaluated in the period"),
        note=Label("须与 G8E 一并看。", "To be read beside G8E."),
    ),
    share(
        "G8E",
        Label("评价率", "Evaluation"),
        ("reports_closed_evaluated", "reports_closed"),
        Label("其中已评价的", "those of them that were evaluated"),
        CLOSED,
    ),
    share(
        "G9",
        Label("自办率", "Handled within the grid"),
        ("reports_self_handled", "reports_closed"),
        Label("其中自办自结的", "those of them that the grid closed itself"),
        CLOSED,
    ),
    share(
        "G10",
        Label("周走访完成率", "Weekly visits"),
        ("links_done", "links_due"),
        Label("其中已走访的（含补录）", "those of them that were visited, late entries included"),
        Label(
            "期内结束的各周中应走访的联系户（一户一周计一）",
            "linked households that count for a week that ends in the period, once a week",
        ),
        cohort=True,
    ),
    share(
        "G11",
        Label("在岗活跃率", "Active members"),
        ("weeks_active", "weeks_in_service"),
        Label("其中有工作记录的", "those of them with a record of work"),
        Label(
            "期内结束的各周中在岗的网格员（一人一周计一）",
            "members in service in a week that ends in the period, once a week",
        ),
        cohort=True,
        note=Label(
            "按人·周计：事件不说何人做了何事，任意期间内的去重人数无从得知。",
            "In weeks of members: no event tells who did what, so nobody can tell how many had a record in any period.",
        ),
    ),
    Indicator(
        Figure(
            "G12",
            Kind.MEDIAN,
            ("handling_minutes",),
            "处置时长（中位数、九成位）",
            "Time to handle (median, 90th percentile)",
            excluded=("handling_excluded",),
        ),
        Unit.WORKING_HOURS,
        Label(
            "自受理至处置完毕的工作时间的中位数与九成位",
            "median and 90th percentile of the working time from acceptance until it was dealt with",
        ),
        Label("期内处置完毕的事件", "reports dealt with in the period"),
        excludes=(EX.NEVER_ACCEPTED, EX.NOT_TOLD),
        note=Label(
            "含缓办时间；每件向上取整，至多高 5 %，从不偏低。",
            "Suspensions included; each is rounded up by at most 5 %: never too low.",
        ),
    ),
    Indicator(
        Figure(
            "G13",
            Kind.PER_DAYS,
            ("reports_of_grid_members", "full_time_members"),
            "网格员有效上报",
            "Valid reports per full-time member",
            cohort=True,
            version=2,
        ),
        Unit.PER_30_DAYS,
        Label("期内网格员上报的非敏感事件 × 30", "reports by grid members, none sensitive, × 30"),
        Label("专职网格员在岗日数", "days of service of full-time members"),
        note=Label(
            "事件只说由网格员发现，不分专职与兼职：有兼职者上报处偏高。",
            "Reports tell that a grid member found it, not of which kind: too high where part-time ones report.",
        ),
    ),
    share(
        "G14",
        Label("升级率", "Escalation"),
        ("reports_escalated", "reports_accepted"),
        Label("其中曾上报上级的", "those of them that were escalated"),
        ACCEPTED,
    ),
)
INDICATORS = {indicator.figure.name: indicator for indicator in _ALL}
STOCKS = tuple(stock(name, "", "") for name in sorted({i.suspended for i in _ALL if i.suspended}))
"""Of the end of the period."""
