"""The figures of grid members, linked households and visits."""

from services.gateway.dashboards.figure import Figure, Kind, flow

FIGURES: tuple[Figure, ...] = (
    Figure(
        "members_in_service",
        Kind.STOCK,
        ("members_in_service",),
        "在岗网格员数",
        "Grid members in service",
        by=True,
    ),
    Figure(
        "party_members",
        Kind.STOCK,
        ("party_members",),
        "网格员中的党员数（按党支部）",
        "Party members among the grid members, by branch",
        by=True,
    ),
    Figure(
        "households_linked",
        Kind.STOCK,
        ("households_linked",),
        "联系户数",
        "Households linked with a member",
    ),
    flow("household_visits", "走访户次", "Visits of households", by=True),
    flow("household_visits_late", "其中补录", "Visits that are late entries"),
    Figure(
        "weekly_visit_rate",
        Kind.FLOW_RATE,
        ("links_done", "links_due"),
        "周走访完成率：应走访的联系户·周中已走访的比例（只计已结束的周）",
        "Weekly visits: of the links that count for a week, those visited in it (weeks that are over)",
        cohort=True,
    ),
    Figure(
        "member_activity_rate",
        Kind.FLOW_RATE,
        ("weeks_active", "weeks_in_service"),
        "在岗活跃率：在岗网格员·周中有工作记录（走访、上报、巡防）的比例",
        "Active members: of the weeks in service, those with a record (visit, report, patrol)",
        cohort=True,
    ),
    flow(
        "members_active_daily",
        "每日活跃网格员人次",
        "Members with a record, added up over the days",
    ),
    Figure(
        "visit_task_rate",
        Kind.FLOW_RATE,
        ("visit_tasks_done_in_time", "visit_tasks_due"),
        "必到走访及时率：到期走访任务中按时走访的比例",
        "Visits because of reports: of those due, made in time",
        cohort=True,
    ),
)
