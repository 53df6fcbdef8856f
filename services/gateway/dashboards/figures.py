"""What the dashboard shows, and how each figure is defined. `definition` is served with the number."""

from dataclasses import dataclass
from enum import StrEnum

from services.contracts.labels import Label


class Kind(StrEnum):
    FLOW = "flow"  # what happened in the period
    STOCK = "stock"  # what there is at its end (and was at its start)
    FLOW_RATE = "flow_rate"  # of a cohort of the period
    STOCK_RATE = "stock_rate"  # of what there is at its end
    MEDIAN = "median"  # of the whole numbers that are the dimensions of the period
    DISTINCT = "distinct"  # dimensions of the period: persons, never summed


@dataclass(frozen=True)
class Figure:
    """`metrics`: what is added up, or numerator and denominator. `by`: told by dimension too. `cohort`: only days
    that are over count. `parts`: of how many parts a unit is that the tallies count. `excluded`: what is
    left out of a rate. `sampled`: the rate of a sample, told with its error."""

    name: str
    kind: Kind
    metrics: tuple[str, ...]
    zh: str
    en: str
    by: bool = False
    cohort: bool = False
    parts: int = 1
    excluded: tuple[str, ...] = ()
    sampled: bool = False
    version: int = 1

    @property
    def definition(self) -> str:
        return f"{self.name}.v{self.version}"


def flow(name: str, zh: str, en: str, *, by: bool = False) -> Figure:
    return Figure(name, Kind.FLOW, (name,), zh, en, by=by)


def sample(
    name: str, metrics: tuple[str, str], excluded: tuple[str, ...], zh: str, en: str
) -> Figure:
    return Figure(name, Kind.FLOW_RATE, metrics, zh, en, excluded=excluded, sampled=True)


def stock(name: str, zh: str, en: str) -> Figure:
    return Figure(name, Kind.STOCK, (name,), zh, en)


DEMOLITIONS = (
    flow(
        "demolitions_confirmed",
        "拆前拆后影像齐全并核实的拆违记录数",
        "Demolitions confirmed by photos of before and after",
    ),
)
HELP = (
    flow("errands_submitted", "提出求助与代办数", "Errands submitted", by=True),
    flow("help_solved", "解决困难数（已办结且有结果）", "Difficulties solved", by=True),
    Figure(
        "errand_days",
        Kind.MEDIAN,
        ("errand_days",),
        "解决困难用时中位数（自然日）",
        "Days from the request to the solution, the median",
    ),
    Figure(
        "zero_trip_share",
        Kind.FLOW_RATE,
        ("errands_without_trips", "help_solved"),
        "零跑腿率：已解决的困难中群众未跑腿的比例",
        "Without a trip: of the difficulties solved, those for which the resident never had to go",
    ),
    Figure(
        "promises_kept_rate",
        Kind.FLOW_RATE,
        ("errands_kept", "errands_promised"),
        "承诺按期率：承诺时间已到的代办中按期送达或解决的比例",
        "Promises kept: of the errands promised for the period, those delivered or solved in time",
        cohort=True,
    ),
    flow("tasks_given", "派发任务数（按对象）", "Parts of tasks given", by=True),
    Figure(
        "task_completion_rate",
        Kind.FLOW_RATE,
        ("tasks_due_accepted", "tasks_due"),
        "任务完成率：到期任务中已通过的比例（逾期未完成计入分母）",
        "Task completion: of the parts due, those accepted (expired ones count)",
        cohort=True,
    ),
)

