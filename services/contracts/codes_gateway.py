"""The codes of what the gateway itself says: drill-down and work warnings."""

from enum import StrEnum

from services.contracts.labels import Label


class FigurePart(StrEnum):
    """Which records of a figure are listed."""

    NUMERATOR = "numerator"
    DENOMINATOR = "denominator"


class IndicatorUnit(StrEnum):
    SHARE = "SHARE"
    COUNT = "COUNT"
    WORKING_HOURS = "WORKING_HOURS"
    PER_30_DAYS = "PER_30_DAYS"


class Exclusion(StrEnum):
    """Why a report is in neither part of an indicator."""

    DUPLICATE = "DUPLICATE"
    INVALID = "INVALID"
    CANCELLED = "CANCELLED"
    SUSPENDED = "SUSPENDED"
    SELF_HANDLED = "SELF_HANDLED"
    RETURNED = "RETURNED"
    WITHIN_LIMIT = "WITHIN_LIMIT"
    NO_DEADLINE = "NO_DEADLINE"
    NEVER_ACCEPTED = "NEVER_ACCEPTED"
    NOT_TOLD = "NOT_TOLD"


class WarningRule(StrEnum):
    """工作预警 rules (§5.5): our own, with thresholds of ours; no statutory warning."""

    OVERDUE = "W1"
    PLACE = "W3"
    VISITS = "W6"
    RISE = "W7"
    SILENCE = "W9"


class WarningLevel(StrEnum):
    RED = "RED"
    ORANGE = "ORANGE"
    YELLOW = "YELLOW"
    BLUE = "BLUE"


class WarningState(StrEnum):
    RAISED = "RAISED"
    ACKED = "ACKED"
    HANDLING = "HANDLING"
    RESOLVED = "RESOLVED"
    FALSE_ALARM = "FALSE_ALARM"
    EXPIRED = "EXPIRED"


class WarningStep(StrEnum):
    RAISE = "raise"
    ACK = "ack"
    HANDLE = "handle"
    RESOLVE = "resolve"
    DISMISS = "dismiss"
    EXPIRE = "expire"


CODES: dict[str, dict[str, Label]] = {
    "figure_part": {
        "numerator": Label("分子", "Numerator"),
        "denominator": Label("分母", "Denominator"),
    },
    "indicator_unit": {
        "SHARE": Label("比例（0–1）", "A share, 0 to 1"),
        "COUNT": Label("件", "A number"),
        "WORKING_HOURS": Label("工作小时", "Working hours"),
        "PER_30_DAYS": Label("每人每 30 个在岗日", "For 30 days of service of one person"),
    },
    "exclusion": {
        "DUPLICATE": Label("重复上报", "A duplicate"),
        "INVALID": Label("无效上报", "Invalid"),
        "CANCELLED": Label("已注销", "Cancelled"),
        "SUSPENDED": Label("期末缓办", "Suspended at the end of the period"),
        "SELF_HANDLED": Label("自办自结，无须受理", "The grid closed it itself: nothing to accept"),
        "RETURNED": Label("退回补正中", "With its reporter, to be completed"),
        "WITHIN_LIMIT": Label("仍在受理时限内", "Within the time to be accepted"),
        "NO_DEADLINE": Label("时限未知", "The deadline was not known"),
        "NEVER_ACCEPTED": Label("未经受理", "Never accepted"),
        "NOT_TOLD": Label("处置工时未知", "How long it took is not known"),
    },
    "warning_rule": {
        "W1": Label("超期未按时办结比例过高", "Too many of the reports due are overdue"),
        "W3": Label("同一住户或企业反复上报", "One household or enterprise, report after report"),
        "W6": Label("周走访完成率连续过低", "Too few weekly visits done, weeks running"),
        "W7": Label("数量突增", "Sudden rise"),
        "W9": Label("静默网格", "Silent grid"),
    },
    "warning_level": {
        "RED": Label("红色", "Red"),
        "ORANGE": Label("橙色", "Orange"),
        "YELLOW": Label("黄色", "Yellow"),
        "BLUE": Label("蓝色", "Blue"),
    },
    "warning_state": {
        "RAISED": Label("已发出", "Raised"),
        "ACKED": Label("已签收", "Acknowledged"),
        "HANDLING": Label("处置中", "Being handled"),
        "RESOLVED": Label("已处置", "Resolved"),
        "FALSE_ALARM": Label("误报", "False alarm"),
        "EXPIRED": Label("已过期", "Expired"),
    },
    "warning_step": {
        "raise": Label("发出", "Raise"),
        "ack": Label("签收", "Acknowledge"),
        "handle": Label("开始处置", "Begin to handle"),
        "resolve": Label("处置完毕", "Resolve"),
        "dismiss": Label("判为误报", "Dismiss as a false alarm"),
        "expire": Label("过期", "Expire"),
    },
}
