"""The figures of errands, of tasks, and of demolitions: how many were confirmed, and what was not."""

from services.gateway.dashboards.figure import Figure, Kind, flow

FIGURES = (
    flow(
        "demolitions_confirmed",
        "拆前拆后影像齐全并核实的拆违记录数",
        "Demolitions confirmed by photos of before and after",
    ),
    Figure(
        "demolished_unconfirmed_m2",
        Kind.FLOW,
        ("demolished_unconfirmed_m2",),
        "已登记、尚未核实的拆除面积（平方米，不计入拆除面积）",
        "Recorded and not confirmed yet, in square metres: not part of what was demolished",
        by=True,
        parts=100,
    ),
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