SECTIONS: dict[str, tuple[Figure, ...]] = {
    "grid": (
        flow("reports_filed", "上报事件数", "Reports filed", by=True),
        flow("reports_accepted", "受理事件数", "Reports accepted"),
        flow("reports_closed", "办结事件数", "Reports closed"),
        Figure(
            "on_time_closing_rate",
            Kind.FLOW_RATE,
            ("reports_due_closed_on_time", "reports_due"),
            "按期结案率：应结案件中按期办结的比例（超期未结计入分母）",
            "On-time closing rate: of the reports due, those closed on time (overdue open ones count)",
            cohort=True,
        ),
        flow("patrol_person_times", "巡防人次", "Person-times on patrol", by=True),
        Figure(
            "grids_patrolled",
            Kind.DISTINCT,
            ("patrols_covering",),
            "巡防覆盖网格数（定位可信）",
            "Grids patrolled, by trustworthy positions",
        ),
        Figure(
            "demolished_m2",
            Kind.FLOW,
            ("demolished_m2",),
            "拆除违法建筑面积（平方米）",
            "Illegal buildings demolished, in square metres",
            by=True,
            parts=100,
        ),
        *DEMOLITIONS,
        flow("leaflets_distributed", "分发折页数", "Leaflets distributed", by=True),
        flow("promo_items_distributed", "分发宣传品数", "Promotional items distributed", by=True),
        flow("questionnaires_distributed", "分发问卷数", "Questionnaires distributed", by=True),
        flow("questionnaires_returned", "回收问卷数", "Questionnaires returned", by=True),
        sample(
            "survey_safety_rate",
            ("survey_safe", "survey_sure"),
            ("survey_excluded", "survey_unsure"),
            "安全感满意率（内部测评）：有效且作答明确者中感到安全或基本安全的比例",
            "Feeling of safety (our own surveys): of the valid answers that are sure, safe or basically safe",
        ),
        sample(
            "survey_strict_safety_rate",
            ("survey_strictly_safe", "survey_sure"),
            ("survey_excluded", "survey_unsure"),
            "安全感（内部测评，仅“安全”）",
            "Feeling of safety (our own surveys), safe alone",
        ),
        sample(
            "survey_awareness_rate",
            ("survey_aware", "survey_valid"),
            ("survey_excluded",),
            "知晓率（内部测评）：有效问卷中知晓至少一项活动的比例",
            "Awareness (our own surveys): of the valid answers, those who know of an activity",
        ),
        sample(
            "survey_participation_rate",
            ("survey_took_part", "survey_valid"),
            ("survey_excluded",),
            "参与率（内部测评）：有效问卷中本人或家人参与至少一项活动的比例",
            "Participation (our own surveys): of the valid answers, those who took part in an activity",
        ),
        Figure(
            "survey_return_rate",
            Kind.FLOW_RATE,
            ("survey_valid", "survey_handed_out"),
            "有效回收率（内部测评）：发出问卷中有效回收的比例",
            "Valid returns (our own surveys): of the questionnaires handed out",
        ),
        *HELP,
    ),
    "disputes": (
        flow("cases_registered", "登记纠纷数", "Cases registered", by=True),
        flow("cases_settled", "化解纠纷数", "Cases settled", by=True),
        flow("reception_batches", "接待批次", "Reception batches"),
        flow("persons_received", "接待人次", "Persons received"),
    ),
    "inspection": (
        stock("enterprises_on_file", "建档企业数", "Enterprises on file"),
        Figure(
            "file_coverage",
            Kind.STOCK_RATE,
            ("industrial_on_file", "industrial_operating"),
            "建档率：在营工业企业中已建档的比例",
            "File coverage: of the industrial enterprises in operation, those with a file",
        ),
        flow("reports_issued", "出具体检报告数", "Check-up reports issued"),
        flow("hazards_found", "发现隐患数", "Hazards found"),
        flow("hazards_closed", "销号隐患数", "Hazards closed"),
        stock("ratings_red", "红色风险企业", "Enterprises rated red"),
        stock("ratings_orange", "橙色风险企业", "Enterprises rated orange"),
        stock("ratings_yellow", "黄色风险企业", "Enterprises rated yellow"),
        stock("ratings_blue", "蓝色风险企业", "Enterprises rated blue"),
        Figure(
            "ratings_yellow_blue",
            Kind.STOCK,
            ("ratings_yellow", "ratings_blue"),
            "黄色和蓝色（中度及以下）风险企业",
            "Enterprises rated yellow or blue",
        ),
    ),
    "training": (
        flow("attendances", "培训人次", "Attendances"),
        Figure(
            "people_trained",
            Kind.DISTINCT,
            ("attendances_of_person",),
            "培训人数（去重）",
            "Distinct persons trained",
        ),
        stock("certificates_valid", "有效合格证明数", "Certificates valid"),
    ),
}

FIGURES = {
    figure.name: Label(figure.zh, figure.en) for figures in SECTIONS.values() for figure in figures
}
