"""What the dashboard shows, and how each figure is defined. `definition` is served with the number."""

from services.contracts.labels import Label
from services.gateway.dashboards import figures_errands, figures_people, figures_reports
from services.gateway.dashboards.figure import Figure, Kind, flow, sample, stock

__all__ = ["FIGURES", "SECTIONS", "Figure", "Kind"]

PEOPLE = ("inhabitants", "households")
SECTIONS: dict[str, tuple[Figure, ...]] = {
    "grid": (
        flow("reports_filed", "上报事件数", "Reports filed", by=True, per=PEOPLE),
        flow(
            "reporters_credited",
            "有效上报人次（并案后每人每事一次）",
            "Reporters credited, each once for a matter, merged reports included",
            by=True,
        ),
        flow("reports_accepted", "受理事件数", "Reports accepted"),
        flow("reports_closed", "办结事件数", "Reports closed"),
        Figure(
            "on_time_closing_rate",
            Kind.FLOW_RATE,
            ("reports_due_closed_on_time", "reports_due"),
            "按期结案率：应结案件中按期办结的比例（超期未结计入分母）",
            "On-time closing rate: of the reports due, those closed on time (overdue open ones count)",
            cohort=True,
            version=2,
        ),
        *figures_reports.FIGURES,
        flow(
            "patrol_person_times",
            "巡防人次",
            "Person-times on patrol",
            by=True,
            per=("households",),
        ),
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
            "拆除违法建筑面积（平方米，凭拆前拆后影像核实）",
            "Illegal buildings demolished, in square metres, confirmed by photos of before and after",
            by=True,
            parts=100,
            version=2,
        ),
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
        *figures_people.FIGURES,
        *figures_errands.FIGURES,
    ),
    "disputes": (
        flow("cases_registered", "登记纠纷数", "Cases registered", by=True, per=PEOPLE),
        flow("cases_settled", "化解纠纷数", "Cases settled", by=True),
        flow("reception_batches", "接待批次", "Reception batches"),
        flow("persons_received", "接待人次", "Persons received", per=("inhabitants",)),
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
