"""The codes of tasks (任务) and what people read for them."""

from enum import StrEnum

from services.contracts.labels import Label


class TargetKind(StrEnum):
    GRID = "GRID"
    MEMBER = "MEMBER"
    HOUSEHOLD = "HOUSEHOLD"
    ENTERPRISE = "ENTERPRISE"


class FieldKind(StrEnum):
    """What may stand in a field of a task's form."""

    TEXT = "TEXT"
    NUMBER = "NUMBER"
    DATE = "DATE"
    CHOICE = "CHOICE"
    YES_NO = "YES_NO"


class Period(StrEnum):
    """How often a task comes again (周期任务)."""

    WEEKLY = "WEEKLY"
    MONTHLY = "MONTHLY"


class SeriesEnd(StrEnum):
    """Why a task comes no more."""

    STOPPED = "STOPPED"
    LAST_ROUND = "LAST_ROUND"
    OFF_THE_LIST = "OFF_THE_LIST"
    TARGET_GONE = "TARGET_GONE"


CODES: dict[str, dict[str, Label]] = {
    "task_target": {
        "GRID": Label("网格", "Grid"),
        "MEMBER": Label("网格员", "Member"),
        "HOUSEHOLD": Label("户", "Household"),
        "ENTERPRISE": Label("企业", "Enterprise"),
    },
    "task_field": {
        "TEXT": Label("文字", "Text"),
        "NUMBER": Label("数字", "Number"),
        "DATE": Label("日期", "Date"),
        "CHOICE": Label("单选", "Choice"),
        "YES_NO": Label("是否", "Yes or no"),
    },
    "task_period": {
        "WEEKLY": Label("每周", "Weekly"),
        "MONTHLY": Label("每月", "Monthly"),
    },
    "task_series_end": {
        "STOPPED": Label("已停止", "Stopped"),
        "LAST_ROUND": Label("已满期限", "The last round is over"),
        "OFF_THE_LIST": Label("已移出准入清单", "Off the list"),
        "TARGET_GONE": Label("对象所在区域已撤销", "The area of a target is gone"),
    },
    "task_status": {
        "PENDING": Label("待签收", "Pending"),
        "READ": Label("已签收", "Read"),
        "DOING": Label("办理中", "Doing"),
        "SUBMITTED": Label("已提交", "Submitted"),
        "ACCEPTED": Label("已通过", "Accepted"),
        "REJECTED": Label("已退回", "Rejected"),
    },
}
