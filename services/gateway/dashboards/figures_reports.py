"""The rates of what becomes of reports."""

from services.gateway.dashboards.figure import Figure, Kind, rate, stock

FIGURES: tuple[Figure, ...] = (
    rate(
        "self_handling_rate",
        ("reports_self_handled", "reports_closed"),
        "自办率：办结事件中自办自结的比例",
        "Handled within the grid: of the reports closed, those that the grid closed itself",
    ),
    rate(
        "escalation_rate",
        ("reports_escalated", "reports_accepted"),
        "升级率：受理事件中曾上报上级的比例",
        "Escalation: of the reports accepted, those that were escalated",
    ),
    rate(
        "rework_rate",
        ("reports_reworked", "reports_verified"),
        "返工率：核查通过的事件中曾返回重办的比例",
        "Rework: of the reports verified, those that were sent back before",
    ),
    rate(
        "satisfaction_rate",
        ("reports_satisfied", "reports_evaluated"),
        "满意率：已评价事件中满意的比例",
        "Satisfaction: of the reports evaluated, those with which people are satisfied",
    ),
    Figure(
        "extension_rate",
        Kind.FLOW_RATE,
        ("reports_due_extended", "reports_due"),
        "延期率：应结案件中经批准延期的比例",
        "Extensions: of the reports due, those that were given more time",
        cohort=True,
    ),
    stock("reports_suspended", "缓办事件数", "Reports suspended"),
)
